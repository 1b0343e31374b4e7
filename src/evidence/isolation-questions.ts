import type { Place } from '../core/finding.ts';
import { isCosmetic } from './database-questions.ts';
import type { Cell, CellVerb, PersonaName, ProvedObject } from './isolation.ts';
import { isLow } from './role-names.ts';

/** Questions that the checks, the access matrix and its lock file ask of the proof, answered in one place so that no two of them differ. */

/** Those who come from outside of the owner's tenant. */
export const outsiders: readonly PersonaName[] = ['anon', 'newcomer', 'stranger', 'foreign-admin'];
export const isOutsider = (who: PersonaName): boolean => outsiders.includes(who);

/** Those who may have good reasons: what one of them can do was not refused because it is broken. */
export const legitimate: readonly PersonaName[] = ['peer', 'owner', 'tenant-admin', 'admin'];

/**
 * What an attempt means. `leak`: must not be. `question`: fine only if somebody says that it is meant. `allowed`: meant to be. `blocked`: could
 * not be done, and we know that the attempt was a fair one. `broken`: the app's own fault kept it from working. `unknown`: none of these is sure.
 */
export type Meaning = 'leak' | 'question' | 'allowed' | 'blocked' | 'broken' | 'unknown';

export interface Judged {
  readonly is: Meaning;
  /** A short clause for the reader: why it means that. */
  readonly why: string;
  /** For `question`: the answer is most likely yes, because what belongs to an organisation is there for its members. */
  readonly likely?: true;
  /** For `unknown`: what would tell. */
  readonly toKnow?: string;
  /** For `unknown`: indexes of failed statements that could change it. */
  readonly unless?: readonly number[];
}

/** What an attempt needs to have to be judged; rules of Firebase and routes fit it too. */
export interface Attempted extends Pick<Cell, 'who' | 'outcome' | 'answer' | 'variant' | 'columns' | 'dueTo'> {
  readonly verb: string;
  /** Policies of a database, or the `allow` of rules. */
  readonly through?: {
    readonly kind?: string;
    readonly place?: Place;
    readonly policies?: readonly { readonly name: string; readonly place?: Place }[];
  };
  readonly grade?: Cell['grade'];
  readonly unless?: readonly number[];
  /** Why he is meant to, where the origin has questions of its own that told it. */
  readonly meant?: string;
  /** Why he may be meant to, where the origin cannot tell: a question, not a leak. */
  readonly maybe?: string;
}

/** What a thing needs to have for attempts on it to be judged. */
export interface Protected extends Pick<
  ProvedObject,
  'nature' | 'natureWhy' | 'holds' | 'reconstructed' | 'shared' | 'opens' | 'withheld' | 'controls'
> {
  readonly kind: string;
  readonly belongs?: { readonly to: 'user' | 'tenant' };
  readonly cells: readonly Attempted[];
}

/** What kind of deed a verb is. */
export type Deed = 'read' | 'add' | 'change' | 'delete';

const deeds: Readonly<Record<string, Deed>> = {
  select: 'read',
  get: 'read',
  list: 'read',
  download: 'read',
  insert: 'add',
  create: 'add',
  upload: 'add',
  update: 'change',
  execute: 'change',
  delete: 'delete',
};

export const deedOf = (verb: string): Deed => (Object.hasOwn(deeds, verb) ? deeds[verb] : undefined) ?? 'change';

/** What one attempt means, given all attempts on the same thing and what somebody answered about sharing it (`withAnswers`). */
export function judgeAttempt(object: Protected, cell: Attempted): Judged {
  switch (cell.outcome) {
    case 'got':
      return judgeGot(object, cell);
    case 'broken':
      return { is: 'broken', why: `it ends in an error of the app itself: ${cell.answer}` };
    case 'refused':
    case 'nothing':
      return judgeRefused(object, cell);
    default:
      return { is: 'unknown', why: cell.answer || 'it could not be decided', toKnow: tryIt };
  }
}

/** The meaning alone. */
export const leakOf = (object: Protected, cell: Attempted): Meaning => judgeAttempt(object, cell).is;

const tryIt = 'Try it in the running app, with an account of each kind.';
const dump = 'Give a schema dump of the running database (--dump FILE).';

function judgeGot(object: Protected, cell: Attempted): Judged {
  if (object.reconstructed) return unknownState;
  if (isOutsider(cell.who)) {
    const meant = cell.meant ?? meantForOutsiders(object, cell);
    if (meant !== undefined) return { is: 'allowed', why: meant };
    if (cell.maybe !== undefined) return { is: 'question', why: cell.maybe };
    if (cell.grade === 'conditional')
      return {
        is: 'unknown',
        why: 'it worked, but a statement that could not be applied may close it',
        toKnow: dump,
        unless: cell.unless ?? [],
      };
    if (isByRole(object, cell)) return { is: 'question', why: `it takes a role that somebody gave him: ${cell.dueTo}` };
    if (isOwnAmongOthers(object, cell)) return { is: 'question', why: 'it puts a row of his own among those of somebody else' };
    return { is: 'leak', why: 'it worked' };
  }
  if (cell.who === 'peer') return judgePeer(object, cell);
  return { is: 'allowed', why: 'it worked' };
}

const unknownState: Judged = {
  is: 'unknown',
  why: 'the table was made from generated types, so that its row-level security is not known',
  toKnow: dump,
};

/**
 * It hangs on a row of his that gives him a role of those who run the app, and the thing is no tenant's: whoever has that role was given it for
 * this. Across tenants no role is an excuse.
 */
const isByRole = ({ belongs }: Protected, { dueTo = '' }: Attempted): boolean => {
  const role = / \(\w+ = (.+)\)$/.exec(dueTo)?.[1];
  return belongs?.to !== 'tenant' && role !== undefined && !isLow(role);
};

/** Customers of a shop put orders into it: a row of one's own among somebody else's is a leak only where nothing asks whose it is. */
const isOwnAmongOthers = ({ cells }: Protected, { who, verb, variant, through }: Attempted): boolean =>
  (variant === 'into' || variant === 'move') &&
  through?.kind !== 'no-row-security' &&
  !cells.some(
    (other) => other.who === who && other.verb === verb && other.outcome === 'got' && (other.variant ?? 'as-victim') === 'as-victim',
  );

/** Why somebody from outside is meant to do this; `undefined` when he is not. */
function meantForOutsiders(object: Protected, cell: Attempted): string | undefined {
  const { nature, belongs, shared } = object;
  const { who, verb, variant } = cell;
  const deed = deedOf(verb);
  if (variant === 'own') return 'a row of his own';
  if (deed === 'read') {
    if (nature === 'content' || nature === 'listing') return 'it is there to be shown';
    if (nature === 'reference') return 'nothing in it belongs to anybody';
    if (shared === 'everyone' || (shared === 'accounts' && who !== 'anon')) return `shared with ${shared} on purpose`;
    if (isMeant(cell) && hasLittleToHide(object)) return 'its policy says that it is there for everybody';
    const visitor =
      who === 'anon' ? undefined : object.cells.find((one) => one.who === 'anon' && one.verb === verb && one.outcome === 'got');
    if (visitor && meantForOutsiders(object, visitor) !== undefined) return 'visitors are meant to get it too';
  }
  if (object.kind === 'function' && deed !== 'read' && onlyCounts(cell)) return 'it only changes how things are counted or shown';
  if (deed === 'add' && variant !== 'as-victim' && nature === 'intake') return 'strangers are meant to add to it';
  // A form's row has no owner whose name could be used; neither has the entry of a log that belongs to nobody.
  if (deed === 'add' && !belongs && (nature === 'intake' || nature === 'log')) return 'everybody adds to it';
  return undefined;
}

function judgePeer({ nature, belongs, shared }: Protected, cell: Attempted): Judged {
  if (nature !== 'private' && nature !== 'log' && nature !== 'intake') return { is: 'allowed', why: 'it is there to be shown' };
  if (cell.variant === 'own') return { is: 'allowed', why: 'a row of his own' };
  const reads = deedOf(cell.verb) === 'read';
  if (shared === 'members' || (reads && (shared === 'accounts' || shared === 'everyone')))
    return { is: 'allowed', why: `shared with ${shared} on purpose` };
  if (shared === 'nobody')
    return cell.grade === 'conditional'
      ? { is: 'unknown', why: 'it worked, but a statement that could not be applied may close it', toKnow: dump, unless: cell.unless ?? [] }
      : { is: 'leak', why: 'it worked, and somebody answered that it is shared with nobody' };
  return { is: 'question', why: peerWords[belongs?.to ?? 'nobody'], ...(belongs?.to === 'tenant' && { likely: true as const }) };
}

const onlyCounts = ({ columns = [] }: Attempted): boolean =>
  columns.length > 0 && columns.every((column) => isCosmetic(column.replace(/^.*\./, '')));

const saysPublic =
  /public|(?:select|read|view|insert|create)_(?:all|any)(?:_|$)|\bby all$|anyone|any one|everyone|everybody|anonym|\banon\b|visitor|guest|todos|p[úu]blic|cualquier|qualquer|tout le monde|jeder/i;

/** True when every policy that let it through says in its name that it is meant for everybody. */
export const isMeant = ({ through }: Pick<Attempted, 'through'>): boolean =>
  through?.policies !== undefined && through.policies.length > 0 && through.policies.every(({ name }) => saysPublic.test(name));

/** Only its name calls it private; or visitors read it too, and nothing in it looks delicate. */
const hasLittleToHide = ({ nature, natureWhy, holds, cells }: Protected): boolean =>
  (nature === 'private' && natureWhy === 'its name') ||
  (holds.length === 0 &&
    cells.some((cell) => cell.who === 'anon' && cell.outcome === 'got' && deedOf(cell.verb) === 'read' && isMeant(cell)));

const peerWords = {
  tenant: 'it belongs to their organisation',
  user: 'it belongs to one person',
  nobody: 'the rows are private, and whose they are is not known',
} as const;

function howOthersCan({ role, gatekeeper, aside }: NonNullable<Protected['controls']>[number]): string {
  if (aside) return 'each policy asks who is calling, and without them members can';
  if (role !== undefined) return `with the role ${role} members can`;
  return gatekeeper === undefined ? 'others can in another way' : `those whom ${gatekeeper}() lets through can`;
}

function judgeRefused(object: Protected, cell: Attempted): Judged {
  if (object.reconstructed) return unknownState;
  if (cell.grade === 'conditional')
    return {
      is: 'unknown',
      why: 'it was refused, but a statement that could not be applied may open it',
      toKnow: dump,
      unless: cell.unless ?? [],
    };
  const role = cell.who === 'anon' ? 'anon' : 'authenticated';
  if (object.withheld?.[role]?.includes(cell.verb as CellVerb))
    return { is: 'blocked', why: `the role ${role} was granted nothing that it takes` };
  const alike = object.cells.filter(({ verb }) => verb === cell.verb);
  if (alike.some(({ who, outcome }) => outcome === 'got' && legitimate.includes(who)))
    return { is: 'blocked', why: 'others can, so the attempt was a fair one' };
  if (alike.some(({ outcome }) => outcome === 'got')) return { is: 'blocked', why: 'some can' };
  const control = object.controls?.find(({ verb }) => verb === cell.verb);
  if (control) return { is: 'blocked', why: `${howOthersCan(control)}, so the attempt was a fair one` };
  const everybodyRefused = alike.every(({ outcome }) => outcome === 'refused' || outcome === 'nothing');
  const shut = object.opens !== undefined && !object.opens.includes(cell.verb as CellVerb);
  if (everybodyRefused && object.opens !== undefined && !shut)
    return {
      is: 'unknown',
      why:
        object.kind === 'function'
          ? 'the owner got and changed nothing of his by it either, so the attempt may not have been a fair one'
          : 'a policy opens it to somebody, but to none of the people who tried, so the attempt may not have been a fair one',
      toKnow: tryIt,
    };
  if (everybodyRefused || shut) return { is: 'blocked', why: 'nothing opens it for any role of the browser' };
  return { is: 'unknown', why: 'nobody could, and for some of them because of an error', toKnow: tryIt };
}

/** The person at the start of a sentence, and in running text. */
export const personWords: Readonly<Record<PersonaName, string>> = {
  anon: 'anybody on the internet',
  newcomer: 'anybody who signs up',
  stranger: 'a user of another organisation',
  'foreign-admin': 'an administrator of another organisation',
  peer: 'another member of the same organisation',
  owner: 'the owner',
  'tenant-admin': 'an administrator of the organisation',
  admin: 'an administrator of the app',
};

/** Stable name of a finding about an object of a proof: no line numbers; with verb where a finding is about one. */
export const proofSubject = (
  database: string,
  object: { readonly kind: string; readonly schema?: string; readonly name: string },
  verb?: string,
): string => `${object.kind} ${database}:${objectName(object)}${verb === undefined ? '' : ` ${verb}`}`;

/** `invoices`, or `billing.invoices` outside of the schemas that everybody has. */
export const objectName = ({ kind, schema, name }: { readonly kind: string; readonly schema?: string; readonly name: string }): string =>
  schema === undefined || schema === 'public' || kind === 'bucket' ? name : `${schema}.${name}`;

/** `table invoices`: how a thing is called in the lock and in sentences. */
export const thingOf = (object: { readonly kind: string; readonly schema?: string; readonly name: string }): string =>
  `${object.kind} ${objectName(object)}`;
