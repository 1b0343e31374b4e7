import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startDns, type DnsFixture, zoned } from '../src/collect/dns/fixture.ts';
import { type StandIn, type StandInOptions, startCloudflare } from '../src/collect/provider/cloudflare/fixture.ts';
import { newZone, recordOf, stateText, type ZoneState } from '../src/collect/provider/cloudflare/fixture-state.ts';
import { cleanUp, folderWith, launchReady, type Outcome } from './command-line.ts';

afterAll(cleanUp);
const running: (StandIn | DnsFixture)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function lab(more: Partial<StandInOptions> = {}) {
  const zone = newZone('example.com');
  zone.records = [
    recordOf(zone, { type: 'A', name: 'app', content: '192.0.2.7', ttl: 300 }),
    recordOf(zone, { type: 'MX', name: '@', content: 'mx.example.net', priority: 10, ttl: 300 }),
  ];
  const standIn = await startCloudflare({ zones: [zone], ...more });
  const dns = await startDns((name, type) => zoned(answersOf(zone))(name, type));
  running.push(standIn, dns);
  const at = `127.0.0.1:${dns.server.port}`;
  const cwd = folderWith({
    'launch-ready.yaml': `domains:
  apex: example.com
  hosts:
    - { name: app.example.com, role: app, login: /login }
  records:
    - { name: app.example.com, type: A, content: 192.0.2.8 }
    - { name: _dmarc.example.com, type: TXT, content: "v=DMARC1; p=none" }
  resolvers: ["${at}"]
  connect: ["ana.ns.example.net=${at}", "bob.ns.example.net=${at}"]
cloudflare:
  tokenFrom: CF_TOKEN
  base: ${standIn.base}
`,
  });
  const state = folderWith({});
  const call = (...args: string[]): Promise<Outcome> =>
    launchReady(['edge', ...args], { cwd, env: { LAUNCH_READY_STATE: state, CF_TOKEN: standIn.token, NO_COLOR: '1' } });
  return { zone, call, cwd, standIn };
}

/** What the name servers of the zone would say of it. */
const answersOf = ({ records }: ZoneState) =>
  Object.fromEntries(
    records.map(({ name }) => [
      name,
      records
        .filter((one) => one.name === name)
        .map(({ type, content, proxied, priority }) => ({
          type,
          data: proxied
            ? '104.16.0.1'
            : type === 'MX'
              ? { preference: priority, exchange: content }
              : type === 'TXT'
                ? [content.replace(/"/g, '')]
                : content,
        })),
    ]),
  );

describe('edge plan, apply and undo', () => {
  it('plans, applies what was planned, sees it from outside, and takes it back', async () => {
    const { zone, call, standIn } = await lab();
    const before = stateText(zone);
    const planned = await call('plan', '--accept-risk', 'breaks-TLS');
    expect([planned.code, planned.stderr]).toEqual([0, '']);
    expect(planned.stdout).toContain('~ A app.example.com: 192.0.2.7 → 192.0.2.8, DNS only → proxied');
    expect(planned.stdout).toContain('+ TXT _dmarc.example.com: "v=DMARC1; p=none"');
    expect(planned.stdout).toContain('risk taken: breaks-TLS');
    expect(planned.stdout).toContain('Left alone (1):\n  MX example.com mx.example.net');
    const other = await call('apply');
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('The plan would be another one by now')]);
    expect(stateText(zone)).toBe(before);
    const applied = await call('apply', '--accept-risk', 'breaks-TLS');
    expect([applied.code, applied.stderr]).toEqual([0, '']);
    expect(applied.stdout).toContain('Seen from outside: 4 of 4 answers of 2 name servers.');
    expect((await call('plan', '--accept-risk', 'breaks-TLS')).stdout).toContain('Nothing is to be done.');
    const undone = await call('undo');
    expect([undone.code, undone.stdout]).toEqual([0, expect.stringContaining('is undone.')]);
    expect(stateText(zone)).toBe(before);
    for (const { stdout, stderr } of [planned, applied, undone]) expect(stdout + stderr).not.toContain(standIn.token);
  }, 60_000);

  it('says how to go on when it broke off, and goes on', async () => {
    let isBroken = true;
    // Two calls before only try what the token may.
    const { zone, call } = await lab({ on: ({ nthChange }) => (isBroken && nthChange === 5 ? 'hang-up-after' : undefined) });
    const before = stateText(zone);
    await call('plan', '--accept-risk', 'breaks-TLS');
    const cut = await call('apply', '--accept-risk', 'breaks-TLS');
    expect([cut.code, cut.stderr]).toEqual([
      1,
      expect.stringMatching(/^Nobody knows whether PUT .* was carried out.*\nThe apply broke off: launch-ready edge apply goes on/),
    ]);
    isBroken = false;
    expect((await call('apply', '--accept-risk', 'breaks-TLS')).code).toBe(0);
    expect(zone.settings['always_use_https']?.value).toBe('on');
    await call('undo');
    expect(stateText(zone)).toBe(before);
  }, 60_000);

  it('names the missing row, and changes nothing', async () => {
    const { zone, call } = await lab({ lacks: ['Zone · DNS · Edit'] });
    const before = stateText(zone);
    await call('plan');
    const { code, stderr } = await call('apply');
    expect([code, stateText(zone)]).toEqual([1, before]);
    expect(stderr).toContain('Add "Zone · DNS · Edit" to the token at https://dash.cloudflare.com/profile/api-tokens.');
  }, 60_000);

  it('prints the records for another DNS host', async () => {
    const { call } = await lab();
    const { code, stdout } = await call('plan', '--records');
    expect(code).toBe(0);
    expect(stdout).toContain(
      '1. Change\n   Type      A\n   Name      app (some forms want it whole: app.example.com)\n   Value     192.0.2.8\n',
    );
  }, 60_000);

  it('says what is missing to begin with', async () => {
    const cwd = folderWith({
      'launch-ready.yaml': 'domains: { apex: example.com }\ncloudflare: { tokenFrom: CF_TOKEN_UNSET }\n',
      'bare/a.txt': '',
    });
    const noToken = await launchReady(['edge', 'plan'], { cwd });
    expect([noToken.code, noToken.stderr]).toEqual([3, expect.stringContaining('environment variable CF_TOKEN_UNSET, which is not set')]);
    const noZone = await launchReady(['edge', 'apply', 'bare'], { cwd });
    expect([noZone.code, noZone.stderr]).toEqual([2, expect.stringContaining('No zone at Cloudflare is named')]);
    const noRisk = await launchReady(['edge', 'plan', '--accept-risk', 'breaks-mails'], { cwd, env: { CF_TOKEN_UNSET: 'x' } });
    expect([noRisk.code, noRisk.stderr]).toEqual([2, expect.stringContaining('breaks-mail')]);
  }, 60_000);

  it('judges the zone with the checks of the stage', async () => {
    const { zone, call } = await lab();
    zone.records = zone.records.map((one) => ({ ...one, proxied: one.type === 'A' }));
    zone.settings['ssl'] = { value: 'flexible', modified_on: null };
    const { stdout } = await call('.', '--only', 'edge/cloudflare-ssl-mode', '--format', 'json');
    const { findings } = JSON.parse(stdout) as { findings: { outcome: string; message: string }[] };
    expect(findings).toMatchObject([
      { outcome: 'fail', message: 'What customers send goes on from Cloudflare without encryption (SSL mode flexible).' },
    ]);
  }, 60_000);
});
