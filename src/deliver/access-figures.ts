import type { Fact, VerdictBlock } from '../core/deliverable.ts';
import type { Verdict } from '../core/gate.ts';
import { groupFindings } from '../core/group.ts';
import { andList, plural, thousands } from '../core/wording.ts';
import { type ChartRow, decided } from '../evidence/access-chart.ts';
import type { FirebaseProof } from '../evidence/firebase-proof.ts';
import type { LiveAccess } from '../evidence/live-access.ts';
import type { IsolationProof, ObjectKind } from '../evidence/isolation.ts';
import { accepted, serious } from './verdict-text.ts';

const engines = { postgresql: 'PostgreSQL', pglite: 'PGlite' } as const;

/** What was proved: rebuilt databases, and the rules of Firebase. */
export interface Proofs {
  readonly proof?: IsolationProof | undefined;
  readonly rules?: FirebaseProof | undefined;
  readonly live?: LiveAccess | undefined;
}

/** The answer to "can another customer get at it?", and what it rests on. */
export function accessVerdict(rows: readonly ChartRow[], proofs: Proofs, verdict: Verdict): VerdictBlock {
  return {
    kind: 'verdict',
    status: verdict.status,
    text: sentence(rows, proofs, verdict),
    detail: [...basis(proofs), ...accepted(verdict)].join(' '),
  };
}

function sentence(rows: readonly ChartRow[], { proof }: Proofs, verdict: Verdict): string {
  const leaking = [...new Map(rows.filter(isLeaking).map((row) => [`${row.source} ${row.thing}`, row])).values()];
  const causes = groupFindings(verdict.because).length;
  const tally = decided(rows);
  const unscoped = verdict.because.filter(({ check }) => check === 'access/unscoped-query');
  if (verdict.status === 'not-ready' && unscoped.length > 0 && unscoped.length === verdict.because.length)
    return `${unscoped.length === 1 ? 'A table' : plural(unscoped.length, 'table')} of customers ${unscoped.length === 1 ? 'is' : 'are'} reached by queries that do not ask whose the rows are. That is read from the code, not tried.`;
  if (verdict.status === 'not-ready')
    return leaking.length > 0
      ? `People get at what is not theirs in ${kinds(leaking)}: it was tried and it worked.`
      : `${plural(causes, 'problem')} in who can do what ${causes === 1 ? 'stops' : 'stop'} the launch.`;
  if (verdict.status === 'cannot-tell')
    return tally.tried === 0 || causes === 0
      ? `Nobody can tell yet who can do what: nothing could be ${tally.tried === 0 ? 'tried' : 'judged'}.`
      : `Nobody can tell yet who can do what: ${plural(causes, 'question')} that ${causes === 1 ? 'decides' : 'decide'} it could not be answered.`;
  const setAside = serious(verdict);
  if (setAside > 0)
    return `Nothing new is open, but ${plural(setAside, 'problem')} that would stop the launch ${setAside === 1 ? 'is' : 'are'} only set aside, not mended.`;
  if (tally.tried === 0)
    return (proof?.databases ?? []).length > 0
      ? 'Only the app’s own server reaches this database, so its code decides who gets what: no query was seen that does not ask whose the rows are.'
      : 'There is nothing here to try: no database and no Firebase rules were found in this repo.';
  return leaking.length > 0
    ? `What is open in ${kinds(leaking)} does not stop the launch by the rules you set.`
    : `Nobody got at what is not theirs: ${thousands(tally.decided)} of ${plural(tally.tried, 'try', 'tries')} could be decided, and none of them got through.`;
}

const isLeaking = ({ cells }: ChartRow): boolean => Object.values(cells).some(({ judged }) => judged.is === 'leak');

/** `5 tables and 1 bucket`. */
function kinds(things: readonly { readonly kind: string }[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of things) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const order = ['table', 'view', 'function', 'bucket', 'channel', 'collection', 'folder', 'node'];
  const rank = (kind: string): number => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return andList(
    [...counts].toSorted(([a], [b]) => rank(a) - rank(b)).map(([kind, count]) => plural(count, kind === 'node' ? 'place' : kind)),
  );
}

function basis({ proof, rules, live }: Proofs): string[] {
  const databases = proof?.databases ?? [];
  const used = [...new Set(databases.map(({ engine }) => engines[engine]))];
  return [
    ...(databases.some(({ people }) => people.length > 0)
      ? [
          `The repo's own SQL was run in a sandbox of ours (${used.join(' and ')}), two tenants were made in it, and everybody tried everything.`,
        ]
      : databases.length > 0
        ? [
            `The repo's own SQL was run in a sandbox of ours (${used.join(' and ')}); what the server does with each table was read from its code.`,
          ]
        : []),
    ...(rules && rules.rulesets.length > 0
      ? ['The Firebase rules were evaluated for two customers, a visitor, a new account and an administrator, who tried everything.']
      : []),
    ...(live
      ? [
          `${plural(live.people.length, 'person', 'people')} signed in to the running app and tried to get at each other's things${live.writes ? '; only what we made ourselves and accounts made for testing was changed' : '; nothing was changed'}.`,
        ]
      : []),
    ...(!live && (databases.length > 0 || (rules?.rulesets.length ?? 0) > 0) ? ['Nothing of yours was touched.'] : []),
  ];
}

/** The figures beside the verdict; none where nothing was rebuilt. */
export function accessFigures(rows: readonly ChartRow[], { proof, rules }: Proofs): Fact[] {
  const databases = proof?.databases ?? [];
  const tally = decided(rows);
  return [
    ...(tally.tried > 0
      ? [
          {
            name: 'Leaks',
            value: tally.leaks === 0 ? 'none seen' : plural(tally.leaks, 'cell'),
            note:
              tally.leaks === 0
                ? 'of what was tried'
                : `in ${kinds([...new Map(rows.filter(isLeaking).map((row) => [row.thing, row])).values()])}`,
          },
          {
            name: 'Decided',
            value: `${thousands(tally.decided)} of ${plural(tally.tried, 'cell')}`,
            note: `${share(tally.decided, tally.tried)}; what is not decided does not count as safe`,
          },
        ]
      : []),
    ...(databases.length > 0 ? databaseFigures(databases) : []),
    ...(rules && rules.rulesets.length > 0 ? [rulesFigure(rules)] : []),
  ];
}

function databaseFigures(databases: IsolationProof['databases']): Fact[] {
  const open = databases.filter(({ exposure }) => exposure === 'supabase');
  const objects = open.flatMap((database) => database.objects);
  const owned = databases.flatMap((database) => (database.exposure === 'private' ? database.objects : [])).filter(({ belongs }) => belongs);
  const of = (kind: ObjectKind): number => objects.filter((object) => object.kind === kind).length;
  const filled = objects.filter(({ kind, unseeded }) => kind === 'table' && unseeded === undefined).length;
  const others = (['view', 'function', 'bucket', 'channel'] as const).flatMap((kind) => (of(kind) > 0 ? [plural(of(kind), kind)] : []));
  const sum = (value: (rebuild: (typeof databases)[number]['rebuild']) => number): number =>
    databases.reduce((total, { rebuild }) => total + value(rebuild), 0);
  const failed = sum(({ failures }) => failures.length);
  const superseded = sum((rebuild) => rebuild.superseded);
  const used = [...new Set(databases.map(({ engine }) => engines[engine]))].join(' and ');
  const missed = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(superseded > 0 ? [`${superseded} failed, but later ones replace them`] : []),
  ];
  return [
    ...(open.length > 0
      ? [
          {
            name: 'Tables tried',
            value: `${thousands(filled)} of ${thousands(of('table'))}`,
            note: others.length > 0 ? `and ${andList(others)}` : 'there is nothing else',
          },
        ]
      : []),
    ...(open.length < databases.length
      ? [
          {
            name: 'Tables behind the server',
            value: thousands(owned.length),
            note: 'that belong to somebody; queries on them are read from the code',
          },
        ]
      : []),
    {
      name: 'SQL applied',
      value: `${thousands(sum(({ applied }) => applied))} of ${plural(
        sum(({ statements }) => statements),
        'statement',
      )}`,
      note: [`in ${used}, thrown away afterwards`, ...missed].join('; '),
    },
  ];
}

function rulesFigure({ rulesets, gaps }: FirebaseProof): Fact {
  const files = new Set(rulesets.map(({ file }) => file)).size;
  const paths = rulesets.reduce((sum, { objects }) => sum + objects.length, 0);
  return {
    name: 'Firebase rules',
    value: plural(paths, 'path'),
    note: `of ${plural(files, 'file')}${gaps.length > 0 ? `; ${gaps.length} could not be read` : ''}`,
  };
}

/** Rounded down: 99.9 % is not all. */
const share = (part: number, whole: number): string => `${Math.floor((100 * part) / Math.max(1, whole))} %`;
