import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flaw } from '../../flaws.ts';
import { flaws } from '../flaws.ts';
import { startOidcProvider } from './oidc-provider.ts';
import type { OidcProvider } from './oidc-provider.ts';
import { probes } from './probes.ts';
import { idOf, sendPayment, startWorld } from './world.ts';
import type { Running, World } from './world.ts';

/** Flaws that show when the portal starts with a setting left out; they have tests of their own below. */
const AT_START = ['webhook-skip-if-secret-unset', 'missing-env-not-validated', 'staging-url-fallback'];
/** Flaws that can be read but not called. */
const SOURCE_ONLY = ['secret-in-source', 'secret-in-env-committed', 'secret-in-log', 'secret-in-history', 'env-not-documented'];

/**
 * Three twins with a third of the flaws each, so that the run stays short. Every probe runs against every twin: it must
 * find its hole in the one twin that has the flaw and in no other, which would show if another flaw opened it too.
 */
const groups: Flaw[][] = [[], [], []];
flaws.filter(({ id }) => id in probes).forEach((flaw, index) => groups[index % groups.length]!.push(flaw));

let world: World;
let provider: OidcProvider;
let oidc: Record<string, string>;

beforeAll(async () => {
  world = await startWorld();
  provider = await startOidcProvider({ sub: 'clara-1', email: 'clara@duarte-cafe.example', email_verified: true });
  oidc = { OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: provider.clientId, OIDC_CLIENT_SECRET: provider.clientSecret };
});

afterAll(async () => {
  await provider?.stop();
  await world?.stop();
});

it('every flaw is shown to open a hole, or is one that only reading can find', () => {
  const shown = [...Object.keys(probes), ...AT_START, ...SOURCE_ONLY];
  expect(flaws.map(({ id }) => id).sort()).toEqual(shown.sort());
});

describe.each([
  ['the clean portal', [] as Flaw[]],
  ['a twin with the first third of the flaws', groups[0]!],
  ['a twin with the second third', groups[1]!],
  ['a twin with the last third', groups[2]!],
])('%s', (_, on) => {
  let portal: Running;

  beforeAll(async () => {
    portal = await world.start({ flaws: on.map(({ id }) => id), env: oidc });
  });

  afterAll(() => portal?.stop());

  it.each(Object.entries(probes).map(([id, probe]) => [id, on.some((flaw) => flaw.id === id) ? 'open' : 'closed', probe] as const))(
    '%s: %s',
    async (_id, expected, probe) => {
      expect((await probe(portal)) ? 'open' : 'closed').toBe(expected);
    },
  );
});

describe('flaws that show at the start', () => {
  it('webhook-skip-if-secret-unset: without the secret the clean portal stays off, the twin takes payments from anybody', async () => {
    const env = { PAYMENTS_WEBHOOK_SECRET: undefined };
    await expect(world.start({ env })).rejects.toThrow('PAYMENTS_WEBHOOK_SECRET is not set');
    const twin = await world.start({ env, flaws: ['webhook-skip-if-secret-unset'] });
    await sendPayment(twin, { invoice_id: Number(await idOf(twin, 'invoices', 'HL-1180')), amount_cents: 320_000 }, { header: null });
    expect(await twin.db.query(`select status from invoices where number = 'HL-1180'`)).toEqual([{ status: 'paid' }]);
    await twin.stop();
  });

  it('missing-env-not-validated and staging-url-fallback: the twins start without what they need', async () => {
    await expect(world.start({ env: { MAIL_FROM: undefined } })).rejects.toThrow('MAIL_FROM is not set');
    await (await world.start({ env: { MAIL_FROM: undefined }, flaws: ['missing-env-not-validated'] })).stop();
    await expect(world.start({ env: { APP_URL: undefined } })).rejects.toThrow('APP_URL is not set');
    const twin = await world.start({ env: { APP_URL: undefined }, flaws: ['staging-url-fallback'] });
    expect((await twin.browser().open('/openapi.json')).text).toContain('https://staging.');
    await twin.stop();
  });

  it('an unknown flaw is refused with the list of the known ones', async () => {
    await expect(world.start({ flaws: ['idor-invoice'] })).rejects.toThrow(
      /no flaw called "idor-invoice"[^]*idor-invoices: Any signed-in user/,
    );
  });
});

it('the repository of the portal itself holds no key that looks live', async () => {
  for (const name of ['exposure', 'published', 'made-up']) {
    const source = await readFile(join(import.meta.dirname, '..', 'flaws', `${name}.ts`), 'utf8');
    expect(source).not.toMatch(/sk_live_\w|whsec_\w/);
  }
});
