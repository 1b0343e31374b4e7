import type { RequestListener } from 'node:http';
import packet, { type Packet } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../http/fixtures/certificate.ts';
import { type LocalServer, serveSecurely } from '../http/fixtures/server.ts';
import { addressOf, openDns } from './client.ts';
import { zoned } from './fixture.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const long = 'x'.repeat(200);
const zone = zoned({
  'app.example.com': [{ type: 'A', data: '192.0.2.7' }],
  // Longer than fits into an answer by UDP.
  'long.example.com': [{ type: 'TXT', data: Array.from({ length: 60 }, () => long) }],
});

/** A resolver that is asked by HTTPS; `change`: what it does otherwise. */
async function resolver(change?: RequestListener) {
  const root = makeCertificate('Test Root');
  const leaf = makeCertificate('localhost', { issuer: { name: 'Test Root', key: root.key } });
  const asked: string[] = [];
  const server: LocalServer = await serveSecurely({ key: leaf.key, cert: leaf.cert }, (request, response) => {
    asked.push(`${request.method} ${request.headers['content-type']} ${request.headers.accept}`);
    if (change) return change(request, response);
    const parts: Buffer[] = [];
    request
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', () => {
        const question = packet.decode(Buffer.concat(parts));
        const [one] = question.questions ?? [];
        const said = zone(one?.name ?? '', one?.type ?? '') ?? {};
        const flags = packet.RECURSION_AVAILABLE | (said.rcode === 'NXDOMAIN' ? 3 : 0);
        const { rcode: _, ...sections } = said;
        const answer: Packet = { type: 'response', id: question.id ?? 0, flags, questions: one ? [one] : [], ...sections };
        response.writeHead(200, { 'content-type': 'application/dns-message' }).end(packet.encode(answer));
      });
  });
  stops.push(() => server.close());
  const url = `https://localhost:${server.url.port}/dns-query`;
  const dns = openDns({ servers: [addressOf(url)], authorities: [root.cert], waitMs: 1_000, tries: 1 });
  return { dns, asked, url, root };
}

describe('a resolver that is asked by HTTPS (RFC 8484)', () => {
  it('answers, once for the same question, whatever its length', async () => {
    const { dns, asked } = await resolver();
    expect(await dns.ask('app.example.com', 'A')).toMatchObject({ is: 'records', records: [{ data: '192.0.2.7' }] });
    expect(await dns.ask('APP.example.com.', 'A')).toMatchObject({ is: 'records' });
    expect(await dns.ask('long.example.com', 'TXT')).toMatchObject({ is: 'records' });
    expect(await dns.ask('gone.example.com', 'A')).toMatchObject({ is: 'none', why: 'nxdomain' });
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'POST application/dns-message application/dns-message'));
  });

  it.each<[string, RequestListener, string, RegExp]>([
    ['refuses', (_, response) => response.writeHead(403).end(), 'unreachable', /it answered 403/],
    [
      'leads elsewhere',
      (_, response) => response.writeHead(302, { location: 'https://localhost/' }).end(),
      'unreachable',
      /it answered 302/,
    ],
    ['answers with a page', (_, response) => response.writeHead(200).end('<!doctype html>'), 'malformed', /no DNS message/],
    ['answers without end', (_, response) => void response.writeHead(200).end(Buffer.alloc(1_000_000)), 'malformed', /longer than/],
    ['says nothing', () => undefined, 'timeout', /no answer in 1000 ms/],
    ['hangs up', (request) => request.socket.destroy(), 'unreachable', /./],
  ])('that %s has not said that there is no such name', async (_, change, why, text) => {
    const { dns, url } = await resolver(change);
    const answer = await dns.ask('app.example.com', 'A');
    expect(answer).toMatchObject({ is: 'failed', why });
    expect(answer.is === 'failed' && answer.text).toMatch(text);
    expect(answer.is === 'failed' && answer.text.startsWith(url)).toBe(true);
  });

  it('is not believed with a certificate that nobody trusts', async () => {
    const { url } = await resolver();
    const dns = openDns({ servers: [addressOf(url)], waitMs: 1_000, tries: 1 });
    expect(await dns.ask('app.example.com', 'A')).toMatchObject({ is: 'failed', why: 'unreachable' });
  });
});
