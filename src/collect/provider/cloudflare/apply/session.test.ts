import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { GivenDomains, GivenRecord } from '../../../../core/target.ts';
import type { EdgeRule, OriginFacts } from '../../../../evidence/cloudflare.ts';
import { cloudflareApi } from '../api.ts';
import { openCloudflare } from '../client.ts';
import { type Asked, type Fault, type StandIn, type StandInOptions, startCloudflare } from '../fixture.ts';
import { newZone, pageRuleOf, recordOf, stateText, type ZoneState } from '../fixture-state.ts';
import type { Plan } from '../plan/plan.ts';
import { makePlan } from '../plan/plan.ts';
import { readZone } from '../zone.ts';
import { apply, type EdgeOptions, plan, undo } from './session.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const foreignRule: EdgeRule = {
  id: 'f1',
  ref: 'f1',
  action: 'set_cache_settings',
  expression: '(http.request.uri.path eq "/logo")',
  action_parameters: { cache: true },
  enabled: true,
};
const configRule: EdgeRule = {
  id: 'c1',
  ref: 'c1',
  action: 'set_config',
  expression: '(http.request.uri.path eq "/old")',
  action_parameters: { ssl: 'flexible' },
  enabled: true,
};
const records = [
  { type: 'A', name: '@', content: '192.0.2.7', ttl: 1, proxied: true },
  { type: 'A', name: 'app', content: '192.0.2.7', ttl: 300 },
  { type: 'CNAME', name: 's1._domainkey', content: 's1.domainkey.u1.wl.sendgrid.net', ttl: 1, proxied: true },
  { type: 'MX', name: '@', content: 'mx.example.net', priority: 10, ttl: 300 },
  { type: 'TXT', name: '@', content: '"v=spf1 include:_spf.example.net -all"', ttl: 300, comment: 'mail', tags: ['owner:anna'] },
  { type: 'CAA', name: '@', data: { flags: 0, tag: 'issue', value: 'letsencrypt.org' }, ttl: 300 },
  { type: 'A', name: 'old', content: '192.0.2.99', ttl: 300 },
];

/** A zone that others set up: some of it wrong, some of it none of our business. */
function world(): ZoneState {
  const zone = newZone('example.com');
  zone.records = records.map((one) => recordOf(zone, one));
  zone.records.push({
    ...recordOf(zone, { type: 'TXT', name: 'cf2024-1._domainkey', content: '"v=DKIM1; p=abc"', ttl: 1 }),
    meta: { read_only: true },
  });
  zone.rulesets.http_request_cache_settings = { id: 'set1', rules: [foreignRule] };
  zone.rulesets.http_config_settings = { id: 'set0', rules: [configRule] };
  zone.pageRules = [
    pageRuleOf({
      status: 'active',
      targets: [{ target: 'url', constraint: { operator: 'matches', value: 'example.com/shop/*' } }],
      actions: [{ id: 'ssl', value: 'full' }],
    }),
  ];
  return zone;
}

const wanted: readonly GivenRecord[] = [
  { name: 'app.example.com', type: 'A', content: '192.0.2.8' },
  { name: 'example.com', type: 'CAA', content: '0 issue "letsencrypt.org"' },
  { name: '_dmarc.example.com', type: 'TXT', content: 'v=DMARC1; p=none; rua=mailto:dmarc@example.com' },
];
const domains = (list: readonly GivenRecord[] = wanted): GivenDomains => ({
  apex: 'example.com',
  hosts: [
    { name: 'app.example.com', role: 'app', login: '/login' },
    { name: 'example.com', role: 'marketing', redirectsTo: 'app.example.com' },
  ],
  mail: [],
  drafted: false,
  records: list,
});

interface Lab {
  readonly zone: ZoneState;
  readonly options: EdgeOptions;
  readonly standIn: StandIn;
  readonly asked: readonly Asked[];
}

async function lab(zone = world(), more: Partial<StandInOptions> = {}, list = wanted): Promise<Lab> {
  const standIn = await startCloudflare({ zones: [zone], ...more });
  const client = openCloudflare({ base: standIn.base, token: standIn.token, pauseMs: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'edge-'));
  open.push(
    () => standIn.stop(),
    () => client.close(),
    () => rmSync(folder, { recursive: true }),
  );
  const given = { tokenFrom: 'CF', zone: 'example.com', base: standIn.base, origins: [], privatePaths: ['/invoices/'] };
  const options = {
    api: cloudflareApi(client),
    given,
    domains: domains(list),
    folder,
    accepted: ['breaks-TLS' as const],
    deletable: [],
    now: Date.now(),
  };
  return { zone, options, standIn, asked: standIn.asked };
}

const quiet = (): void => undefined;
const named = ({ changes }: Plan): string[] =>
  changes.map((one) =>
    one.kind === 'record'
      ? `${one.before ? (one.after ? 'change' : 'delete') : 'create'} ${(one.after ?? one.before)?.type} ${(one.after ?? one.before)?.name}`
      : one.kind === 'rules'
        ? one.phase
        : one.id,
  );

describe('edge plan', () => {
  it('names what is to be done, and leaves alone what is not its business', async () => {
    const { options, zone } = await lab();
    const before = stateText(zone);
    const { plan: made } = await plan(options);
    expect(named(made)).toEqual([
      'change A app.example.com',
      'create TXT _dmarc.example.com',
      'change CNAME s1._domainkey.example.com',
      'http_request_dynamic_redirect',
      'http_ratelimit',
      'http_request_cache_settings',
      'ssl',
      'min_tls_version',
      'always_use_https',
      'browser_cache_ttl',
      'security_header',
    ]);
    expect(made.held).toEqual([]);
    const alone = made.alone.join('\n');
    for (const name of ['MX example.com mx.example.net', 'v=spf1', 'old.example.com', 'Cloudflare keeps it itself', '/logo'])
      expect(alone).toContain(name);
    expect(stateText(zone)).toBe(before);
  });

  it('holds back what may break something, and says how to do it all the same', async () => {
    const { options } = await lab(world(), {}, [
      { name: 'example.com', type: 'TXT', content: 'v=spf1 include:_spf.google.com -all' },
      { name: 'old.example.com', type: 'CNAME', content: 'new.example.net' },
    ]);
    const { plan: made } = await plan({ ...options, accepted: [] });
    expect(made.held.map(({ why }) => why).join('\n')).toMatch(
      /breaks-mail: mail of example\.com depends on it \(--accept-risk breaks-mail[^]*--allow-delete old\.example\.com[^]*breaks-TLS: nobody has seen the certificate[^]*takes the place of a record that is held back/,
    );
    const allowed = await plan({ ...options, accepted: ['breaks-mail', 'breaks-TLS'], deletable: ['old.example.com'] });
    expect(named(allowed.plan)).toEqual(
      expect.arrayContaining(['change TXT example.com', 'delete A old.example.com', 'create CNAME old.example.com']),
    );
    expect(allowed.plan.held).toEqual([]);
  });

  it('takes strict for granted only with the certificate of the server seen', async () => {
    const { options } = await lab();
    const zone = await readZone(options.api, options);
    const with_ = (certificate: OriginFacts['certificate']): boolean =>
      makePlan({
        ...options,
        zone,
        wanted: [],
        applied: { records: [], settings: {} },
        accepted: [],
        origins: [{ address: '192.0.2.7:443', host: 'app.example.com', outcome: 'answered', why: '', certificate }],
      }).changes.some((one) => one.kind === 'setting' && one.id === 'ssl');
    expect([with_('valid'), with_('cloudflare'), with_('invalid'), with_('unknown')]).toEqual([true, true, false, false]);
  });

  it('raises HSTS step by step', async () => {
    const { options, zone } = await lab();
    const step = async (days: number): Promise<unknown> => {
      zone.settings['security_header']!.modified_on = new Date(options.now - days * 86_400_000).toISOString();
      const { plan: made } = await plan(options);
      return made.changes.find((one) => one.kind === 'setting' && one.id === 'security_header')?.after;
    };
    const set = (age: number): void =>
      void (zone.settings['security_header']!.value = { strict_transport_security: { enabled: true, max_age: age } });
    const asks = (age: number): unknown => ({
      strict_transport_security: expect.objectContaining({ enabled: true, max_age: age, preload: false }) as unknown,
    });
    set(300);
    expect(await step(0.5)).toBeUndefined();
    expect(await step(1.5)).toEqual(asks(86_400));
    set(86_400);
    expect(await step(3)).toBeUndefined();
    expect(await step(8)).toEqual(asks(15_552_000));
    set(31_536_000);
    expect(await step(100)).toBeUndefined();
  });

  it('knows when the plan has no room for a rule', async () => {
    const zone = world();
    zone.rulesets.http_ratelimit = {
      id: 'set2',
      rules: [{ id: 'f2', ref: 'f2', action: 'block', expression: '(http.request.uri.path eq "/search")', ratelimit: {} }],
    };
    const { options } = await lab(zone);
    const { plan: made } = await plan(options);
    expect(made.problems.join()).toContain('The plan free has room for 1 rate limiting rule, which is in use: add the login (/login)');
    expect(named(made)).not.toContain('http_ratelimit');
  });
});

describe('edge apply', () => {
  it('does what was planned, keeps what is not ours, and has nothing left to do', async () => {
    const { zone, options } = await lab();
    await plan(options);
    const { done, left } = await apply(options, quiet);
    // Held back neither: what we only changed is not ours to delete later.
    expect([done, named(left), left.held]).toEqual([11, [], []]);
    expect(zone.records.find(({ name }) => name === 'app.example.com')).toMatchObject({ content: '192.0.2.8', proxied: true });
    expect(zone.records.find(({ name }) => name.startsWith('s1.'))?.proxied).toBe(false);
    expect(zone.rulesets.http_request_cache_settings?.rules.map(({ ref }) => ref)).toEqual(['f1', 'lr_cache_private']);
    expect(zone.rulesets.http_request_cache_settings?.rules[0]).toMatchObject(foreignRule);
    expect(zone.purged).toBe(1);
    // Said a second time, without another look in between, it is done as well.
    expect((await apply(options, quiet)).done).toBe(0);
    expect(named((await plan(options)).plan)).toEqual([]);
    expect((await apply(options, quiet)).done).toBe(0);
  });

  it('leaves configuration rules, page rules and TLS of single hosts as they are, and needs no permission to change them', async () => {
    const { zone, options, asked } = await lab(world(), {
      lacks: ['Zone · Config Rules · Edit', 'Zone · Page Rules · Edit', 'Zone · SSL and Certificates · Edit'],
    });
    const before = stateText(zone);
    const { plan: made } = await plan(options);
    expect(made.alone.join('\n')).toContain('(http_config_settings)');
    expect(made.problems.join('\n')).toContain('sets SSL mode flexible, also for example.com: change it by hand');
    await apply(options, quiet);
    expect(zone.rulesets.http_config_settings?.rules).toEqual([configRule]);
    await undo(options, false, quiet);
    expect(stateText(zone)).toBe(before);
    const touched = asked.filter(({ method, path }) => method !== 'GET' && /http_config_settings|pagerules|hostnames/.test(path));
    expect(touched).toEqual([]);
  });

  it('refuses where somebody changed a configuration rule since', async () => {
    const { zone, options } = await lab();
    await plan(options);
    zone.rulesets.http_config_settings!.rules = [{ ...configRule, action_parameters: { ssl: 'off' } }];
    await expect(apply(options, quiet)).rejects.toThrow('The zone changed since the plan: the rules http_config_settings.');
  });

  it('refuses without a plan, with another one, and when somebody changed something since', async () => {
    const { zone, options } = await lab();
    await expect(apply(options, quiet)).rejects.toThrow('There is no plan yet');
    await plan(options);
    await expect(apply({ ...options, accepted: [] }, quiet)).rejects.toThrow('The plan would be another one by now');
    zone.settings['browser_check'] = { value: 'off', modified_on: null };
    zone.records.push(recordOf(zone, { type: 'A', name: 'new', content: '192.0.2.1', ttl: 300 }));
    const before = stateText(zone);
    await expect(apply(options, quiet)).rejects.toThrow('The zone changed since the plan: the setting browser_check, A new.example.com.');
    expect(stateText(zone)).toBe(before);
  });

  it('does not overwrite rules that somebody changes in the middle of it, and can be undone then', async () => {
    const zone = world();
    const rule: EdgeRule = { ...foreignRule, id: 'f9', ref: 'f9' };
    const { options } = await lab(zone, {
      on({ nthChange, method }) {
        // Together with the records; two calls before only try what the token may.
        if (nthChange === 3 && method === 'POST') zone.rulesets.http_request_cache_settings?.rules.push(rule);
        return undefined;
      },
    });
    await plan(options);
    const before = stateText(zone);
    await expect(apply(options, quiet)).rejects.toThrow('Somebody has just changed the rules of http_request_cache_settings');
    expect(zone.rulesets.http_request_cache_settings?.rules.map(({ ref }) => ref)).toEqual(['f1', 'f9']);
    await undo(options, false, quiet);
    zone.rulesets.http_request_cache_settings?.rules.pop();
    expect(stateText(zone)).toBe(before);
  });

  it.each(['Zone · DNS · Edit', 'Zone · Zone Settings · Edit', 'Zone · Cache Rules · Edit', 'Zone · Zone WAF · Edit'])(
    'names the row that the token lacks before anything is changed: %s',
    async (row) => {
      const { zone, options } = await lab(world(), { lacks: [row] });
      await plan(options);
      const before = stateText(zone);
      await expect(apply(options, quiet)).rejects.toThrow(`it lacks ${row}. Nothing was changed.`);
      expect(stateText(zone)).toBe(before);
    },
  );

  it('does all else where the token may not empty the cache, and says so', async () => {
    const { zone, options } = await lab(world(), { lacks: ['Zone · Cache Purge · Purge'] });
    const before = stateText(zone);
    const told: unknown[] = [];
    await plan(options);
    expect((await apply(options, (call) => void told.push(call))).done).toBe(11);
    expect([zone.purged, told.at(-1)]).toEqual([0, { is: 'purge', denied: true }]);
    await undo(options, false, quiet);
    expect(stateText(zone)).toBe(before);
  });

  it('refuses to delete many records at once, unless each is named', async () => {
    const many = Array.from({ length: 4 }, (_, nth): GivenRecord => ({ name: `h${nth}.example.com`, type: 'A', content: '192.0.2.5' }));
    const { zone, options } = await lab(world(), {}, many);
    await plan(options);
    await apply(options, quiet);
    const without = { ...options, domains: domains([]) };
    expect((await plan(without)).plan.refusal).toContain('4 of 12 records would be deleted');
    const before = stateText(zone);
    await expect(apply(without, quiet)).rejects.toThrow('--allow-delete h0.example.com');
    expect(stateText(zone)).toBe(before);
    const allowed = { ...without, deletable: many.map(({ name }) => name) };
    await plan(allowed);
    await apply(allowed, quiet);
    expect(zone.records.some(({ name }) => name.startsWith('h'))).toBe(false);
  });

  it('names what somebody changed since the last apply', async () => {
    const { zone, options } = await lab();
    await plan(options);
    await apply(options, quiet);
    const at = zone.records.findIndex(({ name }) => name === 'app.example.com');
    zone.records[at] = { ...zone.records[at]!, content: '203.0.113.5' };
    zone.settings['ssl'] = { value: 'flexible', modified_on: null };
    const { plan: made } = await plan(options);
    expect(made.changes.map(({ drift }) => drift)).toEqual([
      'since we applied it, somebody changed it from 192.0.2.8 (proxied) to 203.0.113.5 (proxied)',
      'since we set it to strict, somebody changed it to "flexible"'.replaceAll('"', ''),
    ]);
  });
});

describe('edge undo', () => {
  it('puts everything back, byte by byte', async () => {
    const { zone, options } = await lab();
    const before = stateText(zone);
    await plan(options);
    await apply(options, quiet);
    expect(stateText(zone)).not.toBe(before);
    const told: string[] = [];
    await undo(options, false, (call) => void told.push(...(call.is === 'rules' ? [call.change.phase] : [call.is])));
    expect(stateText(zone)).toBe(before);
    expect(told).toEqual(expect.arrayContaining(['records', 'http_request_cache_settings', 'http_ratelimit', 'setting', 'purge']));
    expect(await undo(options, false, quiet)).toBeUndefined();
  });

  it('does not take a journal that cannot be read for none', async () => {
    const { zone, options } = await lab();
    await plan(options);
    await apply(options, quiet);
    const before = stateText(zone);
    const [journal = ''] = readdirSync(options.folder).filter((name) => name.endsWith('.jsonl'));
    writeFileSync(join(options.folder, journal), 'garbage\n');
    await expect(undo(options, false, quiet)).rejects.toThrow(/The journal .*\.jsonl cannot be read, so nobody can tell/);
    await expect(plan(options)).rejects.toThrow(/cannot be read/);
    expect(stateText(zone)).toBe(before);
    // One that broke off before its first line was whole had sent nothing.
    writeFileSync(join(options.folder, journal), '{"line":"app');
    expect(await undo(options, false, quiet)).toBeUndefined();
  });

  it('does not overwrite what somebody changed afterwards, unless forced', async () => {
    const { zone, options } = await lab();
    const before = stateText(zone);
    await plan(options);
    await apply(options, quiet);
    zone.settings['ssl'] = { value: 'full', modified_on: null };
    zone.settings['min_tls_version'] = { value: '1.3', modified_on: null };
    const at = zone.records.findIndex(({ name }) => name === 'app.example.com');
    zone.records[at] = { ...zone.records[at]!, content: '203.0.113.5' };
    const edited = stateText(zone);
    const refused = undo(options, false, quiet);
    await expect(refused).rejects.toThrow('A app.example.com is 203.0.113.5 now, which is not what we left');
    await expect(refused).rejects.toThrow('min_tls_version is "1.3" now');
    expect(stateText(zone)).toBe(edited);
    await undo(options, true, quiet);
    expect(stateText(zone)).toBe(before);
  });

  it('does not overwrite our own rule where somebody edited it', async () => {
    const { zone, options } = await lab();
    await plan(options);
    await apply(options, quiet);
    const rules = zone.rulesets.http_request_cache_settings!.rules;
    rules[1] = { ...rules[1]!, expression: '(http.host eq "app.example.com")' };
    await expect(undo(options, false, quiet)).rejects.toThrow('(lr_cache_private) was edited by somebody else');
  });

  it('leaves what others added afterwards', async () => {
    const { zone, options } = await lab();
    const before = stateText(zone);
    await plan(options);
    await apply(options, quiet);
    const extra = recordOf(zone, { type: 'A', name: 'later', content: '192.0.2.1', ttl: 300 });
    zone.records.push(extra);
    const rule = { ...foreignRule, id: 'f9', ref: 'f9' };
    zone.rulesets.http_request_cache_settings?.rules.unshift(rule);
    await undo(options, false, quiet);
    expect(zone.records.some(({ name }) => name === 'later.example.com')).toBe(true);
    expect(zone.rulesets.http_request_cache_settings?.rules.map(({ ref }) => ref)).toEqual(['f9', 'f1']);
    zone.records = zone.records.filter(({ name }) => name !== 'later.example.com');
    zone.rulesets.http_request_cache_settings?.rules.shift();
    expect(stateText(zone)).toBe(before);
  });
});

describe('a record that is asked for no longer', () => {
  it('is deleted where we made it, and stays where we only changed it', async () => {
    const { zone, options } = await lab();
    await plan(options);
    await apply(options, quiet);
    const without = { ...options, domains: domains([]) };
    // Without DMARC mail may be judged otherwise: that is held back.
    expect(named((await plan(without)).plan)).toEqual([]);
    const accepted = { ...without, accepted: ['breaks-TLS', 'breaks-mail'] as const };
    expect(named((await plan(accepted)).plan)).toEqual(['delete TXT _dmarc.example.com']);
    await apply(accepted, quiet);
    expect(zone.records.map(({ name }) => name)).toContain('app.example.com');
    expect(zone.records.map(({ name }) => name)).not.toContain('_dmarc.example.com');
  });
});

describe('an apply that breaks off', () => {
  const kinds: readonly Exclude<Fault, object>[] = ['hang-up-before', 'hang-up-after', 'break-before', 'break-after'];

  /** Breaks everything from the `from`th call of an apply on, until it is mended. */
  async function broken(from: number, fault: Fault): Promise<Lab & { before: string; mend(): void; total(): number }> {
    let isBroken = false;
    let begun = Infinity;
    const zone = world();
    const one = await lab(zone, { on: ({ nth }) => (isBroken && nth - begun >= from ? fault : undefined) });
    const before = stateText(zone);
    await plan(one.options);
    begun = one.asked.length + 1;
    isBroken = true;
    return { ...one, before, mend: () => void (isBroken = false), total: () => one.asked.length - begun + 1 };
  }

  it('goes on, or back, from wherever it was: at every call, and whatever became of it', async () => {
    const whole = await broken(Infinity, 'break-before');
    await apply(whole.options, quiet);
    const after = stateText(whole.zone);
    const calls = whole.total();
    const own = whole.asked.slice(-calls);
    expect(own.filter(({ nthChange }) => nthChange > 0).length).toBe(12);
    let cut = 0;
    for (let from = 0; from < calls; from += 1) {
      // Whatever becomes of a call that only reads, nothing was changed by it.
      const isChange = own[from]!.nthChange > 0;
      for (const fault of isChange ? kinds : kinds.slice(0, 1)) {
        for (const way of isChange ? (['resume', 'undo'] as const) : (['resume'] as const)) {
          const one = await broken(from, fault);
          const message = `${way} after ${fault} at call ${from}`;
          const failed = await apply(one.options, quiet).then(
            () => false,
            () => true,
          );
          if (failed) cut += 1;
          one.mend();
          if (way === 'resume' && failed) {
            await apply(one.options, quiet).catch(async (error: unknown) => {
              // Where it came to its end, only the look afterwards failed.
              if (!(error instanceof Error) || error.message !== 'There is no plan yet.') throw error;
              await plan(one.options);
            });
            expect(stateText(one.zone), message).toBe(after);
            expect(named((await plan(one.options)).plan), message).toEqual([]);
            expect(one.zone.purged, message).toBeGreaterThan(0);
          }
          await undo(one.options, false, quiet);
          expect(stateText(one.zone), message).toBe(one.before);
          for (const close of open.splice(0)) await close();
        }
      }
    }
    expect(cut).toBeGreaterThan(calls);
  }, 300_000);

  it('goes on with an undo that broke off, at every call', async () => {
    const zone = world();
    const before = stateText(zone);
    for (let from = 1; from < 14; from += 1) {
      for (const fault of ['hang-up-before', 'hang-up-after'] as const) {
        let isBroken = false;
        const again = world();
        const one = await lab(again, { on: ({ nthChange }) => (isBroken && nthChange >= 14 + from ? fault : undefined) });
        await plan(one.options);
        await apply(one.options, quiet);
        isBroken = true;
        await undo(one.options, false, quiet).catch(() => undefined);
        isBroken = false;
        await undo(one.options, false, quiet);
        expect(stateText(again), `${fault} at ${from}`).toBe(before);
        for (const close of open.splice(0)) await close();
      }
    }
  }, 120_000);
});
