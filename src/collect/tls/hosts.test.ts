import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificateExpiring } from '../../checks/edge/certificate-expiring.ts';
import { certificateInvalid } from '../../checks/edge/certificate-invalid.ts';
import { certificateWeak } from '../../checks/edge/certificate-weak.ts';
import { tlsOldVersion } from '../../checks/edge/tls-old-version.ts';
import { tlsOf } from '../../evidence/tls-samples.ts';
import type { TlsHost } from '../../evidence/tls.ts';
import { type Leaf, makeAuthority, makeLeaf, startTls } from './fixture.ts';
import { tlsOfHost } from './hosts.ts';

const name = 'app.example.test';
const checks = [certificateExpiring, certificateInvalid, certificateWeak, tlsOldVersion];
type Authority = Awaited<ReturnType<typeof makeAuthority>>;
let root: Authority, between: Authority, foreign: Authority, old: Authority;

beforeAll(async () => {
  root = await makeAuthority('Test Root');
  between = await makeAuthority('Test Intermediate', root);
  foreign = await makeAuthority('Foreign Root');
  old = await makeAuthority('Old Root', undefined, 'RSA-2048-SHA-1');
});

const looking = (port: number, waitMs = 5_000) => ({
  placeOf: () => Promise.resolve({ address: '127.0.0.1', port }),
  authorities: [root.certificate.toString('pem'), old.certificate.toString('pem')],
  signal: new AbortController().signal,
  waitMs,
});

async function look(options: TlsOptions, staple?: Buffer): Promise<{ host: TlsHost; told: string[] }> {
  const server = await startTls(options, staple);
  try {
    const host = await tlsOfHost({ name, role: 'app' }, looking(server.port));
    return { host, told: failuresOf(host) };
  } finally {
    await server.stop();
  }
}

const failuresOf = (host: TlsHost): string[] =>
  checks.flatMap((check) =>
    [...check.evaluate({ tls: { apex: 'example.test', drafted: false, hosts: [host] } })].flatMap(({ outcome, message }) =>
      outcome === 'pass' ? [] : [`${outcome} ${check.id}: ${message}`],
    ),
  );

/** A leaf below the intermediate, sent with it. */
const chained = async (leaf: Partial<Leaf> = {}): Promise<TlsOptions> => {
  const { key, cert } = await makeLeaf({ names: [name], ...leaf }, between);
  return { key, cert: `${cert}\n${between.certificate.toString('pem')}` };
};

describe('the right one', () => {
  it('is told nothing', async () => {
    const { host, told } = await look(await chained());
    expect(told).toEqual([]);
    expect(host).toMatchObject({
      outcome: 'seen',
      named: true,
      trust: 'trusted',
      stapled: false,
      certificate: {
        names: [name],
        issuer: 'Test Intermediate',
        daysValid: 61,
        key: { kind: 'EC', bits: 256 },
        signature: 'ECDSA SHA-256',
        selfSigned: false,
        mustStaple: false,
      },
    });
    expect(host.versions.map(({ offered }) => offered)).toEqual(['no', 'no', 'yes', 'yes']);
  });

  it('may have a wildcard, or must come with a proof that comes along', async () => {
    expect((await look(await chained({ names: ['*.example.test'] }))).told).toEqual([]);
    const { host, told } = await look(await chained({ mustStaple: true }), Buffer.from('proof'));
    expect(host).toMatchObject({ stapled: true, certificate: { mustStaple: true } });
    expect(told).toEqual([]);
  });
});

describe('each fault is told, and nothing else', () => {
  it.each<[string, () => Promise<TlsOptions>, RegExp]>([
    ['expired', () => chained({ from: -30, to: -1 }), /fail edge\/certificate-invalid: .*has expired/],
    ['not valid yet', () => chained({ from: 1, to: 60 }), /fail edge\/certificate-invalid: .*not valid yet/],
    ['another name', () => chained({ names: ['other.example.test'] }), /certificate-invalid: .*made out to other\.example\.test/],
    ['a wildcard that is one level short', () => chained({ names: ['*.test'] }), /certificate-invalid: .*made out to \*\.test/],
    ['self-signed', () => makeLeaf({ names: [name] }), /certificate-invalid: .*signed by itself/],
    [
      'a foreign authority',
      async () => {
        const { key, cert } = await makeLeaf({ names: [name] }, foreign);
        return { key, cert: `${cert}\n${foreign.certificate.toString('pem')}` };
      },
      /certificate-invalid: .*authority that they do not know/,
    ],
    ['a chain that is not whole', () => makeLeaf({ names: [name] }, between), /certificate-invalid: .*comes without the certificate/],
    ['no proof that must come along', () => chained({ mustStaple: true }), /certificate-invalid: .*comes without/],
    ['nearly expired', () => chained({ from: -80, to: 5 }), /certificate-expiring: .*runs out in (?:4|5) days/],
    ['a short key', () => chained({ key: 'RSA-1024' }), /certificate-weak: .*only 1024 bits/],
    ['an old signature', () => makeLeaf({ names: [name], key: 'RSA-2048' }, old), /certificate-weak: .*SHA-1/],
    ['old versions', async () => ({ ...(await chained()), minVersion: 'TLSv1' }), /tls-old-version: .*still speaks TLS 1\.0 and TLS 1\.1/],
    [
      'nothing but an old version',
      async () => ({ ...(await chained()), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }),
      /tls-old-version: .*nothing newer than TLS 1\.1/,
    ],
  ])('%s', async (_, options, words) => {
    const { told } = await look(await options());
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(words);
  });
});

describe('a host that says nothing, or something else', () => {
  it.each<[string, (socket: Socket) => void, string, RegExp]>([
    ['silence', () => undefined, 'failed', /^unknown edge\/certificate-invalid/],
    ['plain http', (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'none', /^fail edge\/certificate-invalid: .*no https/],
    ['it hangs up', (socket) => void socket.destroy(), 'none', /^fail edge\/certificate-invalid: .*no https/],
  ])('%s', async (_, act, outcome, words) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      act(socket);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const host = await tlsOfHost({ name, role: 'app' }, looking((server.address() as AddressInfo).port, 700));
    server.close();
    expect(host.outcome).toBe(outcome);
    expect(failuresOf(host).join('\n')).toMatch(words);
  });

  it('one that hangs up once, as happens by chance', async () => {
    const behind = await startTls(await chained());
    let nth = 0;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      if (nth++ === 0) return void socket.destroy();
      const onward = connect(behind.port, '127.0.0.1');
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const host = await tlsOfHost({ name, role: 'app' }, looking((server.address() as AddressInfo).port));
    server.close();
    await behind.stop();
    expect(failuresOf(host)).toEqual([]);
  });

  it('a closed port', async () => {
    const host = await tlsOfHost({ name, role: 'app' }, looking(1));
    expect(host.outcome).toBe('none');
  });
});

describe('a host with several addresses', () => {
  const second = '127.0.0.2';
  async function lookBoth(options: TlsOptions | undefined, further: readonly string[] = []): Promise<{ host: TlsHost; told: string[] }> {
    const first = await startTls(await chained());
    const other = options && (await startTls(options, undefined, { address: second, port: first.port }));
    try {
      const addressesOf = () => Promise.resolve(['127.0.0.1', second, ...further]);
      const host = await tlsOfHost({ name, role: 'app' }, { ...looking(first.port), addressesOf });
      return { host, told: failuresOf(host) };
    } finally {
      await first.stop();
      await other?.stop();
    }
  }

  it('is told nothing where all are right', async () => {
    const { host, told } = await lookBoth(await chained());
    expect(told).toEqual([]);
    expect(host.others).toMatchObject([{ address: second, outcome: 'seen', trust: 'trusted' }]);
  });

  it.each<[string, () => Promise<TlsOptions | undefined>, RegExp]>([
    ['with an expired one', () => chained({ from: -30, to: -1 }), /^fail edge\/certificate-invalid: .* at 127\.0\.0\.2, .*has expired/],
    [
      'with one for another name',
      () => chained({ names: ['old.example.test'] }),
      /certificate-invalid: .*127\.0\.0\.2.*old\.example\.test/,
    ],
    ['with one that was not renewed', () => chained({ from: -80, to: 5 }), /certificate-expiring: .*127\.0\.0\.2/],
    ['that speaks old versions', async () => ({ ...(await chained()), minVersion: 'TLSv1' }), /tls-old-version: .*127\.0\.0\.2/],
    ['that is gone', () => Promise.resolve(undefined), /^fail edge\/certificate-invalid: .*no https at 127\.0\.0\.2/],
  ])('is told of an old server %s', async (_, options, words) => {
    const { told } = await lookBoth(await options());
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(words);
  });

  it('does not connect to what lies in other networks, and cannot tell', async () => {
    const { host, told } = await lookBoth(await chained(), ['10.0.0.7', 'fe80::1']);
    expect(host.others?.slice(1)).toMatchObject([
      { address: '10.0.0.7', outcome: 'failed' },
      { address: 'fe80::1', outcome: 'failed' },
    ]);
    expect(told).toEqual([
      expect.stringMatching(/^unknown .*10\.0\.0\.7.*private network/) as string,
      expect.stringMatching(/^unknown .*fe80::1.*private network/) as string,
    ]);
  });

  it('is valid from its first hour on, however long it lives', () => {
    // 153.6 hours, as short-lived certificates have it: the days are no round number.
    const to = Date.now() + 6.4 * 86_400_000;
    const given = tlsOf({}, { daysLeft: 6.4, daysValid: 6, from: new Date().toISOString(), to: new Date(to).toISOString() });
    expect([...certificateInvalid.evaluate({ tls: given })].map(({ outcome }) => outcome)).toEqual(['pass']);
  });
});
