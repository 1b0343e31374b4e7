import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type Certificate, makeCertificate } from '../../http/fixtures/certificate.ts';
import { type LocalServer, serve, serveSecurely } from '../../http/fixtures/server.ts';
import { probeOrigins } from './origin.ts';

const host = 'app.example.com';
const authority = makeCertificate('Test CA');
const cloudflare = makeCertificate('CloudFlare Origin SSL Certificate Authority');
const signed = (by: Certificate, issuer: string, name = host, to = 30): Certificate =>
  makeCertificate(name, { issuer: { name: issuer, key: by.key }, to });

const running: LocalServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
});

async function probed(server: Promise<LocalServer>) {
  const one = await server;
  running.push(one);
  const [facts] = await probeOrigins([`127.0.0.1:${one.url.port}`], [{ name: host, role: 'app' }], [authority.cert]);
  return { outcome: facts?.outcome, why: facts?.why, certificate: facts?.certificate };
}

const says =
  (status: number): RequestListener =>
  (request, response) =>
    void response.writeHead(request.headers.host === host ? status : 500).end('hello');
const good = signed(authority, 'Test CA');

describe('a server behind the edge', () => {
  it.each([
    [200, 'answered'],
    [302, 'answered'],
    [404, 'answered'],
    [401, 'answered'],
    [403, 'refused'],
    [421, 'refused'],
  ])('that answers %i to those who go around: %s', async (status, outcome) => {
    expect(await probed(serveSecurely(good, says(status)))).toEqual({ outcome, why: `it answered ${status}`, certificate: 'valid' });
  });

  it.each([
    ['of Cloudflare for origins', signed(cloudflare, 'CloudFlare Origin SSL Certificate Authority'), 'cloudflare'],
    ['of Cloudflare for another name', signed(cloudflare, 'CloudFlare Origin SSL Certificate Authority', 'other.example.com'), 'invalid'],
    ['of Cloudflare that has run out', signed(cloudflare, 'CloudFlare Origin SSL Certificate Authority', host, -0.5), 'invalid'],
    ['that it signed itself', makeCertificate(host), 'invalid'],
    ['for another name', signed(authority, 'Test CA', 'other.example.com'), 'invalid'],
    ['that has run out', signed(authority, 'Test CA', host, -0.5), 'invalid'],
  ])('with a certificate %s', async (_, certificate, verdict) => {
    expect(await probed(serveSecurely(certificate, says(200)))).toMatchObject({ outcome: 'answered', certificate: verdict });
  });

  it('that closes the connection, speaks no TLS, or is not there', async () => {
    expect(await probed(serveSecurely(good, (request) => request.socket.destroy()))).toMatchObject({ outcome: 'refused' });
    expect(await probed(serve(says(200)))).toMatchObject({ outcome: 'failed', certificate: 'unknown' });
    const gone = await serve(says(200));
    await gone.close();
    const [facts] = await probeOrigins([`127.0.0.1:${gone.url.port}`], [{ name: host, role: 'app' }]);
    expect(facts).toMatchObject({ outcome: 'refused', why: 'it closes the connection' });
  });
});
