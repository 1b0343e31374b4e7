import { describe, expect, it } from 'vitest';
import type { Bundles } from '../../evidence/http.ts';
import type { Route, RouteInventory } from '../../evidence/routes.ts';
import { surfaceUnmatched } from './surface-unmatched.ts';

const sample = surfaceUnmatched.examples.passes[0]?.given as { bundles: Bundles; routes: RouteInventory };
const script = sample.bundles.scripts[0]?.url ?? '';
const judge = (called: string[], routes: (string | Partial<Route>)[], tables: Bundles['tables'] = []) => {
  const [route] = sample.routes.routes;
  return [
    ...surfaceUnmatched.evaluate({
      bundles: { ...sample.bundles, endpoints: called.map((url) => ({ url, script })), tables },
      routes: {
        ...sample.routes,
        routes: routes.map((one) => ({ ...(route as Route), ...(typeof one === 'string' ? { path: one, id: `GET ${one}` } : one) })),
      },
    }),
  ];
};
const outcomes = (...given: Parameters<typeof judge>): string[] => judge(...given).map(({ outcome, subject }) => `${outcome} ${subject}`);

describe('audit/surface-unmatched', () => {
  it.each([
    ['/api/orders/:param', '/api/orders/:id'],
    ['/api/orders/42', '/api/orders/{id}'],
    ['/api/auth/session', '/api/auth/*'],
    ['/api/auth/session', '/api/auth/:nextauth*'],
    ['/api/auth', '/api/auth/*'],
    ['/api/x:param', '/api/xyz'],
    ['https://portal.example.com/api/orders', '/api/orders'],
  ])('%s is %s', (called, route) => {
    expect(outcomes([called], [route])).toEqual(['pass only live']);
  });

  it.each([
    ['/api/orders', '/api/invoices'],
    ['/api/orders/a/b', '/api/orders/:id'],
    ['/api/orders', '/*'],
    ['/api/orders', '*'],
  ])('%s is not %s', (called, route) => {
    expect(outcomes([called], [route])).toContain('fail only live');
  });

  it('leaves other hosts and what the platform answers alone', () => {
    expect(
      outcomes(
        [
          'https://api.stripe.com/v1/charges',
          '/rest/v1/orders',
          '/_vercel/insights/view',
          'https://abcdefghijklmnopqrst.supabase.co/auth/v1/token',
          'not an address',
        ],
        ['/api/orders'],
      ),
    ).toEqual([]);
  });

  it('takes a page for the receiver of a form', () => {
    expect(outcomes(['/login'], [{ path: '/login', kind: 'page', id: 'page /login' }])).toEqual(['pass only live']);
  });

  it('joins Supabase functions, called by name or by address', () => {
    const edge = { kind: 'edge-function', path: '/functions/v1/send-invite', id: 'edge send-invite' } as const;
    expect(outcomes([], [edge], [{ kind: 'function', name: 'send-invite', script }])).toEqual(['pass only live']);
    expect(outcomes(['https://abcdefghijklmnopqrst.supabase.co/functions/v1/send-invite'], [edge])).toEqual(['pass only live']);
    expect(outcomes([], [edge], [{ kind: 'function', name: 'other', script }])).toContain('fail only live');
  });

  it('names routes nobody calls once, without those that other systems call', () => {
    const found = judge(
      ['/api/orders'],
      [
        '/api/orders',
        '/api/a',
        '/api/b',
        '/api/c',
        '/api/d',
        { path: '/api/hook', purposes: ['webhook'] },
        { path: '/about', kind: 'page' },
      ],
    );
    expect(found.map(({ outcome, message }) => [outcome, message])).toEqual([
      ['pass', 'The one API address that the running app names is a route of this code.'],
      ['unknown', '4 routes of the code are named by no script of the running app: GET /api/a, GET /api/b, GET /api/c ….'],
    ]);
  });
});
