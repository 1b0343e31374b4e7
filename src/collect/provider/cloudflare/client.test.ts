import { afterEach, describe, expect, it } from 'vitest';
import { cloudflareApi } from './api.ts';
import { CloudflareError, openCloudflare, UnansweredCall } from './client.ts';
import { type Fault, type StandIn, type StandInOptions, startCloudflare } from './fixture.ts';
import { newZone, recordOf, stateText } from './fixture-state.ts';
import { checkToken, readZone } from './zone.ts';

let standIn: StandIn | undefined;
afterEach(async () => {
  await standIn?.stop();
  standIn = undefined;
});

const given = (base: string, zone = 'example.com') => ({ tokenFrom: 'CF', zone, base, origins: [], privatePaths: [] });

async function opened(options: StandInOptions, token?: string, patienceMs?: number) {
  standIn = await startCloudflare(options);
  const client = openCloudflare({ base: standIn.base, token: token ?? standIn.token, ...(patienceMs !== undefined && { patienceMs }) });
  return { client, api: cloudflareApi(client), base: standIn.base, asked: standIn.asked };
}

/** Befalls the first calls, one each. */
const faults =
  (...list: (Fault | undefined)[]) =>
  (): Fault | undefined =>
    list.shift();

describe('the client of Cloudflare', () => {
  it('reads all pages of a list, and each record once', async () => {
    const zone = newZone('example.com');
    zone.records = Array.from({ length: 130 }, (_, nth) =>
      recordOf(zone, { type: 'A', name: `h${nth}`, content: `192.0.2.${nth}`, ttl: 300 }),
    );
    const { api } = await opened({ zones: [zone] });
    const names = (await api.records(zone.id)).map(({ name }) => name);
    expect([names.length, new Set(names).size]).toEqual([130, 130]);
  });

  it('waits as long as it is asked to, then sends again what was turned away', async () => {
    const zone = newZone('example.com');
    const { api, asked } = await opened({ zones: [zone], on: faults({ retryAfter: 1 }) });
    const begun = Date.now();
    await api.patchSetting(zone.id, 'ssl', 'strict');
    expect(Date.now() - begun).toBeGreaterThanOrEqual(950);
    expect(asked.length).toBe(2);
    expect(zone.settings['ssl']?.value).toBe('strict');
  });

  it('does not wait for an hour', async () => {
    const { api } = await opened({ zones: [newZone('example.com')], on: faults({ retryAfter: 3600 }) });
    await expect(api.zones()).rejects.toThrow('slow down (429), for 3600 seconds');
  });

  it.each(['break-before', 'break-after', 'hang-up-before', 'hang-up-after'] as const)(
    'sends a change of records once, whatever becomes of it: %s',
    async (fault) => {
      const zone = newZone('example.com');
      const { api, asked } = await opened({ zones: [zone], on: faults(fault) });
      const change = api.batchRecords(zone.id, { posts: [{ type: 'A', name: 'a.example.com', content: '192.0.2.1', ttl: 300 }] });
      await expect(change).rejects.toThrow(UnansweredCall);
      expect(asked.length).toBe(1);
      expect(zone.records.length).toBe(fault.endsWith('after') ? 1 : 0);
    },
  );

  it('reads again what broke, and sends the same value of a setting again', async () => {
    const zone = newZone('example.com');
    const { api, asked } = await opened({ zones: [zone], on: faults('break-before', undefined, 'break-after') });
    expect((await api.setting(zone.id, 'ssl')).value).toBe('full');
    await api.patchSetting(zone.id, 'ssl', 'strict');
    expect([asked.length, zone.settings['ssl']?.value]).toEqual([4, 'strict']);
  });

  it('tells what Cloudflare says, with its number', async () => {
    const zone = newZone('example.com');
    const { api } = await opened({ zones: [zone] });
    const twice = { type: 'A', name: 'a.example.com', content: '192.0.2.1', ttl: 300 };
    const refused = api.batchRecords(zone.id, { posts: [twice, twice] });
    await expect(refused).rejects.toThrow(CloudflareError);
    await expect(refused).rejects.toThrow('An identical record already exists. (81058)');
    expect(zone.records).toEqual([]);
  });

  it('sends the token to nobody else', () => {
    expect(() => openCloudflare({ token: 'x', base: 'https://api.cloudflare.com.example.net/client/v4' })).toThrow('is not sent to');
    expect(() => openCloudflare({ token: 'x', base: 'http://api.cloudflare.com/client/v4' })).toThrow('is not sent to');
    expect(() => openCloudflare({ token: 'x', base: 'https://api.cloudflare.com/client/v4' })).not.toThrow();
  });
});

describe('reading the zone', () => {
  it('says which row the token lacks, in the words of the token page, and reads the rest', async () => {
    const { api, base } = await opened({ zones: [newZone('example.com')], lacks: ['Zone · DNS · Read', 'Zone · Zone WAF · Read'] });
    await checkToken(api);
    const zone = await readZone(api, { given: given(base), domains: undefined });
    expect(zone.records).toMatchObject({ toKnow: expect.stringContaining('"Zone · DNS · Read"') as string });
    expect(zone.rules.http_ratelimit).toMatchObject({
      toKnow: expect.stringContaining('"Zone · Zone WAF · Read"') as string,
    });
    expect(zone.settings.ssl).toMatchObject({ value: { value: 'full' } });
    expect(zone).toMatchObject({ plan: 'free', status: 'active', reached: 1 });
  });

  it('takes a token of an account, and says what is not shown to it', async () => {
    const { api, base } = await opened({ zones: [newZone('example.com')], ownedByAccount: true });
    await checkToken(api);
    const zone = await readZone(api, { given: given(base), domains: undefined });
    expect(zone.pageRules).toEqual({
      why: 'Cloudflare does not show the page rules to a token of an account.',
      toKnow: expect.stringContaining('Use a token of a person') as string,
    });
    expect(zone.records).toEqual({ value: [] });
  });

  it('takes a zone without Advanced Certificate Manager for one without TLS of single hosts', async () => {
    const zone = newZone('example.com', { hostTls: [{ hostname: 'app.example.com', value: '1.0' }] });
    const { api, base } = await opened({ zones: [zone], withoutCertificateManager: true });
    expect((await readZone(api, { given: given(base), domains: undefined })).hostTls).toEqual({ value: [] });
    await standIn?.stop();
    const other = await opened({ zones: [zone] });
    expect((await readZone(other.api, { given: given(other.base), domains: undefined })).hostTls).toEqual({ value: zone.hostTls });
  });

  it('knows a token that is wrong, switched off, or for another zone', async () => {
    const { api } = await opened({ zones: [newZone('example.com')] }, 'another');
    await expect(checkToken(api)).rejects.toThrow('Invalid API Token (1000)');
    await standIn?.stop();
    await expect(checkToken((await opened({ zones: [], tokenStatus: 'disabled' })).api)).rejects.toThrow(
      'The token of Cloudflare is disabled',
    );
    await standIn?.stop();
    const other = await opened({ zones: [newZone('example.org')] });
    await expect(readZone(other.api, { given: given(other.base), domains: undefined })).rejects.toThrow(
      'reaches example.org, but not example.com',
    );
  });
});

describe('the stand-in', () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ['a type that there is not', { posts: [{ type: 'FOO', name: 'a', content: 'x', ttl: 1 }] }],
    ['a field that there is not', { posts: [{ type: 'A', name: 'a', content: '192.0.2.1', ttl: 1, colour: 'red' }] }],
    ['a number for an address', { posts: [{ type: 'A', name: 'a', content: 7, ttl: 1 }] }],
    ['no address', { posts: [{ type: 'A', name: 'a', content: '192.0.2.999', ttl: 1 }] }],
    ['no lifetime', { posts: [{ type: 'A', name: 'a', content: '192.0.2.1' }] }],
    ['a lifetime that is too short', { posts: [{ type: 'A', name: 'a', content: '192.0.2.1', ttl: 5 }] }],
    [
      'a mail server behind the proxy',
      { posts: [{ type: 'MX', name: 'a', content: 'b.example.com', priority: 1, ttl: 1, proxied: true }] },
    ],
    [
      'a CNAME beside an address',
      {
        posts: [
          { type: 'A', name: 'a', content: '192.0.2.1', ttl: 1 },
          { type: 'CNAME', name: 'a', content: 'b.example.com', ttl: 1 },
        ],
      },
    ],
    ['a record that is gone', { deletes: [{ id: 'nobody' }] }],
  ];
  it.each(refused)('turns away %s, and changes nothing', async (_, body) => {
    const zone = newZone('example.com');
    const before = stateText(zone);
    const { api } = await opened({ zones: [zone] });
    await expect(api.batchRecords(zone.id, body as never)).rejects.toThrow(CloudflareError);
    expect(stateText(zone)).toBe(before);
  });

  const limit = { period: 10, characteristics: ['cf.colo.id', 'ip.src'], requests_per_period: 5, mitigation_timeout: 10 };
  const login = { action: 'block', expression: '(http.request.uri.path eq "/login")', ratelimit: limit };
  it.each([
    ['two rate limits on the free plan', [login, login]],
    ['a minute on the free plan', [{ ...login, ratelimit: { ...limit, period: 60 } }]],
    ['a host on the free plan', [{ ...login, expression: '(http.host eq "a.example.com")' }]],
    ['an action that there is not', [{ ...login, action: 'explode' }]],
  ])('turns away %s', async (_, rules) => {
    const zone = newZone('example.com');
    const { api } = await opened({ zones: [zone] });
    await expect(api.putEntrypoint(zone.id, 'http_ratelimit', rules)).rejects.toThrow(CloudflareError);
    await api.putEntrypoint(zone.id, 'http_ratelimit', [login], true);
    expect(zone.rulesets).toEqual({});
    await api.putEntrypoint(zone.id, 'http_ratelimit', [login]);
    expect(zone.rulesets.http_ratelimit?.rules.length).toBe(1);
  });

  it('does not let read-only records be changed, and forgets the lifetime of proxied ones', async () => {
    const zone = newZone('example.com');
    zone.records = [
      { ...recordOf(zone, { type: 'MX', name: '@', content: 'route1.mx.example.net', priority: 5, ttl: 1 }), meta: { read_only: true } },
    ];
    const { api } = await opened({ zones: [zone] });
    await expect(api.batchRecords(zone.id, { deletes: [{ id: zone.records[0]!.id }] })).rejects.toThrow('managed by Cloudflare');
    await api.batchRecords(zone.id, { posts: [{ type: 'A', name: 'a', content: '192.0.2.1', ttl: 300, proxied: true }] });
    expect(zone.records[1]).toMatchObject({ name: 'a.example.com', ttl: 1, proxied: true });
  });
});
