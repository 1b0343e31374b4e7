import { describe, expect, it } from 'vitest';
import { edgeCache } from '../../src/evidence/edge-cache.ts';
import { checks } from '../../src/checks/index.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { Run } from '../../src/core/run.ts';
import { cloudflareApi } from '../../src/collect/provider/cloudflare/api.ts';
import { openCloudflare } from '../../src/collect/provider/cloudflare/client.ts';
import { readZone } from '../../src/collect/provider/cloudflare/zone.ts';
import { edgeSettings, rulePhases } from '../../src/evidence/cloudflare.ts';
import { newZone, pageRuleOf, recordOf } from '../../src/collect/provider/cloudflare/fixture-state.ts';
import { cloudflareFlaws } from './cloudflare-flaws.ts';
import { addRules, cleanZone, serveZone, server, type ZoneDraft } from './cloudflare.ts';

const asked = checks.filter(({ id }) => id.startsWith('edge/cloudflare-'));

/** What the real engine and collectors say of a zone. */
async function runOn(draft: ZoneDraft): Promise<Run> {
  const served = await serveZone(draft);
  try {
    const { domains, cloudflare } = served;
    const { run: told } = await run({
      checks: asked,
      collectors,
      target: { domains, cloudflare, scope: { hosts: [], requests: 100, history: false } },
      ...(draft.seen && { evidence: { [edgeCache.id]: draft.seen } }),
      targetArguments: '',
      version: '0.0.0',
      signal: new AbortController().signal,
    });
    expect(JSON.stringify(told)).not.toContain(cloudflare.token);
    return told;
  } finally {
    await served.stop();
  }
}

const failed = ({ findings }: Run): string[] =>
  [...new Set(findings.flatMap(({ check, outcome }) => (outcome === 'fail' ? [check] : [])))].toSorted();

describe('the zone as it should be', () => {
  it('passes every check, with nothing left open', async () => {
    const clean = await runOn(cleanZone());
    expect(clean.findings.filter(({ outcome }) => outcome !== 'pass').map(({ check, message }) => `${check} ${message}`)).toEqual([]);
    expect(clean.evidence.flatMap(({ id, fault }) => (fault ? [`${id} ${fault.message}`] : []))).toEqual([]);
    const unseen = clean.checks.filter(({ state, counts }) => state !== 'judged' || counts.pass === 0 || counts.unknown > 0);
    expect(unseen.map(({ id }) => id)).toEqual([]);
  });
});

/** A zone as Cloudflare sets it up, with these records. */
function newDraft(records: readonly Readonly<Record<string, unknown>>[], hosts: ZoneDraft['hosts']): ZoneDraft {
  const zone = newZone('example.com', { dnssec: { status: 'active' } });
  zone.records = records.map((one) => recordOf(zone, { ttl: 1, ...one }));
  return { zone, others: [], hosts, lacks: [] };
}

const set = (draft: ZoneDraft, id: string, value: unknown): void => void (draft.zone.settings[id] = { value, modified_on: null });
const add = (draft: ZoneDraft, ...records: readonly Readonly<Record<string, unknown>>[]): void =>
  void draft.zone.records.push(...records.map((one) => recordOf(draft.zone, { ttl: 1, ...one })));

const kept: readonly (readonly [string, () => ZoneDraft])[] = [
  [
    'that is flexible by itself, and strict by a rule for each host with a server',
    () => {
      const draft = cleanZone();
      set(draft, 'ssl', 'flexible');
      draft.zone.records = draft.zone.records.filter(({ name }) => !name.startsWith('url7.') && !name.startsWith('www.'));
      addRules(draft.zone, 'http_config_settings', {
        action: 'set_config',
        expression: '(http.host in {"app.example.com" "api.example.com"})',
        action_parameters: { ssl: 'strict' },
      });
      return draft;
    },
  ],
  [
    'that sends http to https by a redirect rule, a page rule, or both',
    () => {
      const draft = cleanZone();
      set(draft, 'always_use_https', 'off');
      addRules(draft.zone, 'http_request_dynamic_redirect', {
        action: 'redirect',
        expression: 'http.request.full_uri wildcard "http://*" and not starts_with(http.request.uri.path, "/.well-known/acme-challenge/")',
        action_parameters: { from_value: { target_url: { expression: 'concat("https://", http.host, http.request.uri.path)' } } },
      });
      draft.zone.pageRules.push(
        pageRuleOf({
          status: 'active',
          targets: [{ target: 'url', constraint: { operator: 'matches', value: 'http://*example.com/*' } }],
          actions: [{ id: 'forwarding_url', value: { status_code: 301, url: 'https://$1example.com/$2' } }],
        }),
      );
      return draft;
    },
  ],
  [
    'whose cache keeps what the app allows, and what it marks it does not',
    () => {
      const draft = cleanZone();
      addRules(draft.zone, 'http_request_cache_settings', {
        action: 'set_cache_settings',
        expression: '(http.host eq "app.example.com")',
        action_parameters: { cache: true, browser_ttl: { mode: 'override_origin', default: 600 } },
      });
      addRules(draft.zone, 'http_request_cache_settings', {
        action: 'set_cache_settings',
        expression: '(http.host eq "api.example.com")',
        action_parameters: { cache: true, edge_ttl: { mode: 'bypass_by_default' } },
      });
      return draft;
    },
  ],
  [
    'whose cache tells people apart by session and token',
    () => {
      const draft = cleanZone();
      addRules(draft.zone, 'http_request_cache_settings', {
        action: 'set_cache_settings',
        expression: 'true',
        action_parameters: {
          cache: true,
          edge_ttl: { mode: 'override_origin', default: 60 },
          cache_key: { custom_key: { cookie: { include: ['__Host-session'] }, header: { include: ['authorization'] } } },
        },
      });
      return draft;
    },
  ],
  [
    'that came from GoDaddy, with mail at Google and Email Routing of old, and its hosts at Vercel, Webflow and Render',
    () => {
      const draft = cleanZone();
      delete draft.originStatus;
      const { zone } = draft;
      zone.records = [];
      add(
        draft,
        { type: 'A', name: '@', content: '76.76.21.21' },
        { type: 'CNAME', name: 'www', content: 'example.com' },
        { type: 'CNAME', name: 'app', content: 'cname.vercel-dns.com' },
        { type: 'A', name: 'api', content: '216.24.57.1' },
        { type: 'CNAME', name: 'site', content: 'cdn.webflow.com' },
        { type: 'CNAME', name: '_domainconnect', content: '_domainconnect.gd.domaincontrol.com', proxied: true },
        { type: 'CNAME', name: 'mail', content: 'ghs.googlehosted.com', proxied: true },
        { type: 'MX', name: '@', content: 'aspmx.l.google.com', priority: 1 },
      );
      zone.records.push({
        ...recordOf(zone, { type: 'MX', name: 'news', content: 'route1.mx.cloudflare.net', priority: 5, ttl: 1 }),
        meta: { read_only: true },
      });
      draft.hosts = [
        { name: 'example.com', role: 'marketing' },
        { name: 'www.example.com', role: 'marketing' },
        { name: 'app.example.com', role: 'app', login: '/login' },
        { name: 'api.example.com', role: 'api' },
        { name: 'site.example.com', role: 'marketing' },
      ];
      return draft;
    },
  ],
  [
    'of Pages alone, with an alias of the domain, a Worker behind a placeholder, and SSL mode Full as it was set up',
    () => {
      const draft = cleanZone();
      delete draft.originStatus;
      set(draft, 'ssl', 'full');
      draft.zone.records = [];
      add(
        draft,
        { type: 'CNAME', name: '@', content: 'portal.pages.dev', proxied: true },
        { type: 'CNAME', name: 'www', content: 'example.com', proxied: true },
        { type: 'CNAME', name: 'app', content: 'www.example.com', proxied: true },
        { type: 'A', name: 'api', content: '192.0.2.1', proxied: true },
      );
      return draft;
    },
  ],
  [
    'whose administrators are asked for a puzzle by a rule',
    () => {
      const draft = cleanZone();
      addRules(draft.zone, 'http_config_settings', {
        action: 'set_config',
        expression: '(http.host eq "app.example.com" and starts_with(http.request.uri.path, "/admin"))',
        action_parameters: { security_level: 'under_attack' },
      });
      return draft;
    },
  ],
  [
    'that only has the DNS of a domain, with its hosts at builders',
    () =>
      newDraft(
        [
          { type: 'A', name: '@', content: '185.158.133.1' },
          { type: 'CNAME', name: 'app', content: 'cname.vercel-dns.com' },
          { type: 'CNAME', name: 'api', content: 'portal.onrender.com' },
          { type: 'MX', name: '@', content: 'mx.example.net', priority: 10 },
        ],
        [
          { name: 'example.com', role: 'marketing' },
          { name: 'app.example.com', role: 'app', login: '/login' },
          { name: 'api.example.com', role: 'api' },
        ],
      ),
  ],
  [
    'of a site without a login, all of which is kept at the edge',
    () => {
      const draft = cleanZone();
      draft.hosts = [{ name: 'www.example.com', role: 'marketing' }];
      delete draft.originStatus;
      draft.zone.records = draft.zone.records.filter(({ name }) => !name.startsWith('app.') && !name.startsWith('api.'));
      delete draft.zone.rulesets.http_ratelimit;
      draft.zone.bots['fight_mode'] = true;
      addRules(draft.zone, 'http_request_cache_settings', {
        action: 'set_cache_settings',
        expression: 'true',
        action_parameters: { cache: true, edge_ttl: { mode: 'override_origin', default: 86_400 } },
      });
      return draft;
    },
  ],
  [
    'that Pages, Workers and a tunnel serve',
    () => {
      const draft = cleanZone();
      const { zone } = draft;
      delete draft.originStatus;
      zone.settings['ssl'] = { value: 'full', modified_on: null };
      zone.records = [
        recordOf(zone, { type: 'CNAME', name: 'app', content: 'portal.pages.dev', proxied: true, ttl: 1 }),
        { ...recordOf(zone, { type: 'AAAA', name: 'api', content: '100::', proxied: true, ttl: 1 }), meta: { read_only: true } },
        recordOf(zone, { type: 'CNAME', name: 'eu.app', content: 'portal.pages.dev', proxied: true, ttl: 1 }),
        recordOf(zone, { type: 'CNAME', name: 'hooks', content: '6ff42ae2.cfargotunnel.com', proxied: true, ttl: 1 }),
      ];
      return draft;
    },
  ],
  [
    'of a domain whose DNS another host has',
    () => {
      const draft = cleanZone();
      draft.zone.type = 'partial';
      draft.zone.dnssec = { status: 'disabled' };
      return draft;
    },
  ],
  [
    'with SSL-Only Origin Pull, and a rule that lets the office past the firewall',
    () => {
      const draft = cleanZone();
      draft.zone.settings['ssl'] = { value: 'origin_pull', modified_on: null };
      addRules(draft.zone, 'http_request_firewall_custom', {
        action: 'skip',
        expression: '(ip.src in {198.51.100.0/24}) or (cf.client.bot)',
        action_parameters: { phases: ['http_request_firewall_managed'] },
      });
      return draft;
    },
  ],
];

it.concurrent.each(kept)('a well-kept zone %s has no fault', async (_, make) => {
  const { findings } = await runOn(make());
  expect(findings.filter(({ outcome }) => outcome === 'fail').map(({ check, message }) => `${check} ${message}`)).toEqual([]);
});

it('a new zone on the free plan is told what Cloudflare leaves off, and nothing more', async () => {
  const draft = newDraft(
    [
      { type: 'A', name: 'app', content: '198.51.100.7', proxied: true },
      { type: 'CNAME', name: 'www', content: 'app.example.com', proxied: true },
    ],
    [{ name: 'app.example.com', role: 'app', login: '/login' }],
  );
  expect(failed(await runOn(draft))).toEqual(
    ['hsts', 'https', 'login-limit', 'min-tls', 'ssl-mode'].map((name) => `edge/cloudflare-${name}`),
  );
});

it('where nobody signed in, what a cache keeps of answers without a mark is left open, once for each host', async () => {
  const draft = cleanZone();
  delete draft.seen;
  addRules(draft.zone, 'http_request_cache_settings', {
    action: 'set_cache_settings',
    expression: 'true',
    action_parameters: { cache: true },
  });
  const { findings } = await runOn(draft);
  const open = findings.filter(({ outcome }) => outcome !== 'pass');
  expect(open.map(({ check, outcome, subject }) => `${outcome} ${check} ${subject}`)).toEqual(
    ['app', 'api'].map((name) => `unknown edge/cloudflare-private-unmarked ${name}.example.com`),
  );
});

it('names each host for which a rule says something else, with the rule', async () => {
  const draft = cleanZone();
  addRules(draft.zone, 'http_config_settings', {
    action: 'set_config',
    expression: '(http.host eq "api.example.com")',
    description: 'old server',
    action_parameters: { ssl: 'flexible' },
  });
  const told = await runOn(draft);
  const [fail, ...others] = told.findings.filter(({ outcome }) => outcome === 'fail');
  expect(others).toEqual([]);
  expect(fail).toMatchObject({
    subject: 'ssl api.example.com',
    severity: 'blocker',
    message: 'For api.example.com: What customers send goes on from Cloudflare without encryption (SSL mode flexible).',
    proof: [{ text: 'api.example.com/: the configuration rule "old server" says flexible' }],
  });
});

it('reads a zone with few calls', async () => {
  const draft = cleanZone();
  const served = await serveZone(draft);
  try {
    const client = openCloudflare({ base: served.cloudflare.base, token: served.cloudflare.token ?? '' });
    await readZone(cloudflareApi(client), { given: served.cloudflare, domains: served.domains });
    // The zone, its records, page rules, TLS of hosts, bots, DNSSEC, certificates; each setting and each phase of rules is a call of its own.
    expect(client.sent()).toBe(7 + edgeSettings.length + rulePhases.length);
    await client.close();
  } finally {
    await served.stop();
  }
});

it('a zone in the middle of a move is not told to be signed', async () => {
  const draft = cleanZone();
  draft.zone.status = 'pending';
  draft.zone.dnssec = { status: 'disabled' };
  expect(failed(await runOn(draft))).toEqual(['edge/cloudflare-zone-inactive']);
});

it('where nobody wrote a domain map, what would be a fault of an app is left open', async () => {
  const draft = cleanZone();
  draft.hosts = [];
  delete draft.seen;
  draft.zone.rulesets = {};
  addRules(draft.zone, 'http_request_cache_settings', {
    action: 'set_cache_settings',
    expression: 'true',
    action_parameters: { cache: true, edge_ttl: { mode: 'override_origin', default: 3600 } },
  });
  const told = await runOn(draft);
  expect(failed(told)).toEqual([]);
  for (const id of ['edge/cloudflare-private-cached', 'edge/cloudflare-login-limit'])
    expect(told.checks.find((one) => one.id === id)?.counts).toMatchObject({
      pass: 0,
      unknown: expect.toSatisfy((count: number) => count > 0) as number,
    });
});

it('development mode does not hide a rule that keeps everything', async () => {
  const draft = cleanZone();
  for (const id of ['cache-everything-rule', 'development-mode-on']) cloudflareFlaws.find((flaw) => flaw.id === id)?.change(draft);
  expect(failed(await runOn(draft))).toEqual(['edge/cloudflare-development-mode', 'edge/cloudflare-private-cached']);
});

it('a second app without a limit is told beside one that has it', async () => {
  const draft = cleanZone();
  draft.zone.records.push(recordOf(draft.zone, { type: 'A', name: 'desk', content: server, proxied: true, ttl: 1 }));
  draft.hosts.push({ name: 'desk.example.com', role: 'app', login: '/sign-in' });
  const { findings } = await runOn(draft);
  expect(findings.filter(({ outcome }) => outcome === 'fail').map(({ message }) => message)).toEqual([
    'No rule limits how often somebody may try /sign-in of desk.example.com.',
  ]);
});

/** What the token lacks, and the checks that cannot tell then. */
const blind: readonly (readonly [string, readonly string[]])[] = [
  ['Zone · Zone Settings · Read', ['development-mode', 'hsts', 'https', 'machines-blocked', 'min-tls', 'ssl-mode']],
  ['Zone · DNS · Read', ['certificate-depth', 'dnssec', 'mail-proxied', 'origin-leaked', 'origin-reachable', 'web-not-proxied']],
  ['Zone · SSL and Certificates · Read', ['certificate-depth', 'min-tls']],
  ['Zone · Cache Rules · Read', ['private-cached']],
  ['Zone · Page Rules · Read', ['https', 'machines-blocked', 'private-cached', 'skip-all', 'ssl-mode']],
  ['Zone · Config Rules · Read', ['machines-blocked', 'ssl-mode']],
  ['Zone · Zone WAF · Read', ['login-limit', 'managed-rules', 'skip-all']],
  ['Zone · HTTP DDoS Managed Ruleset · Read', ['ddos-off']],
  ['Zone · Bot Management · Read', ['machines-blocked']],
];

it.concurrent.each(blind)('a token without %s: unknown, with the row to add', async (row, ids) => {
  const draft = cleanZone();
  draft.lacks.push(row);
  const told = await runOn(draft);
  expect(failed(told)).toEqual([]);
  const unknown = told.findings.filter(({ outcome }) => outcome === 'unknown');
  expect([...new Set(unknown.map(({ check }) => check.replace('edge/cloudflare-', '')))].toSorted()).toEqual(ids);
  const named = unknown.filter(({ toKnow }) => toKnow?.includes(`"${row}"`));
  expect(new Set(named.map(({ check }) => check)).size).toBe(ids.length);
});

it.concurrent.each(cloudflareFlaws.map((flaw) => [flaw.id, flaw] as const))(
  '%s turns red what it should, and nothing else',
  async (_, flaw) => {
    const draft = cleanZone();
    flaw.change(draft);
    expect(failed(await runOn(draft))).toEqual([...flaw.checks].toSorted());
  },
);

it('each check has a switch', () => {
  const switched = new Set(cloudflareFlaws.flatMap((flaw) => flaw.checks));
  expect(asked.map(({ id }) => id).filter((id) => !switched.has(id))).toEqual([]);
});
