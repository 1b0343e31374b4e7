import { describe, expect, it } from 'vitest';
import type { EdgeRecord, EdgeZone, OriginFacts } from '../../../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known, rulesWith, settingsWith, unread } from '../../../../evidence/cloudflare-samples.ts';
import { makePlan, type Plan } from './plan.ts';

const zoneWith = (records: readonly EdgeRecord[], change: Partial<EdgeZone> = {}): EdgeZone =>
  edgeZoneSample({ settings: settingsWith({ ssl: 'full' }), records: known(records), hosts: [], ...change });
const planned = (zone: EdgeZone, origins: readonly OriginFacts[] = []): Plan =>
  makePlan({
    zone: { ...zone, entrypoints: {} },
    wanted: [],
    origins,
    applied: { records: [], settings: {} },
    accepted: [],
    deletable: [],
    now: 0,
  });

/** Whether strict is done, or held back, and why. */
function strict(zone: EdgeZone, origins?: readonly OriginFacts[]): string {
  const { changes, held } = planned(zone, origins);
  const isSsl = (change: Plan['changes'][number]): boolean => change.kind === 'setting' && change.id === 'ssl';
  const [kept] = held.filter(({ change }) => isSsl(change));
  return kept ? kept.why : changes.some(isSsl) ? 'done' : 'not planned';
}
const pages = edgeRecord({ type: 'CNAME', name: 'example.com', content: 'portal.pages.dev' });
const server = edgeRecord({ name: 'app.example.com' });
const rule = (ssl: string, expression = 'http.host eq "app.example.com"'): EdgeZone['rules'] =>
  rulesWith('http_config_settings', { action: 'set_config', expression, action_parameters: { ssl }, description: 'old server' });
const seen = (host: string, certificate: OriginFacts['certificate']): OriginFacts => ({
  address: '192.0.2.7:443',
  host,
  outcome: 'answered',
  why: '',
  certificate,
});
const unseen = /^breaks-TLS: nobody has seen the certificate/;

describe('strict SSL', () => {
  it('is no risk where Pages, Workers and tunnels serve all that comes by the edge', () => {
    expect(strict(zoneWith([pages]))).toBe('done');
    expect(strict(zoneWith([pages, edgeRecord({ type: 'CNAME', name: 'www.example.com', content: 'example.com' })]))).toBe('done');
    expect(
      strict(zoneWith([edgeRecord({ type: 'AAAA', content: '100::' }), edgeRecord({ type: 'CNAME', content: '6ff.cfargotunnel.com' })])),
    ).toBe('done');
    expect(strict(zoneWith([edgeRecord({ proxied: false })]))).toBe('done');
  });

  it('is one where a server is behind it whose certificate nobody saw', () => {
    expect(strict(zoneWith([pages, server]))).toMatch(unseen);
    expect(strict(zoneWith([pages, edgeRecord({ name: '*.example.com' })]))).toMatch(unseen);
    expect(strict(zoneWith([], { records: unread }))).toMatch(unseen);
    // It goes behind the proxy by this very plan.
    expect(strict(zoneWith([edgeRecord({ proxied: false })], { hosts: [{ name: 'app.example.com', role: 'app' }] }))).toMatch(unseen);
  });

  it('looks at the certificates of the hosts that it is for', () => {
    expect(strict(zoneWith([pages, server]), [seen('app.example.com', 'valid'), seen('example.com', 'invalid')])).toBe('done');
    expect(strict(zoneWith([pages, server]), [seen('app.example.com', 'invalid')])).toMatch(
      /^breaks-TLS: the certificate of 192\.0\.2\.7:443/,
    );
    expect(strict(zoneWith([edgeRecord({ name: '*.example.com' })]), [seen('shop.example.com', 'valid')])).toBe('done');
  });

  it('is nothing to a host whose mode a rule sets', () => {
    expect(strict(zoneWith([pages, server], { rules: rule('flexible') }))).toBe('done');
    expect(strict(zoneWith([pages, server], { rules: rule('flexible', 'starts_with(http.request.uri.path, "/old/")') }))).toMatch(unseen);
    expect(strict(zoneWith([pages, server], { rules: rule('flexible', 'ip.src.country eq "NZ"') }))).toMatch(unseen);
    expect(strict(zoneWith([pages, server], { rules: { ...rulesWith(), http_config_settings: unread } }))).toMatch(unseen);
  });
});

it('rules of others that set a worse mode are named and left alone', () => {
  const { problems, alone, changes } = planned(zoneWith([server], { rules: rule('flexible') }));
  expect(problems).toEqual([
    'The configuration rule "old server" sets SSL mode flexible, also for app.example.com: change it by hand once its server has a certificate.',
  ]);
  expect(alone).toContain('the rule "old server" (http_config_settings)');
  expect(changes.some((one) => one.kind === 'rules' && one.phase === 'http_config_settings')).toBe(false);
  expect(planned(zoneWith([server], { rules: rule('strict') })).problems).toEqual([]);
});
