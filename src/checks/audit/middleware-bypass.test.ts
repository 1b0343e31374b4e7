import { describe, expect, it } from 'vitest';
import type { Guard, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { middlewareBypass } from './middleware-bypass.ts';

const judge = (file: string, ...routes: Route[]) => [
  ...middlewareBypass.evaluate({
    inventory: { ...sampleInventory(...routes), middleware: [{ place: { file, line: 3 }, matcher: [], guards: true }] },
  }),
];
const via = (file: string, skippedWhen?: string): Guard => ({
  level: 'identity',
  what: 'getUser()',
  place: { file, line: 9 },
  via: file,
  ...(skippedWhen !== undefined && { skippedWhen }),
});
const open = (change: Partial<Route> = {}): Route =>
  sampleRoute({
    id: 'GET /api/a',
    place: { file: 'app/api/a/route.ts', line: 1 },
    auth: 'none',
    guards: [],
    data: [sampleAccess({ auth: 'none' })],
    ...change,
  });
const page = (file: string, by: string): Route =>
  sampleRoute({ id: 'page /', kind: 'page', place: { file, line: 1 }, guards: [via(by)], data: [] });

describe('audit/middleware-bypass', () => {
  it('makes one finding of all routes that lean on it, with the condition', () => {
    const guards = [via('middleware.ts', "pathname.includes('.')")];
    const found = judge('middleware.ts', open({ guards }), open({ id: 'GET /api/b', guards }));
    expect(found).toMatchObject([{ outcome: 'fail', subject: 'middleware.ts', place: { file: 'middleware.ts', line: 3 } }]);
    expect(found[0]?.message).toContain("(pathname.includes('.')); GET /api/a and 1 more has no check of its own");
    expect(found[0]?.proof).toHaveLength(2);
  });

  it.each<[string, Partial<Route>]>([
    ['checks for itself', { data: [sampleAccess()] }],
    ['shows what everybody may see', { data: [sampleAccess({ auth: 'none', subject: 'public' })] }],
    ['leaves the decision to row-level security', { data: [sampleAccess({ auth: 'none', client: 'user' })] }],
    ['takes what strangers hand in', { data: [sampleAccess({ auth: 'none', operation: 'create', subject: 'intake' })] }],
    ['is a login', { purposes: ['login'] }],
    ['tells nothing of what it reads', { data: [sampleAccess({ auth: 'none', leaves: 'nothing' })] }],
    ['shows what could be on a public page', { data: [sampleAccess({ auth: 'none', leaves: 'content' })] }],
    ['leans on another file', { guards: [via('apps/b/middleware.ts', 'x')] }],
  ])('passes when a skipped route %s', (_, change) => {
    expect(judge('middleware.ts', open({ guards: [via('middleware.ts', 'x')], ...change }))).toMatchObject([{ outcome: 'pass' }]);
  });

  it('names API routes that were left out while pages are guarded', () => {
    const found = judge('middleware.ts', page('app/page.tsx', 'middleware.ts'), open());
    expect(found).toMatchObject([
      { outcome: 'fail', message: expect.stringContaining('lets 1 API route through that check nothing themselves, e.g. GET /api/a') },
    ]);
  });

  it.each<[string, string, Route[]]>([
    ['no page is guarded', 'middleware.ts', [sampleRoute({ kind: 'page', guards: [] }), open()]],
    [
      'what was left out are webhooks',
      'middleware.ts',
      [page('app/page.tsx', 'middleware.ts'), open({ webhook: { provider: 'stripe', verification: 'missing', why: 'x' } })],
    ],
    ['what was left out is the sign-up', 'middleware.ts', [page('app/page.tsx', 'middleware.ts'), open({ purposes: ['signup'] })]],
    [
      'what was left out could not be followed',
      'middleware.ts',
      [page('app/page.tsx', 'middleware.ts'), open({ unresolved: [{ what: 'a', why: 'b' }] })],
    ],
    [
      'the open route is of another app',
      'apps/web/src/middleware.ts',
      [
        page('apps/web/src/app/page.tsx', 'apps/web/src/middleware.ts'),
        open({ place: { file: 'apps/web-admin/app/api/a/route.ts', line: 1 } }),
      ],
    ],
  ])('accuses nobody when %s', (_, file, routes) => {
    expect(judge(file, ...routes).filter(({ outcome }) => outcome === 'fail')).toEqual([]);
  });

  it('finds the app of a middleware in src', () => {
    const file = 'apps/web/src/middleware.ts';
    expect(
      judge(file, page('apps/web/src/app/page.tsx', file), open({ place: { file: 'apps/web/src/app/api/a/route.ts', line: 1 } })),
    ).toMatchObject([{ outcome: 'fail' }]);
    expect(
      judge(
        'src/middleware.ts',
        page('src/app/page.tsx', 'src/middleware.ts'),
        open({ place: { file: 'src/app/api/a/route.ts', line: 1 } }),
      ),
    ).toMatchObject([{ outcome: 'fail' }]);
  });

  it('has nothing to say without routes', () => {
    expect(judge('middleware.ts')).toEqual([]);
  });
});
