import type { Block, Fact, RouteTally } from '../core/deliverable.ts';
import { compareText, plural, thousands } from '../core/wording.ts';
import type { LiveAccess } from '../evidence/live-access.ts';
import { pathOf } from '../evidence/live-chart.ts';

/** The figures of the running app beside the verdict. */
export function liveFigures({
  routes,
  made,
  leftovers,
  requests,
  origin,
  noBrowser,
  ownership,
  unasked = [],
  allowedInVain = [],
}: LiveAccess): Fact[] {
  const tried = routes.filter((route) => route.tried).length;
  const asked = routes.filter((route) => !route.tried && route.asked).length;
  return [
    {
      name: 'Routes',
      value: `${thousands(tried)} of ${thousands(routes.length)} tried`,
      note: `on ${origin}; ${thousands(asked)} more held nothing to try, ${thousands(routes.length - tried - asked)} were not sent: all by name below`,
    },
    {
      name: 'Requests',
      value: thousands(requests),
      note: madeText(made, leftovers.length),
    },
    ...(noBrowser === undefined ? [] : [{ name: 'Browser', value: 'not used', note: noBrowser }]),
    ...(ownership === undefined ? [] : [{ name: 'Yours', value: 'proven', note: ownership }]),
    ...unasked.map((line) => ({
      name: 'Not asked',
      value: line,
      note: 'what it would have told is unknown; run it again once the app answers',
    })),
    ...allowedInVain.map((name) => ({
      name: 'Allowed',
      value: name,
      note: 'the app has no such route, so nothing was sent; check the spelling',
    })),
  ];
}

function madeText(made: number, left: number): string {
  // Accounts that were signed up are left as well, and were not made one by one.
  const rest = left === 0 ? 'nothing of it is left' : `${thousands(left)} left in the app, listed below`;
  return made === 0 ? (left === 0 ? 'nothing was made' : rest) : `${plural(made, 'thing')} made; ${rest}`;
}

/** Which routes were tried, and why the others were not. */
export const tallyOf = ({ routes }: LiveAccess): RouteTally => ({
  tried: routes.flatMap(({ id, tried }) => (tried ? [id] : [])),
  untried: routes.flatMap(({ id, tried, why = '' }) => (tried ? [] : [{ route: id, why }])),
});

/** What belongs to the running app, each under its own title: who signed in, what was not tried, what is left. */
export function liveFolds({
  people,
  routes,
  leftovers,
  restored,
}: LiveAccess): readonly { readonly title: string; readonly blocks: readonly Block[] }[] {
  const untried = routes
    .filter((route) => !route.tried)
    .toSorted((a, b) => compareText(a.why ?? '', b.why ?? '') || compareText(pathOf(a.id), pathOf(b.id)) || compareText(a.id, b.id));
  return [
    {
      title: `Routes on which nothing could be tried (${thousands(untried.length)})`,
      blocks:
        untried.length === 0
          ? []
          : [
              {
                kind: 'table',
                columns: ['Route', 'Why', 'Known from'],
                rows: untried.map(({ id, why = '', sources }) => [id, why, sources.join(', ')]),
              },
            ],
    },
    {
      title: `What is left in the app (${leftovers.length})`,
      blocks:
        leftovers.length === 0
          ? []
          : [
              {
                kind: 'text',
                text: restored
                  ? 'Nothing to do: once the run is over, the command under access.start.restore puts the database back to its snapshot, and what is in it goes with that. Where the command fails, the run says so.'
                  : 'Remove it by hand, in your app or in its database: each line says by which request it was made. To start without it next time, name a command that puts the database back under access.start.restore in launch-ready.yaml, and run with --start.',
              },
              {
                kind: 'table',
                columns: ['What we made or changed and could not remove or see to be gone'],
                rows: leftovers.map((line) => [line]),
              },
            ],
    },
    {
      title: 'Who signed in to the app',
      blocks: [
        {
          kind: 'table',
          columns: ['Name', 'Customer', 'Role', 'How it is known'],
          rows: people.map(({ name, tenant, role, administrator, from, proof }) => [
            name,
            tenant,
            administrator ? 'runs the app' : (role ?? ''),
            `${from === 'signed-up' ? 'signed up by us; ' : ''}${proof}`,
          ]),
        },
      ],
    },
  ];
}
