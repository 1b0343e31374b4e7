import { defineCollector } from '../../core/collector.ts';
import { appPaths, type AppPaths } from '../../evidence/app-paths.ts';
import { sourceTree, type Tree } from './tree.ts';

const readable = /\.(?:[cm]?[jt]sx?|vue|svelte|py|rb|php|go|html)$/;
const skipped = /\.(?:test|spec|stories)\.[cm]?[jt]sx?$|(?:^|\/)(?:tests?|__tests__|fixtures|e2e|docs|node_modules)\//;
const largest = 512 * 1024;
const most = 4;

const kinds: readonly (readonly [keyof AppPaths, RegExp])[] = [
  ['callbacks', /^\/(?:[\w-]+\/){0,4}(?:callback|oauth-callback|sso-callback)(?:\/[a-z][\w-]*)?$/],
  [
    'mailedLinks',
    /^\/(?:[\w-]+\/){0,2}(?:confirm|verify(?:-email)?|reset(?:-password)?|update-password|new-password|set-password|accept-invit(?:e|ation)|magic-link)$/,
  ],
  ['login', /^\/(?:auth\/|account\/|users?\/)?(?:log-?in|sign-?in|auth)$/],
];

/** Reads which addresses sign-ins and mails lead to. An API answers nobody who comes by a link, so what lies below `/api/` counts for callbacks alone. */
export const appPathsCollector = defineCollector({
  provides: appPaths,
  wants: 'repo',
  needs: { tree: sourceTree },
  effects: 'none',
  timeoutMs: 30_000,
  collect: ({ tree }) => Promise.resolve(readAppPaths(tree)),
});

/** What the files of a repo name: the addresses of pages by where their files lie, and those that stand in quotes. */
export function readAppPaths(tree: Pick<Tree, 'files' | 'text'>): AppPaths {
  const counts = new Map(kinds.map(([kind]) => [kind, new Map<string, number>()]));
  const add = (path: string, weight: number): void => {
    const kind = kinds.find(([name, pattern]) => pattern.test(path) && (name === 'callbacks' || !path.startsWith('/api/')))?.[0];
    const known = kind && counts.get(kind);
    if (known) known.set(path, (known.get(path) ?? 0) + weight);
  };
  for (const { path, bytes, built } of tree.files) {
    if (built || bytes > largest || !readable.test(path) || skipped.test(path)) continue;
    // A page has its address from its file; code that only names it may be older than it.
    const page = pageOf(path);
    if (page !== undefined) add(page, 100);
    for (const [, literal = ''] of (tree.text(path, largest) ?? '').matchAll(
      /["'`](?:\$\{[\w.()]+\})?(\/[A-Za-z][\w/-]{2,60})(?=["'`?#])/g,
    ))
      add(literal, 1);
  }
  const [callbacks, mailedLinks, login] = kinds.map(([kind]) =>
    [...(counts.get(kind) ?? [])]
      .toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .map(([path]) => path)
      .slice(0, most),
  );
  return { login: login ?? [], callbacks: callbacks ?? [], mailedLinks: mailedLinks ?? [] };
}

/** `app/(auth)/login/page.tsx`, `src/pages/login.tsx`, `src/routes/login/+page.svelte`: the address that a framework gives it. */
function pageOf(file: string): string | undefined {
  const [, folder] =
    /^(?:src\/)?app\/(.+)\/(?:page|route)\.[cm]?[jt]sx?$/.exec(file) ??
    /^(?:src\/)?routes\/(.+)\/\+(?:page|server)(?:\.\w+)?\.(?:svelte|[jt]s)$/.exec(file) ??
    /^(?:src\/)?pages\/(.+?)(?:\/index)?\.(?:[jt]sx|vue)$/.exec(file) ??
    [];
  const steps = folder?.split('/').filter((step) => !/^\(.*\)$/.test(step));
  return steps === undefined || steps.some((step) => !/^[a-z0-9][\w-]*$/.test(step)) ? undefined : `/${steps.join('/')}`;
}
