import type { Trial } from '../core/check.ts';
import { accessName, type Caller } from '../evidence/access-names.ts';
import type { Cell, CellVerb, ObjectKind, PersonaName, ProvedDatabase, ProvedObject } from '../evidence/isolation.ts';
import { deedOf, leakOf, objectName, outsiders, proofSubject, legitimate } from '../evidence/isolation-questions.ts';

/**
 * What a proof settles of what others only suspect. That something worked is told by the finding; that it was refused acquits, and a wrong acquittal
 * hides a leak, so much more is asked of it than of a cell that is called blocked: that the same try worked for somebody who may, that nothing failed in the
 * rebuild that speaks of the object, and that it was refused for who he is, not for what he wrote.
 */

type Family = 'read' | 'write';

const rowVerbs: Readonly<Record<Family, readonly CellVerb[]>> = { read: ['select'], write: ['insert', 'update', 'delete'] };
/** None for a kind that is not known: evidence that was saved may be of a later version. */
const verbsOf: ReadonlyMap<ObjectKind, Readonly<Record<Family, readonly CellVerb[]>>> = new Map([
  ['table', rowVerbs],
  ['view', rowVerbs],
  ['channel', rowVerbs],
  ['bucket', { read: ['download'], write: ['upload', 'update', 'delete'] }],
  ['function', { read: ['select'], write: ['update'] }],
]);

/** Those who must have tried before it can be said that nobody could. */
const needed: readonly PersonaName[] = ['anon', 'newcomer', 'stranger'];
const circles: Readonly<Record<Caller, readonly PersonaName[]>> = {
  anon: outsiders,
  authenticated: outsiders.filter((who) => who !== 'anon'),
};

/** The accesses of one family on an object that were decided for everybody they are about. */
export function* trialsOf(database: ProvedDatabase, object: ProvedObject, family: Family): Generator<Trial> {
  const thing = { ...object, database: database.folder };
  const subject = proofSubject(database.folder, object, family);
  for (const who of ['anon', 'authenticated'] as const) {
    const verbs = verbsOf.get(object.kind)?.[family] ?? [];
    if (verbs.length === 0) continue;
    const decided = verbs.map((verb) => decide(database, object, verb, who));
    const trial = (verb: CellVerb | Family, outcome: Trial['outcome'], tried: readonly CellVerb[], answer = ''): Trial => ({
      access: accessName(thing, verb, who),
      outcome,
      subject,
      ...(outcome === 'refused' && { text: refusalText(object, tried, who, answer) }),
    });
    for (const [index, verb] of verbs.entries()) {
      const { outcome, answer } = decided[index] ?? {};
      if (outcome) yield trial(verb, outcome, [verb], answer);
    }
    // One hole may open them all, so that whichever worked tells of it; nothing less than all of them refused closes it.
    if (decided.some(({ outcome }) => outcome === 'worked')) yield trial(family, 'worked', verbs);
    else if (decided.every(({ outcome }) => outcome === 'refused')) yield trial(family, 'refused', verbs, decided[0]?.answer);
  }
}

interface Decided {
  readonly outcome?: Trial['outcome'];
  /** What came back where it was refused. */
  readonly answer?: string;
}

/** From the widest circle to the narrowest: whoever is open ends it, because what he could do is not known. */
function decide(database: ProvedDatabase, object: ProvedObject, verb: CellVerb, caller: Caller): Decided {
  const circle = circles[caller];
  let answer = '';
  for (const who of circle) {
    const cells = object.cells.filter((cell) => cell.who === who && cell.verb === verb && cell.variant !== 'own');
    if (cells.some((cell) => countsAsLeak(cell) && leakOf(object, cell) === 'leak')) return { outcome: 'worked' };
    const mustTry = needed.includes(who) || database.people.some(({ name }) => name === who);
    if (cells.length === 0 ? mustTry : !cells.every((cell) => isRefused(object, cell))) return {};
    answer ||= cells[0]?.answer ?? '';
  }
  if (!isWhole(database, object) || (deedOf(verb) !== 'read' && colleaguesCan(object, verb))) return {};
  return { outcome: 'refused', answer };
}

/** Rows of his own among those of others are told as a question, not by the finding. */
const countsAsLeak = ({ variant }: Cell): boolean => variant !== 'into' && variant !== 'move';

/** Policies and privileges of a table may lie beside what the proof calls a leak: an ordinary colleague is "everybody with an account" as well. */
const colleaguesCan = ({ cells }: ProvedObject, verb: CellVerb): boolean =>
  cells.some((cell) => cell.who === 'peer' && cell.verb === verb && cell.variant !== 'own' && cell.outcome === 'got');

/** Nothing was left undone, made up, or failed that speaks of the object, in whichever direction. */
function isWhole({ exposure, cutShort, broken, rebuild }: ProvedDatabase, { kind, schema, name, unseeded }: ProvedObject): boolean {
  const id = `${schema}.${name}`;
  const speaksOf = (touched: string): boolean => touched === '*' || touched === id || (kind === 'bucket' && touched.startsWith('storage.'));
  return (
    exposure === 'supabase' &&
    cutShort === undefined &&
    unseeded === undefined &&
    !broken.some((one) => one.kind === 'sign-up') &&
    !rebuild.failures.some(({ touches }) => touches.some(speaksOf)) &&
    !rebuild.reconstructed.some((made) => made === id || made.startsWith(`${id}.`))
  );
}

/** Refused by the platform, for who he is. */
function isRefused(object: ProvedObject, cell: Cell): boolean {
  // What is conditional or was made from generated types is not called blocked.
  if (leakOf(object, cell) !== 'blocked') return false;
  // What a function raises, or does not find, may be about the values that were handed in; another call may get through.
  if (object.kind === 'function') return false;
  switch (cell.verb) {
    case 'select':
    case 'download':
      return (
        isFair(object, cell.verb) &&
        (cell.outcome === 'nothing' ||
          // With a list of columns it may have been the key alone that was denied.
          (isDenied(object, cell) && (object.kind === 'view' || cell.sql.startsWith('SELECT * '))))
      );
    // A trigger that says no, or leaves nothing behind, may do so for this row only.
    case 'insert':
    case 'upload':
      return isFair(object, cell.verb) && (isDenied(object, cell) || isPolicyError(object, cell));
    default:
      return isChangeRefused(object, cell);
  }
}

/**
 * A change that left nothing changed may be the work of a trigger that puts one column back: it was refused for certain where the row cannot even be
 * found, where nothing opens the verb, or where the privilege is missing on a table that he reads.
 */
function isChangeRefused(object: ProvedObject, cell: Cell): boolean {
  if (cell.outcome === 'refused' && !isDenied(object, cell) && !isPolicyError(object, cell)) return false;
  if (isShut(object, cell.verb)) return true;
  const reads = object.cells.filter(({ who, verb }) => who === cell.who && deedOf(verb) === 'read');
  if (reads.length > 0 && reads.every((read) => isRefused(object, read))) return true;
  return isDenied(object, cell) && reads.some(({ outcome }) => outcome === 'got') && isFair(object, cell.verb);
}

/** Somebody who may did the very same, or the rebuilt table has nothing that opens it to any role of the browser. */
const isFair = (object: ProvedObject, verb: CellVerb): boolean =>
  isShut(object, verb) || object.cells.some((cell) => cell.verb === verb && cell.outcome === 'got' && legitimate.includes(cell.who));

const isShut = ({ opens }: ProvedObject, verb: CellVerb): boolean => opens !== undefined && !opens.includes(verb);

/** Names as PostgreSQL writes them in its errors: without schema, and those of files by their table. */
const relationOf = ({ kind, name }: ProvedObject): string => (kind === 'bucket' ? 'objects' : name);

/** No privilege on the thing itself; one that a trigger or a policy needs elsewhere names another. */
const isDenied = (object: ProvedObject, { outcome, answer }: Cell): boolean =>
  outcome === 'refused' && denials.some((what) => answer === `permission denied for ${what} ${relationOf(object)} (42501)`);

const denials = ['table', 'view', 'materialized view', 'foreign table'];

const isPolicyError = (object: ProvedObject, { outcome, answer }: Cell): boolean =>
  outcome === 'refused' && answer === `new row violates row-level security policy for table "${relationOf(object)}" (42501)`;

const deeds = { read: 'read', add: 'add to', change: 'change', delete: 'delete from' } as const;

/** `nobody from outside could read or change invoices (no rows)`. */
function refusalText(object: ProvedObject, verbs: readonly CellVerb[], caller: Caller, answer: string): string {
  const whom = caller === 'anon' ? 'nobody from outside' : 'no account from outside';
  const deed = verbs.map((verb) => deeds[deedOf(verb)]).join(' or ');
  const name = object.kind === 'channel' ? 'the channels of others' : objectName(object);
  return `${whom} could ${deed} ${name} (${answer})`;
}
