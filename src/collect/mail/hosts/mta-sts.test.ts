import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { openDns } from '../../dns/client.ts';
import { startDns, zoned } from '../../dns/fixture.ts';
import { makeCertificate } from '../../http/fixtures/certificate.ts';
import { mtaSts } from './mta-sts.ts';

const host = 'mta-sts.example.com';
const policy = (mode: string, ...mx: readonly string[]): string =>
  ['version: STSv1', `mode: ${mode}`, ...mx.map((one) => `mx: ${one}`), 'max_age: 604800', ''].join('\r\n');

/** What is found where a server answers so to whoever asks for the policy. `trusted`: its certificate is of an authority that we know. */
async function found(status: number, body: string, { trusted = true, hosts = ['mx1.example.com'] } = {}) {
  const authority = makeCertificate('Authority');
  const server = createServer(makeCertificate(host, { issuer: { name: 'Authority', key: authority.key } }), (_, response) =>
    response.writeHead(status).end(body),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dns = await startDns(zoned({ '_mta-sts.example.com': [{ type: 'TXT', data: 'v=STSv1; id=20260101' }] }));
  try {
    return await mtaSts(openDns({ servers: [dns.server], waitMs: 300, tries: 1 }), 'example.com', hosts, {
      connect: { [host]: `127.0.0.1:${(server.address() as AddressInfo).port}` },
      authorities: trusted ? [authority.cert] : [],
    });
  } finally {
    await dns.stop();
    await new Promise((resolve) => server.close(resolve));
  }
}

it.each<readonly [name: string, status: number, body: string, want: object]>([
  ['a policy that names the server', 200, policy('enforce', 'mx1.example.com'), { state: 'found', mode: 'enforce' }],
  ['a star for one label', 200, policy('testing', '*.example.com'), { mode: 'testing' }],
  [
    'a policy that names another',
    200,
    policy('enforce', 'mx.other.net'),
    { mode: 'enforce', problem: expect.stringContaining('mx1.example.com') as string },
  ],
  ['a policy that is none', 200, policy('none'), { mode: 'none' }],
  ['half a policy', 200, 'version: STSv1\n', { problem: expect.stringContaining('lacks') as string }],
  ['none', 404, '', { problem: expect.stringContaining('404') as string }],
  ['a server that is down', 503, '', { state: 'found' }],
])('%s', async (_, status, body, want) => {
  const facts = await found(status, body);
  expect(facts).toMatchObject(want);
  if (!('problem' in want)) expect(facts.problem).toBeUndefined();
});

it('a star does not stand for two labels', async () => {
  expect((await found(200, policy('enforce', '*.example.com'), { hosts: ['a.b.example.com'] })).problem).toMatch(/a\.b\.example\.com/);
});

it('a certificate that nobody trusts', async () => {
  expect((await found(200, policy('enforce', 'mx1.example.com'), { trusted: false })).problem).toMatch(/certificate/);
});
