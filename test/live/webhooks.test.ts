import { afterEach, describe, expect, it } from 'vitest';
import { demoPassword, type Portal, type PortalOptions, startPortal } from '../../examples/portal/start.ts';
import { checks } from '../../src/checks/index.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { GivenWebhook } from '../../src/core/given-webhook.ts';
import type { Target } from '../../src/core/target.ts';
import type { LiveAccess } from '../../src/evidence/live-access.ts';

const people = [
  { name: 'nora', email: 'nora@northwind.example', password: demoPassword, tenant: 'Northwind', role: 'owner' },
  { name: 'priya', email: 'priya@harbourlegal.example', password: demoPassword, tenant: 'Harbour', role: 'owner' },
];

/** The payment provider of the portal. */
const payments = (portal: Portal): GivenWebhook => ({
  path: '/webhooks/payments',
  provider: 'generic-timed',
  header: 'Payment-Signature',
  secret: portal.webhookSecret,
});

/** About the second invoice of the example data, which Nora's firm has sent out and nobody has paid. */
const paying = '{"id":"evt_{id}","type":"payment.succeeded","data":{"invoice_id":2,"amount_cents":480000,"currency":"EUR"}}';

interface Result {
  /** `takes-unsigned pass`, of each check of webhooks that applies. */
  readonly outcomes: readonly string[];
  readonly findings: readonly Finding[];
  readonly live: LiveAccess;
}

async function tried(portal: Portal, more: Partial<Target>): Promise<Result> {
  const url = new URL(portal.url);
  const { run: result, evidence } = await run({
    checks: checks.filter(({ id }) => id.startsWith('access/webhook-')),
    collectors,
    target: { url, people, writes: true, parts: ['webhooks'], scope: { hosts: [url.host], requests: 6_000, history: false }, ...more },
    targetArguments: portal.url,
    version: 'test',
  });
  const { findings } = result;
  return {
    outcomes: findings
      .filter(({ outcome }) => outcome !== 'not-applicable')
      .map(({ check, outcome }) => `${check.replace('access/webhook-', '')} ${outcome}`)
      .toSorted(),
    findings,
    live: evidence['access.live'] as LiveAccess,
  };
}

describe('the webhook of the running portal', () => {
  let portal: Portal | undefined;
  afterEach(async () => {
    await portal?.stop();
    portal = undefined;
  });
  const start = async (options: PortalOptions = {}): Promise<Portal> => (portal = await startPortal(options));

  // Nothing the portal shows tells how often it took an event about an invoice that is not there.
  const clean = ['takes-replay unknown', 'takes-stale pass', 'takes-unsigned pass'];

  it('holds, and the rightly signed message is taken', async () => {
    const app = await start();
    const { outcomes, live } = await tried(app, { webhooks: [payments(app)] });
    expect(outcomes).toEqual(clean);
    expect(live.webhooks[0]).toMatchObject({ route: 'POST /webhooks/payments', signed: true });
    expect(live.webhooks[0]?.steps).toEqual([
      'POST /webhooks/payments without a signature → 400',
      'POST /webhooks/payments with garbage for a signature → 400',
      'POST /webhooks/payments signed with another secret → 400',
      'POST /webhooks/payments with the signature of another message → 400',
      'POST /webhooks/payments with the right secret in the manner of another provider → 400',
      'POST /webhooks/payments rightly signed → 200',
      'POST /webhooks/payments the very same message again → 200',
      'POST /webhooks/payments rightly signed ten minutes ago → 400',
      'POST /webhooks/payments rightly signed a day ago → 400',
    ]);
    expect(JSON.stringify(live)).not.toContain(app.webhookSecret);
    // With an event about an invoice that Nora has, what it does is seen.
    const seen = await tried(app, { webhooks: [{ ...payments(app), event: paying }] });
    expect(seen.outcomes).toEqual(['takes-replay pass', 'takes-stale pass', 'takes-unsigned pass']);
  }, 240_000);

  it('is found in the code, and judged by what it says where no secret is given', async () => {
    const app = await start();
    const { outcomes, live } = await tried(app, { root: app.directory });
    expect(live.webhooks.map(({ route, question, outcome }) => `${route} ${question} ${outcome}`)).toContain(
      'POST /webhooks/payments unsigned holds',
    );
    expect(outcomes.filter((one) => one.endsWith('fail'))).toEqual([]);
  }, 240_000);

  it('is sent nothing where nothing may be written', async () => {
    const app = await start();
    const before = app.logs().length;
    const { live } = await tried(app, { webhooks: [payments(app)], writes: false });
    expect(live.webhooks.map(({ outcome, text }) => `${outcome}: ${text}`)).toEqual([
      'unknown: nothing may be written, so no message was sent',
    ]);
    expect(
      app
        .logs()
        .slice(before)
        .filter(({ path }) => String(path).startsWith('/webhooks')),
    ).toEqual([]);
  }, 240_000);

  it.each<[string, PortalOptions['env'], string]>([
    ['webhook-unsigned', {}, 'it looks at what a message says and never at its signature'],
    ['webhook-skip-if-header-missing', {}, 'it takes a message without a signature just like one that is rightly signed'],
    ['webhook-skip-if-secret-unset', { PAYMENTS_WEBHOOK_SECRET: undefined }, 'it looks at what a message says and never at its signature'],
  ])(
    'with %s turns its check red, and no other',
    async (flaw, env, says) => {
      const app = await start({ flaws: [flaw], env: env ?? {} });
      const { outcomes, live } = await tried(app, { webhooks: [payments(app)] });
      expect(outcomes).toEqual(['takes-unsigned fail']);
      expect(live.webhooks.find(({ question }) => question === 'unsigned')?.text).toBe(says);
    },
    240_000,
  );

  it('with webhook-unsigned is seen to act, by who is named, where an event is given', async () => {
    const app = await start({ flaws: ['webhook-unsigned'] });
    const { outcomes, live } = await tried(app, { webhooks: [{ ...payments(app), event: paying }] });
    expect(outcomes).toEqual(['takes-unsigned fail']);
    expect(live.webhooks.find(({ question }) => question === 'unsigned')?.text).toMatch(
      /^it acted on a message without a signature: nora \//,
    );
  }, 240_000);

  it('with webhook-no-tolerance turns its check red, and no other', async () => {
    const app = await start({ flaws: ['webhook-no-tolerance'] });
    const { outcomes } = await tried(app, { webhooks: [payments(app)] });
    expect(outcomes).toEqual(['takes-replay unknown', 'takes-stale fail', 'takes-unsigned pass']);
  }, 240_000);

  it('with webhook-replay turns its check red, and no other, where an event about an invoice is given', async () => {
    const app = await start({ flaws: ['webhook-replay'] });
    const { outcomes, live } = await tried(app, { webhooks: [{ ...payments(app), event: paying }] });
    expect(outcomes).toEqual(['takes-replay fail', 'takes-stale pass', 'takes-unsigned pass']);
    expect(live.webhooks.find(({ question }) => question === 'replay')?.text).toMatch(
      /^the same message counted twice: nora \/\S+: once \d+ with its mark, then \d+/,
    );
    // About an invoice that is not there, nobody sees a difference: no proof, no accusation.
    const unseen = await tried(app, { webhooks: [payments(app)] });
    expect(unseen.outcomes).toEqual(clean);
  }, 240_000);
});
