import type { Observation, Proof } from '../core/finding.ts';
import { atLeast, type Severity } from '../core/stage.ts';
import { andList, plural, spotText } from '../core/wording.ts';
import { migrationText } from '../evidence/isolation-fix.ts';
import type { Cell, PersonaName, ProvedDatabase, ProvedObject, TriedFix } from '../evidence/isolation.ts';
import { deedOf, isOutsider, leakOf, objectName, personWords, proofSubject } from '../evidence/isolation-questions.ts';

/** What the two checks on leaks share: who got how far, how bad that is, and how it is told and mended. */

/** Only the name says that the rows belong to somebody. */
export const isGuess = ({ nature, natureWhy }: ProvedObject): boolean => nature === 'private' && natureWhy === 'its name';

/** Of people: their mails, messages, health, identity; not amounts of money alone. */
export const isAboutPeople = ({ belongs, holds }: ProvedObject): boolean =>
  belongs !== undefined || holds.some((kind) => kind !== 'money' && kind !== 'location');

/** They are somebody's by more than who entered them. */
export const isOwned = ({ belongs }: ProvedObject): boolean => belongs !== undefined && belongs.told !== 'author';

/** Rows of one tenant, or with data that somebody would steal. */
export const isDelicate = ({ belongs, holds }: ProvedObject): boolean =>
  belongs?.to === 'tenant' || holds.some((kind) => kind !== 'location');

/** From the widest circle of people to the narrowest. */
const circles: readonly PersonaName[] = ['anon', 'newcomer', 'stranger', 'foreign-admin'];

/** Attempts of outsiders that worked and must not have, in the widest circle that has any; conditional ones when there is nothing certain. */
export function widest(
  object: ProvedObject,
  wanted: (cell: Cell) => boolean,
): { readonly cells: readonly Cell[]; readonly certain: boolean } {
  const got = object.cells.filter((cell) => isOutsider(cell.who) && cell.outcome === 'got' && wanted(cell));
  const leaks = got.filter((cell) => leakOf(object, cell) === 'leak');
  const certain = leaks.length > 0;
  const { reconstructed: _, ...known } = object;
  const usable = certain ? leaks : got.filter((cell) => leakOf(known, { ...cell, grade: 'proved' }) === 'leak');
  const circle = circles.find((who) => usable.some((cell) => cell.who === who));
  return { cells: usable.filter(({ who }) => who === circle), certain };
}

/** How a leak is told: one observation an object. */
export interface Leak {
  readonly database: ProvedDatabase;
  readonly object: ProvedObject;
  readonly cells: readonly Cell[];
  readonly severity: Severity;
  /** `read the rows of other customers in invoices`. */
  readonly deed: string;
  /** Said at the end of the message. */
  readonly remark?: string;
  /** Findings of one cause are shown as one: where everybody with an account is taken for staff, that is one decision, not a hundred. */
  readonly cause?: string;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The finding of a leak, or, where failed statements could have closed it, the question. */
export function tell(
  { database, object, cells, severity, deed, remark = '', cause }: Leak,
  certain: boolean,
  kind: 'read' | 'write',
): Observation {
  const [first] = cells;
  const through = first?.through;
  const policy = through?.policies[0];
  const place = policy?.place ?? object.place;
  const shared = cause ?? causeOf(database, kind, through);
  const about = {
    subject: proofSubject(database.folder, object, kind),
    ...(place && { place: { ...place, name: objectName(object) } }),
    severity,
    ...(shared !== undefined && { cause: shared }),
    proof: proofOf(database, cells),
  };
  const who = capital(personWords[first?.who ?? 'stranger']);
  const account = first?.who === 'anon' ? ', without an account,' : '';
  if (!certain)
    return {
      ...about,
      outcome: 'unknown',
      message: object.reconstructed
        ? `Could not tell who reaches ${objectName(object)}: no migration makes it, so its row-level security is not known.`
        : `${who}${account} could ${deed} in the rebuilt database, but ${plural(first?.unless?.length ?? 0, 'statement')} that could not be applied may close that.`,
      toKnow: 'Run `supabase db dump --schema public -f schema.sql` (it reads only) and give it with --dump schema.sql.',
    };
  const fix = fixText(object);
  return {
    ...about,
    outcome: 'fail',
    message: `${who}${account} can ${deed}. It was tried, and it worked: ${because(object, first)}.${profileText(cells)}${remark}`,
    ...(fix !== undefined && { fix }),
  };
}

/** What a person mends at one go: a setting that is off on many tables, or one condition that stands in many policies. */
function causeOf({ folder }: ProvedDatabase, deed: 'read' | 'write', through: Cell['through']): string | undefined {
  if (through?.kind === 'no-row-security' || through?.kind === 'owner-rights') return `${folder} ${deed} ${through.kind}`;
  const [policy] = through?.policies ?? [];
  return policy && `${folder} ${deed} ${policy.sql.replace(/^CREATE POLICY .+? ON \S+ /, '')}`;
}

function because(object: ProvedObject, cell: Cell | undefined): string {
  const through = cell?.through;
  const named = andList((through?.policies ?? []).slice(0, 3).map(({ name }) => `"${name}"`));
  const due = cell?.dueTo === undefined ? '' : `, by way of his row in ${cell.dueTo}`;
  switch (through?.kind) {
    case 'no-row-security':
      return 'row-level security is off';
    case 'policy':
      return named === ''
        ? `its policies let it through together${due}`
        : `${through.policies.length === 1 ? 'the policy' : 'the policies'} ${named} let it through${due}`;
    case 'owner-rights':
      return 'the view reads with the rights of its owner, which row-level security does not stop';
    case 'public-bucket':
      return 'the bucket is public, so whoever has or guesses the address of a file gets it';
    default:
      return object.kind === 'function' ? 'nothing in the function stopped it' : 'nothing stopped it';
  }
}

const profileText = (cells: readonly Cell[]): string =>
  cells.some(({ profiles }) => profiles.includes('explicit'))
    ? ''
    : ' (It holds in Supabase projects from before 30 May 2026; in newer ones nothing grants it.)';

function fixText({ kind, fix }: ProvedObject): string | undefined {
  if (!fix)
    return kind === 'function'
      ? 'No grant or setting alone mends this function: before it reads or changes anything, its body has to ask whether the caller may, e.g. compare the owner or the organisation of the row with auth.uid(), and RAISE EXCEPTION otherwise.'
      : undefined;
  return triedText(fix, fix.closes === 1 ? 'the leak is closed' : `all ${fix.closes} leaks are closed`, kind === 'function');
}

/** What was tried to mend it and what came of that, with the SQL. `ofFunction`: the app may call it, so it has to be seen in use. */
export function triedText(fix: TriedFix, closed: string, ofFunction: boolean): string {
  const { statements, keeps, ends = 0, server, alongside } = fix;
  const others = alongside ? ' together with the corrections of the tables' : '';
  const came = andList([
    closed,
    ...(keeps > 0 ? [`what those who belong there could do still works (${plural(keeps, 'try', 'tries')})`] : []),
    ...(server ? ['only your server (service role) still gets in, which was tried too'] : []),
    ...(!server && keeps === 0 && ends > 0 ? ['nobody gets in from the browser any more'] : []),
    ...(!server && keeps > 0 && ends > 0
      ? [`${plural(ends, 'try', 'tries')} by the same hole ${ends === 1 ? 'ends' : 'end'} with it`]
      : []),
  ]);
  const once = ofFunction ? ' Afterwards use once in the app what calls it.' : '';
  return `This was tried on the rebuilt database${others}: ${came}.${lostText(fix, ofFunction)}${unsentText(fix)}${invitesText(fix)}${once} As a migration:\n${migrationText(statements)}`;
}

function unsentText({ unsent }: TriedFix): string {
  if (!unsent) return '';
  const places = andList(unsent.places.map(spotText));
  return ` Your code at ${places} does not send ${unsent.column} for a new row: send it there, or let a trigger or default set it.`;
}

/** Whoever is invited got his role in the same way as somebody who took one. */
function invitesText({ invites }: TriedFix): string {
  if (!invites) return '';
  const [what, at] = [andList(invites.keys), andList(invites.places.map(spotText))];
  const how =
    'write it to app_metadata with the service key, and into the row of the account once that is made, because the trigger may run before app_metadata is set';
  return at === ''
    ? ` If you invite people with a ${what} of their own, ${how}.`
    : ` Your code gives ${what} to new accounts at ${at}: there, ${how}.`;
}

/** Who loses something by a correction, as far as anything tells, and what to do for them. */
function lostText({ keeps, ends = 0, endsFor = [], server, usedAt = [] }: TriedFix, ofFunction: boolean): string {
  const where = andList(usedAt.map(spotText));
  if (where !== '' && (server || keeps === 0)) {
    const calls = usedAt.length === 1 ? 'that call' : 'those calls';
    return ofFunction && !server
      ? ` This stops in your app: ${where}. Move ${calls} to an Edge Function first, and hand the account over there: the function asks who is signed in, and a service key is nobody.`
      : ` This stops in your app: ${where}. Move ${calls} to an Edge Function first.`;
  }
  const used = where === '' ? '' : ` Your code does this at ${where}: look there who has to get in.`;
  if (ends === 0) return used;
  if (server || keeps === 0)
    return ofFunction
      ? ' If a page of your app calls it, let it ask who is calling instead, and grant it to those.'
      : ' If a page of your app needs this itself, add a policy that says whose rows it may reach.';
  return `${lostBy(ends, endsFor)}${used}`;
}

function lostBy(ends: number, endsFor: readonly PersonaName[]): string {
  const one = ends === 1 ? 'It was a try' : 'They were tries';
  if (!endsFor.includes('owner') && endsFor.some(isOutsider))
    return ` ${one} of people from outside who could do it without harm: add a policy for them if your app wants that.`;
  if (!endsFor.includes('owner')) return ` ${one} of colleagues or administrators: give them a policy of their own if they need it.`;
  if (endsFor.includes('admin'))
    return ` ${one} of people of yours, administrators among them: nothing in the database says who of them is meant to do this. Add a policy for those who need it.`;
  return ` ${one} of people who do not run the app: nothing in the database says which of them a row is meant for. If your users need it, add the column that says so and a policy that asks for it.`;
}

function proofOf(database: ProvedDatabase, cells: readonly Cell[]): Proof[] {
  const policies = cells.flatMap(({ through }) => through?.policies ?? []);
  const unique = [...new Map(policies.map((policy) => [policy.name, policy])).values()].slice(0, 3);
  const failures = [...new Set(cells.flatMap(({ unless = [] }) => unless))]
    .slice(0, 3)
    .flatMap((index) => database.rebuild.failures[index] ?? []);
  return [
    ...cells.slice(0, 3).map((cell): Proof => ({ kind: 'step', text: `as ${personWords[cell.who]}: ${cell.sql} → ${cell.answer}` })),
    ...unique.map((policy): Proof => ({ kind: 'code', place: policy.place ?? { name: policy.name }, text: policy.sql })),
    ...failures.map((failure): Proof => ({ kind: 'code', place: failure.place, text: `${failure.sql} (${failure.reason})` })),
  ];
}

/** The worst of several. */
export const worst = (severities: readonly Severity[]): Severity | undefined =>
  severities.length === 0 ? undefined : severities.reduce((a, b) => (atLeast(a, b) ? a : b));

/** `read`, `change and delete`: what was done, in the order of the verbs. */
export const deedsOf = (cells: readonly Cell[]): string =>
  andList([...new Set(cells.map(({ verb }) => deedOf(verb)))].map((deed) => (deed === 'add' ? 'add to' : deed)));

/** When it is no fault that everybody with an account reaches something. */
export const staffOnly = ' This is fine only if the app serves a single company and nobody can sign up by himself.';
