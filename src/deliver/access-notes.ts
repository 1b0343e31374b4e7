import type { Block, TableBlock } from '../core/deliverable.ts';
import { andList, plural, spotText } from '../core/wording.ts';
import type { ChartRow } from '../evidence/access-chart.ts';
import { deedsText, type Drift, peopleText } from '../evidence/access-drift.ts';
import { type AccessLock, answerOf } from '../evidence/access-lock.ts';
import { migrationText } from '../evidence/isolation-fix.ts';
import { type IsolationProof, type PersonaName, personaNames, type ProvedObject } from '../evidence/isolation.ts';
import { personWords, thingOf } from '../evidence/isolation-questions.ts';
import type { Proofs } from './access-figures.ts';
import { columnOf } from './access-rows.ts';

const table = (columns: readonly string[], rows: TableBlock['rows']): Block[] =>
  rows.length === 0 ? [] : [{ kind: 'table', columns, rows }];

/** Differences from the reviewed matrix, or how to get one. */
export function driftBlocks(drift: readonly Drift[], lock: AccessLock | undefined, isAppLeftOut = false): Block[] {
  if (!lock) return [];
  if (!lock.found)
    return [
      {
        kind: 'text',
        text: `There is no ${lock.file} yet. \`launch-ready access --write-lock\` writes this matrix down; commit it, and from then on every change of access is told in words.`,
      },
    ];
  const leftOut: Block[] = isAppLeftOut
    ? [{ kind: 'text', text: `The routes in ${lock.file} were not compared: the running app was not looked at this time.` }]
    : [];
  if (drift.length === 0)
    return [...leftOut, { kind: 'text', text: `Nothing ${isAppLeftOut ? 'else ' : ''}has changed since ${lock.file} was reviewed.` }];
  const rows = drift.map(({ text, place, reviewed }) => [text, place ? spotText(place) : reviewed ? `${lock.file}:${reviewed.line}` : '']);
  const rest = rows.slice(mostChanges);
  return [
    { kind: 'heading', level: 2, text: 'What has changed since the matrix was reviewed' },
    ...table(['What', 'Where'], rows.slice(0, mostChanges)),
    ...(rest.length > 0
      ? [
          {
            kind: 'fold' as const,
            title: `${plural(rest.length, 'more change')} since the matrix was reviewed`,
            blocks: table(['What', 'Where'], rest),
          },
        ]
      : []),
    ...leftOut,
  ];
}

/** Changes shown above the fold; those towards more access come first. */
const mostChanges = 6;

/** What colleagues can do that somebody has to call meant, with the answers given. */
export function sharedBlocks(rows: readonly ChartRow[], lock: AccessLock | undefined): Block[] {
  const byThing = new Map<string, ChartRow[]>();
  for (const row of rows) {
    const peer = row.cells.peer;
    const isAsked = peer?.judged.is === 'question' || (row.isPrivate && peer?.can === 'yes');
    if (isAsked) byThing.set(`${row.source}\u0000${row.thing}`, [...(byThing.get(`${row.source}\u0000${row.thing}`) ?? []), row]);
  }
  const answered = [...byThing.values()].flatMap(([first, ...more]) => {
    if (!first) return [];
    const answer = answerOf(lock ?? { answers: [] }, first.source, first.thing);
    return [
      [
        `${peopleText(['peer'])} can ${deedsText([first, ...more])}`,
        answer ? `shared with ${answer.with ?? ''}: ${answer.why} (${answer.by}, ${answer.on})` : 'not answered',
      ],
    ];
  });
  if (answered.length === 0) return [];
  return [
    {
      kind: 'text',
      text: `Only you can say whether colleagues are meant to see and change what is each other's. Answer once, under "shared" in ${lock?.file ?? 'access.lock.yaml'} (\`launch-ready access --write-lock\` writes the questions into it).`,
    },
    ...table(['What', 'Answer'], answered),
  ];
}

/** All corrections that were tried, in one piece: several things often need the same. */
export function correctionBlocks(proof: IsolationProof | undefined): Block[] {
  const fixes = (proof?.databases ?? []).flatMap(({ objects, escalations }) =>
    [...objects, ...escalations].flatMap(({ fix }) => fix ?? []),
  );
  if (fixes.length < 2) return [];
  return [
    {
      kind: 'text',
      text: `Each of them was tried for itself on the rebuilt database: its leak was closed, and whoever is meant to get in still did. Read them before you run them; what closes a leak may be more than you want to give to colleagues.`,
    },
    { kind: 'code', language: 'sql', text: migrationText(fixes.flatMap(({ statements }) => statements)) },
  ];
}

/** Who tried, and what each was given. */
export function peopleBlocks({ proof, rules }: Proofs): Block[] {
  const crowds = [
    ...(proof?.databases ?? []).map(({ folder, people }) => ({ name: folder, people })),
    ...new Map((rules?.rulesets ?? []).map(({ file, people }) => [file, { name: file, people }])).values(),
  ].filter(({ people }) => people.length > 0);
  return crowds.flatMap(({ name: source, people }) => [
    ...(crowds.length > 1 ? [{ kind: 'heading' as const, level: 3 as const, text: source }] : []),
    ...table(
      ['Column', 'Who it is', 'In the lock file', 'Has'],
      personaNames.flatMap((name) => {
        const person = people.find((one) => one.name === name);
        return person ? [[columnOf[name], whoIs[name], name, person.holds.join(', ') || 'no rows of his own']] : [];
      }),
    ),
  ]);
}

const whoIs: Readonly<Record<PersonaName, string>> = {
  ...personWords,
  anon: 'anybody on the internet, without an account',
  newcomer: 'somebody who has just signed up',
  owner: 'the one whose rows all the others try to reach',
};

/** What could not be done whole, each under its own title: nothing in it counts as safe. */
export function gapFolds(proof: IsolationProof): readonly { readonly title: string; readonly blocks: readonly Block[] }[] {
  const { databases } = proof;
  const failures = databases.flatMap(({ rebuild }) => rebuild.failures);
  const objects = databases.flatMap((database) => database.objects);
  const unfilled = objects.filter(({ unseeded }) => unseeded !== undefined);
  const fromTypes = databases.flatMap(({ rebuild }) => rebuild.reconstructed);
  const stubs = [...new Set(databases.flatMap(({ rebuild }) => rebuild.stubs))];
  const cut = databases.flatMap(({ cutShort }) => (cutShort === undefined ? [] : [cutShort]));
  return [
    { title: 'What was cut short', blocks: cut.map((text) => ({ kind: 'text', text })) },
    {
      title: 'SQL that could not be applied',
      blocks: table(
        ['Where', 'Why', 'Statement', 'About'],
        failures.map(({ place, reason, sql, touches, closes, opens }) => [
          spotText(place),
          reason,
          `\`${sql}\``,
          `${touches.join(', ')}${effect(closes, opens)}`,
        ]),
      ),
    },
    {
      title: 'Verdicts that hang on SQL that could not be applied',
      blocks: table(['What', 'Unless this does otherwise'], conditional(databases)),
    },
    {
      title: 'Tables that could not be filled, so nothing was tried on them',
      blocks: table(
        ['Table', 'Why'],
        unfilled.map((object) => [nameOf(object), object.unseeded ?? '']),
      ),
    },
    {
      title: 'Tables made from the generated types, because no migration makes them: nothing is claimed about them',
      blocks:
        fromTypes.length > 0
          ? [{ kind: 'text', text: `${andList(fromTypes)}. A schema dump (--dump FILE) would tell their policies.` }]
          : [],
    },
    {
      title: 'What was stood in for',
      blocks: stubs.length > 0 ? [{ kind: 'text', text: `${andList(stubs)}: there in name, without doing anything.` }] : [],
    },
    {
      title: 'What only holds where tables are exposed by default',
      blocks: defaultOnly(objects),
    },
  ].filter(({ blocks }) => blocks.length > 0) as { title: string; blocks: Block[] }[];
}

const nameOf = (object: ProvedObject): string => thingOf(object).replace(/^table /, '');

function effect(closes: boolean, opens: boolean): string {
  if (closes && opens) return ' (may open or close access)';
  return closes ? ' (may close access)' : opens ? ' (may open access)' : '';
}

/** One row for each thing and set of statements. */
function conditional(databases: IsolationProof['databases']): string[][] {
  return databases.flatMap(({ objects, rebuild }) =>
    objects.flatMap((object) => {
      const bySet = new Map<string, Set<string>>();
      for (const { grade, unless = [], outcome } of object.cells) {
        if (grade !== 'conditional') continue;
        const places = [...new Set(unless.flatMap((index) => rebuild.failures[index]?.place ?? []).map(spotText))].join(', ');
        bySet.set(places, (bySet.get(places) ?? new Set()).add(outcome === 'got' ? 'what worked' : 'what was refused'));
      }
      return [...bySet].map(([places, what]) => [`${nameOf(object)}: ${andList([...what])}`, places]);
    }),
  );
}

function defaultOnly(objects: readonly ProvedObject[]): Block[] {
  const names = objects
    .filter(({ cells }) => cells.some(({ outcome, profiles }) => outcome === 'got' && profiles.length === 1 && profiles[0] === 'default'))
    .map(nameOf);
  if (names.length === 0) return [];
  return [
    {
      kind: 'text',
      text: `${andList(names)}. Supabase exposed every new table by default until 2026; a project that only grants what its SQL grants does not show what is marked so in the matrix. Which of them yours is stands in the dashboard under API settings.`,
    },
  ];
}
