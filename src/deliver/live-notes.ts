import type { Block, Fact } from '../core/deliverable.ts';
import { plural } from '../core/wording.ts';
import type { LiveAccess } from '../evidence/live-access.ts';

/** The figures of the running app beside the verdict. */
export function liveFigures({ routes, made, requests, origin, noBrowser, allowedInVain = [] }: LiveAccess): Fact[] {
  const tried = routes.filter((route) => route.tried).length;
  return [
    { name: 'Routes', value: `${tried} of ${routes.length} tried`, note: `on ${origin}; the others are listed by name` },
    {
      name: 'Requests',
      value: String(requests),
      note: made === 0 ? 'nothing was made' : `${plural(made, 'thing')} made and removed again as far as the app lets us`,
    },
    ...(noBrowser === undefined ? [] : [{ name: 'Browser', value: 'not used', note: noBrowser }]),
    ...allowedInVain.map((name) => ({
      name: 'Allowed',
      value: name,
      note: 'the app has no such route, so nothing was sent; check the spelling',
    })),
  ];
}

/** What belongs to the running app, each under its own title: who signed in, what was not tried, what is left. */
export function liveFolds({
  people,
  routes,
  leftovers,
}: LiveAccess): readonly { readonly title: string; readonly blocks: readonly Block[] }[] {
  const untried = routes.filter((route) => !route.tried);
  return [
    {
      title: `Routes that were not tried (${untried.length})`,
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
        leftovers.length === 0 ? [] : [{ kind: 'table', columns: ['What could not be removed'], rows: leftovers.map((line) => [line]) }],
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
