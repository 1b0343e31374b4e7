import { afterEach, describe, expect, it } from 'vitest';
import { type Portal, startPortal } from '../../examples/portal/start.ts';
import { type OidcProvider, startOidcProvider } from '../../examples/portal/test/oidc-provider.ts';
import { checks } from '../../src/checks/index.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { LiveAccess } from '../../src/evidence/live-access.ts';

/** A client of each of two firms, as the provider of company accounts knows them. */
const people = [
  { name: 'clara', email: 'clara@duarte-cafe.example', tenant: 'Northwind', role: 'client', password: 'clara-at-the-provider' },
  { name: 'ada', email: 'ada@mbeki-logistics.example', tenant: 'Harbour', role: 'client', password: 'ada-at-the-provider' },
];

describe('the running portal, whose people sign in at an identity provider', () => {
  let portal: Portal | undefined;
  let provider: OidcProvider | undefined;
  afterEach(async () => {
    await portal?.stop();
    await provider?.stop();
    portal = provider = undefined;
  });

  async function tried(flaws: readonly string[], loose = false): Promise<{ readonly outcomes: string[]; readonly live: LiveAccess }> {
    const known = people.map(({ name, email, password }) => ({ sub: `${name}-1`, email, email_verified: true, password }));
    provider = await startOidcProvider(known[0]!, known);
    provider.loose = loose;
    const { issuer, clientId, clientSecret } = provider;
    portal = await startPortal({ flaws, env: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } });
    provider.redirectUris = [`${portal.url}/login/oidc/callback`];
    const url = new URL(portal.url);
    const { run: result, evidence } = await run({
      checks: checks.filter(({ id }) => id.startsWith('access/')),
      collectors,
      target: {
        url,
        people,
        writes: true,
        parts: ['routes', 'sessions'],
        identity: { kind: 'oidc', url: new URL(issuer) },
        scope: { hosts: [url.host], requests: 6_000, history: false },
      },
      targetArguments: portal.url,
      version: 'test',
    });
    return {
      outcomes: result.findings
        .filter(({ check, outcome }) => outcome === 'fail' || (check.startsWith('access/sso-') && outcome !== 'not-applicable'))
        .map(({ check, outcome }) => `${check} ${outcome}`)
        .toSorted(),
      live: evidence['access.live'] as LiveAccess,
    };
  }

  const clean = [
    'access/sso-code-reusable pass',
    'access/sso-redirect-uri-unchecked pass',
    'access/sso-request-unbound pass',
    'access/sso-state-unchecked pass',
  ];

  it('holds', async () => {
    const { outcomes, live } = await tried([]);
    expect(outcomes).toEqual(clean);
    expect(live.people.map(({ name, proof }) => `${name}: ${proof}`)).toEqual(
      people.map(
        ({ name }) => expect.stringMatching(new RegExp(`^${name}: the identity provider 127.0.0.1:\\d+; GET \\S+ names`)) as string,
      ),
    );
    for (const { password } of people) expect(JSON.stringify(live)).not.toContain(password);
  }, 120_000);

  // Without a state there is neither PKCE nor a nonce in it: nothing of the request is left that could be checked.
  it('with oidc-no-state is seen to end a sign-in in a browser that did not begin it', async () => {
    const { outcomes } = await tried(['oidc-no-state']);
    expect(outcomes).toEqual([
      'access/sso-code-reusable pass',
      'access/sso-redirect-uri-unchecked pass',
      'access/sso-request-unbound fail',
      'access/sso-state-unchecked fail',
    ]);
  }, 120_000);

  it('with a provider that leads anywhere is told so, and nothing else', async () => {
    const { outcomes } = await tried([], true);
    expect(outcomes).toEqual(clean.map((one) => one.replace('redirect-uri-unchecked pass', 'redirect-uri-unchecked fail')));
  }, 120_000);
});
