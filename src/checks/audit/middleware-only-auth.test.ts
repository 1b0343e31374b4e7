import { describe, expect, it } from 'vitest';
import type { Guard, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import type { Stack } from '../../evidence/source.ts';
import { middlewareOnlyAuth } from './middleware-only-auth.ts';

type Installed = Partial<Stack['next'][number]>;
const outside: Guard = { level: 'identity', what: 'getUser()', place: { file: 'middleware.ts', line: 9 }, via: 'middleware.ts' };
const route = (change: Partial<Route> = {}): Route =>
  sampleRoute({ place: { file: 'app/api/a/route.ts', line: 1 }, guards: [outside], data: [sampleAccess()], ...change });
const judge = (next: readonly Installed[], ...routes: Route[]) => [
  ...middlewareOnlyAuth.evaluate({
    inventory: sampleInventory(...routes),
    stack: {
      builders: [],
      frameworks: [],
      backends: [],
      sourceMaps: [],
      next: next.map((item) => ({ place: { file: 'package.json' }, range: item.version ?? 'latest', ...item })),
    },
  }),
];
const outcome = (installed: Installed): string | undefined => judge([installed], route())[0]?.outcome;

describe('audit/middleware-only-auth', () => {
  it.each([
    ['15.2.2', 'fail'],
    ['15.2.3', 'pass'],
    ['15.0.0', 'fail'],
    ['15.10.0', 'pass'],
    ['14.2.24', 'fail'],
    ['14.2.25', 'pass'],
    ['14.1.99', 'fail'],
    ['13.5.8', 'fail'],
    ['13.5.9', 'pass'],
    ['13.0.0', 'fail'],
    ['12.3.4', 'fail'],
    ['12.3.5', 'pass'],
    ['12.0.0', 'fail'],
    ['11.1.3', 'pass'],
    ['11.1.4', 'fail'],
    ['11.0.9', 'pass'],
    ['10.2.3', 'pass'],
    ['16.0.0', 'pass'],
    // A preview comes before the version it previews.
    ['15.2.3-canary.0', 'fail'],
    ['15.2.4-canary.1', 'pass'],
    ['15.3.0-canary.1', 'pass'],
    ['14.2.25-canary.3', 'fail'],
  ])('Next.js %s: %s', (version, expected) => {
    expect(outcome({ version })).toBe(expected);
    expect(outcome({ version, range: '^1.0.0', locked: true })).toBe(expected);
  });

  it.each<[string, Installed, string]>([
    ['a caret that lets a mended version in', { range: '^14.2.0', version: '14.2.0' }, 'unknown'],
    ['a tilde that does', { range: '~14.2.0', version: '14.2.0' }, 'unknown'],
    ['a tilde that does not', { range: '~14.1.0', version: '14.1.0' }, 'fail'],
    ['an open range', { range: '>=13.0.0', version: '13.0.0' }, 'unknown'],
    ['a choice', { range: '13.0.0 || 14.0.0', version: '13.0.0' }, 'unknown'],
    ['half a version', { range: '14', version: '14' }, 'unknown'],
    ['a range of mended versions only', { range: '^15.2.3', version: '15.2.3' }, 'pass'],
    ['the line that was never mended', { range: '^11.1.4', version: '11.1.4' }, 'fail'],
    ['a word', { range: 'latest' }, 'unknown'],
    ['another word', { range: 'canary' }, 'unknown'],
    ['a place in the workspace', { range: 'catalog:' }, 'unknown'],
    ['an address', { range: 'github:vercel/next.js' }, 'unknown'],
  ])('without a lock file, %s', (_, installed, expected) => {
    expect(outcome(installed)).toBe(expected);
  });

  it('says what would tell, and counts in plain words', () => {
    const [found] = judge([{ range: 'latest' }], route());
    expect(found).toMatchObject({
      subject: 'package.json',
      toKnow: expect.stringContaining('lock file'),
      message: expect.stringContaining('“latest”); 1 route relies on'),
    });
    expect(judge([{ range: 'latest' }], route(), route())[0]?.message).toContain('2 routes rely on');
    expect(judge([{ version: '14.0.0' }], route(), route())[0]?.message).toContain('and 1 more have no check of their own');
  });

  it.each<[string, Route]>([
    ['a route checks for itself as well', route({ guards: [outside, { ...outside, via: undefined } as never] })],
    ['the middleware asks for a cookie only', route({ guards: [{ ...outside, level: 'presence' }] })],
    ['the guard is skipped sometimes: another check speaks', route({ guards: [{ ...outside, skippedWhen: 'x' }] })],
    ['row-level security decides', route({ data: [sampleAccess({ client: 'user' })] })],
    ['nothing private is read', route({ data: [sampleAccess({ subject: 'public' })] })],
  ])('says nothing where %s', (_, one) => {
    const guards = one.guards.map(
      (guard) => Object.fromEntries(Object.entries(guard).filter(([, value]) => value !== undefined)) as unknown as Guard,
    );
    expect(judge([{ version: '14.0.0' }], { ...one, guards })).toEqual([]);
  });

  it('judges each app of a monorepo by its own version', () => {
    const next = [
      { version: '13.0.0', place: { file: 'package.json' } },
      { version: '15.5.2', place: { file: 'apps/web/package.json' } },
      { version: '14.0.0', place: { file: 'apps/old/package.json' } },
    ];
    const found = judge(
      next,
      route({ id: 'GET /web', place: { file: 'apps/web/app/route.ts' } }),
      route({ id: 'GET /old', place: { file: 'apps/old/app/route.ts' } }),
    );
    expect(found.map(({ outcome: seen, subject }) => `${subject} ${seen}`)).toEqual([
      'apps/web/package.json pass',
      'apps/old/package.json fail',
    ]);
  });
});
