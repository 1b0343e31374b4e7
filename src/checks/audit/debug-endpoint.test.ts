import { describe, expect, it } from 'vitest';
import type { Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { debugEndpoint } from './debug-endpoint.ts';

const judge = (route: Partial<Route>) => [
  ...debugEndpoint.evaluate({
    inventory: sampleInventory(
      sampleRoute({ id: 'GET /debug', purposes: ['debug'], auth: 'none', guards: [], data: [sampleAccess({ auth: 'none' })], ...route }),
    ),
  }),
];
const settings = sampleEffect({ kind: 'secret-response', what: 'process.env', place: { file: 'env.ts', line: 4 } });

describe('audit/debug-endpoint', () => {
  it.each<[string, Partial<Route>, string]>([
    ['shows customer rows', {}, 'is a debug route that reads invoices for anybody'],
    [
      'deletes whatever it is',
      { data: [sampleAccess({ operation: 'delete', subject: 'unknown', auth: 'presence' })] },
      'deletes from invoices',
    ],
    ['shows settings', { data: [], effects: [settings] }, 'shows settings of the server (process.env) to anybody'],
  ])('fails when it %s', (_, route, text) => {
    expect(judge(route)).toMatchObject([{ outcome: 'fail', subject: 'GET /debug', message: expect.stringContaining(text) }]);
  });

  it('finds settings shown by a route of any name, where they are shown', () => {
    expect(judge({ purposes: ['health'], data: [], effects: [settings] })).toMatchObject([
      { outcome: 'fail', place: { file: 'env.ts', line: 4, name: 'GET /debug' } },
    ]);
    expect(judge({ purposes: [], effects: [{ ...settings, auth: 'role' }] })).toEqual([]);
  });

  it.each<[string, Partial<Route>]>([
    ['shows what everybody may see', { data: [sampleAccess({ auth: 'none', subject: 'public' })] }],
    ['shows what row-level security lets through', { data: [sampleAccess({ auth: 'none', client: 'anon' })] }],
    ['shows settings to signed-in users', { data: [], effects: [{ ...settings, auth: 'identity' }] }],
  ])('passes when it %s', (_, route) => {
    expect(judge(route)).toMatchObject([{ outcome: 'pass' }]);
  });

  it('says nothing of a route that does nothing, and asks about what it could not follow', () => {
    expect(judge({ data: [] })).toEqual([]);
    expect(judge({ unresolved: [{ what: 'onlyInDevelopment', why: 'x' }] })).toMatchObject([
      { outcome: 'unknown', toKnow: expect.stringContaining('onlyInDevelopment') },
    ]);
  });
});
