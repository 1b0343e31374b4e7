import { describe, expect, it } from 'vitest';
import type { Route, WebhookFacts } from '../../evidence/routes.ts';
import { sampleAccess, sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { webhookUnverified } from './webhook-unverified.ts';

const write = sampleAccess({ operation: 'update', auth: 'none' });
const judge = (webhook: Partial<WebhookFacts>, route: Partial<Route> = {}) => [
  ...webhookUnverified.evaluate({
    inventory: sampleInventory(
      sampleRoute({
        id: 'POST /hook',
        data: [write],
        ...route,
        webhook: { provider: 'stripe', verification: 'missing', why: 'no check', ...webhook },
      }),
    ),
  }),
];

describe('audit/webhook-unverified', () => {
  it.each<[string, Partial<Route>, string | undefined, string]>([
    ['writes', {}, undefined, 'changes invoices for whoever sends it a message'],
    ['sends mail', { data: [], effects: [sampleEffect()] }, 'high', 'causes mail for whoever'],
    ['does nothing we know of', { data: [] }, 'low', 'takes messages for whoever'],
    ['reads only', { data: [sampleAccess({ auth: 'none' })] }, 'low', 'takes messages'],
    ['writes within row-level security', { data: [sampleAccess({ operation: 'update', client: 'anon' })] }, 'low', 'takes messages'],
  ])('weighs one that %s', (_, route, severity, text) => {
    expect(judge({}, route)).toMatchObject([{ outcome: 'fail', subject: 'POST /hook', message: expect.stringContaining(text) }]);
    expect(judge({}, route)[0]?.severity).toBe(severity);
  });

  it('takes a check that can be skipped for none, and says when it is skipped', () => {
    const skippable = { verification: 'skippable', why: 'skipped when the header is missing' } as const;
    expect(judge(skippable)[0]).toMatchObject({
      outcome: 'fail',
      message: expect.stringContaining('only sometimes (skipped when the header is missing) and then changes invoices'),
    });
    expect(judge(skippable, { data: [] })[0]).toMatchObject({
      severity: 'low',
      message: 'POST /hook checks the sender’s signature only sometimes (skipped when the header is missing).',
    });
  });

  it('stands at the check, else at the write, else at the route', () => {
    expect(judge({ place: { file: 'verify.ts', line: 4 } })[0]?.place).toEqual({ file: 'verify.ts', line: 4, name: 'POST /hook' });
    expect(judge({})[0]?.place).toMatchObject({ line: 14 });
    expect(judge({}, { data: [] })[0]?.place).toMatchObject({ line: 12 });
  });

  it('asks where it could not tell, and is silent about other routes', () => {
    expect(judge({ verification: 'unknown' })).toMatchObject([{ outcome: 'unknown', toKnow: expect.stringContaining('unsigned message') }]);
    expect([...webhookUnverified.evaluate({ inventory: sampleInventory(sampleRoute()) })]).toEqual([]);
  });
});
