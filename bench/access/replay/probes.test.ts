import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/finding.ts';
import { sampleCell, sampleLive } from '../../../src/evidence/live-samples.ts';
import type { LabApp } from '../app.ts';
import { count, factsOf, rivalTable } from './count.ts';
import type { Exchange } from './exchanges.ts';
import { pairOf } from './pair.ts';
import { probesOf, truthOf } from './probes.ts';

const sent = (who: string, request: string, status: number, answer: unknown, body?: object): Exchange => {
  const [method = '', path = ''] = request.split(' ');
  return {
    who,
    method,
    path,
    sent: body ? JSON.stringify(body) : '',
    status,
    text: typeof answer === 'string' ? answer : JSON.stringify(answer),
  };
};
const read = sampleCell({ route: 'GET /cases/{id}', verb: 'read', who: 'bert', whose: 'anna', request: 'GET /cases/7', status: 200 });
const update = sampleCell({
  route: 'PATCH /cases/{id}',
  verb: 'update',
  who: 'bert',
  whose: 'anna',
  request: 'PATCH /cases/8',
  status: 200,
});

describe('the two answers to a request', () => {
  const change = [
    sent('anna', 'PATCH /cases/6', 400, 'no title'),
    sent('anna', 'PATCH /cases/7', 200, { id: 7, title: 'lr0a1b2c3d4e', at: 1 }, { title: 'lr0a1b2c3d4e' }),
    sent('bert', 'PATCH /cases/8', 200, { id: 8, title: 'lrffffffffff', at: 1 }, { title: 'lrffffffffff' }),
  ];

  it.each([
    [
      'of the same address',
      read,
      [sent('anna', 'GET /cases/7', 200, 'his'), sent('bert', 'GET /cases/7', 403, 'no'), sent('bert', 'GET /cases/7', 200, 'his')],
      ['his', 'his'],
    ],
    ['not of another one', read, [sent('anna', 'GET /cases/8', 200, 'his'), sent('bert', 'GET /cases/7', 200, 'his')], undefined],
    [
      'none where its owner is refused too',
      read,
      [sent('anna', 'GET /cases/7', 404, 'no'), sent('bert', 'GET /cases/7', 200, 'no')],
      undefined,
    ],
    ['a change of another thing, each with what he sent', update, change, ['{"id":7,"title":"lr","at":1}', '{"id":7,"title":"lr","at":1}']],
    [
      'a change that shows more than was sent',
      update,
      [...change.slice(0, 2), sent('bert', 'PATCH /cases/8', 200, { id: 8, at: 2 })],
      ['{"id":7,"title":"lr","at":1}', '{"id":7,"at":2}'],
    ],
  ] as const)('%s', (_, cell, exchanges, expected) => {
    const pair = pairOf(exchanges, cell);
    expect(pair && [pair.owner.text, pair.other.text]).toEqual(expected);
  });
});

const facts: Pick<LabApp, 'flaws' | 'clean' | 'read'> = {
  flaws: [
    { method: 'GET', path: '/cases/:id', class: 'BOLA', confirmed: true },
    { method: 'GET', path: '/logs', class: 'unauth', confirmed: true },
    { method: 'GET', path: '/team/{id}', class: 'BOPLA', confirmed: true, ambiguous: true },
    { method: 'POST', path: '/users', class: 'massassign', confirmed: true },
  ],
  clean: [{ route: 'GET /cases/mine' }, { route: 'GET /notes/{id}' }],
  read: [{ check: 'access/route-stranger-reads', subject: 'route GET /odd stranger', verdict: 'depends', why: '' }],
};

describe('what is known of a try', () => {
  it.each([
    ['GET /cases/7', 'read', 'stranger', 'flawed'],
    ['GET /cases/7', 'read', 'visitor', 'open'],
    ['GET /cases/mine', 'list', 'stranger', 'clean'],
    ['GET /cases/new', 'list', 'stranger', 'unnamed'],
    ['GET /logs', 'list', 'visitor', 'flawed'],
    ['GET /team/3', 'read', 'stranger', 'open'],
    ['POST /users', 'create', 'stranger', 'flawed'],
    ['POST /users', 'update', 'stranger', 'open'],
    ['GET /notes/3', 'read', 'visitor', 'clean'],
    ['GET /odd', 'list', 'stranger', 'open'],
    ['GET /menu', 'list', 'stranger', 'unnamed'],
  ] as const)('%s (%s) by a %s: %s', (request, verb, relation, expected) =>
    expect(truthOf(facts, sampleCell({ route: request.replace(/\d/, '{id}'), verb, relation, request }))).toBe(expected),
  );

  it('goes against us where we accused what was read to be right', () => {
    const misread = { ...facts, read: [{ check: 'c', subject: 'route GET /menu anon', verdict: 'wrong', why: '' }] } as const;
    expect(truthOf(misread, sampleCell({ route: 'GET /menu', request: 'GET /menu' }))).toBe('clean');
  });
});

it('counts who says what of a run', () => {
  const person = { administrator: false, from: 'config', proof: '' } as const;
  const live = {
    ...sampleLive([
      { ...read, who: 'anna', relation: 'own', outcome: 'got' },
      { ...read, outcome: 'got' },
    ]),
    people: [
      { name: 'anna', tenant: 'anna', ...person },
      { name: 'bert', tenant: 'bert', ...person },
    ],
    routes: [],
  };
  const exchanges = ['anna', 'bert'].flatMap((who) => [
    sent(who, 'GET /cases/7', 200, { title: 'of anna', id: 7 }),
    // Each his own, and the same for both.
    sent(who, 'GET /cases/mine', 200, [{ title: `of ${who}`, id: who.length }]),
    sent(who, 'GET /menu', 200, { open: true }),
  ]);
  const findings = [{ outcome: 'fail', check: 'access/route-stranger-reads', subject: 'route GET /cases/{id} stranger' } as Finding];
  const app = { app: 'sample', version: '', ready: '/', ...facts };
  const probes = probesOf({ app, live, findings, exchanges });
  expect(factsOf(probes)).toMatchObject({ flawed: 1, clean: 2, unnamed: 2, open: 0, unpaired: 0 });
  expect(count(probes, 'ours')).toEqual({ tp: 1, fn: 0, fp: 0, tn: 2 });
  const accused = {
    ...live,
    cells: [...live.cells, { ...read, route: 'GET /cases/mine', verb: 'list', request: 'GET /cases/mine', outcome: 'got' } as const],
  };
  const mistaken = { ...findings[0], subject: 'route GET /cases/mine stranger' } as Finding;
  expect(count(probesOf({ app, live: accused, findings: [...findings, mistaken], exchanges }), 'ours')).toMatchObject({ tp: 1, fp: 1 });
  expect(count(probes, '2xx', ['clean', 'unnamed'])).toEqual({ tp: 1, fn: 0, fp: 4, tn: 0 });
  expect(count(probes, 'Autorize')).toEqual({ tp: 1, fn: 0, fp: 0, tn: 2 });
  expect(rivalTable('sample', probes)).toContain('ours       1   0   0   2      1.000   1.000');
});
