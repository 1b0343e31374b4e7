import { request } from 'node:http';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startCachedApp } from '../src/collect/edge/cache/fixture.ts';
import { startNodeCache } from '../src/collect/edge/cache/node-cache.ts';
import { isSecure, startEdge } from '../src/collect/edge/fixture.ts';
import type { GivenHost } from '../src/core/target.ts';
import { cleanUp, folderWith, launchReady, type Outcome } from './command-line.ts';

afterAll(cleanUp);

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

const hosts: readonly GivenHost[] = [
  { name: 'old.example.test', role: 'marketing', redirectsTo: 'www.example.test' },
  { name: 'www.example.test', role: 'marketing' },
  { name: 'app.example.test', role: 'app', login: '/login' },
];

/** The hosts of a domain before its cut-over, all on this machine: the app behind a cache, people who can sign in, and nothing in the DNS. */
async function edge(leaks: boolean, knowsPasswords = true): Promise<Outcome> {
  const app = await startCachedApp({ cookie: 'Secure; HttpOnly; SameSite=Lax' });
  const cache = await startNodeCache(app.port, leaks ? (method, url) => (method === 'GET' ? url : undefined) : () => undefined);
  stops.push(app.stop, cache.stop);
  const guards = {
    'strict-transport-security': 'max-age=31536000',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'self'",
  };
  const domain = await startEdge(hosts, (asked, response) => {
    const { host = '', ...headers } = asked.headers;
    if (!hosts.some(({ name }) => name === host.replace(/:\d+$/, ''))) return void response.writeHead(421).end();
    if (!isSecure(asked)) return void response.writeHead(308, { location: `https://${host}${asked.url}` }).end();
    if (host.startsWith('old')) return void response.writeHead(301, { ...guards, location: `https://www.example.test${asked.url}` }).end();
    if (host.startsWith('www'))
      return void response.writeHead(200, { ...guards, 'content-type': 'text/html' }).end('<!doctype html><title>Site</title>');
    if (asked.url === '/login/') return void response.writeHead(308, { ...guards, location: '/login' }).end();
    const onward = request(`${cache.origin}${asked.url}`, { method: asked.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...guards });
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    return void asked.pipe(onward);
  });
  stops.push(domain.stop);
  const folder = folderWith({
    'root.pem': domain.domains.authorities?.join('\n') ?? '',
    'launch-ready.yaml': JSON.stringify({
      domains: {
        apex: 'example.test',
        hosts,
        connect: Object.entries(domain.domains.connect ?? {}).map((one) => one.join('=')),
        authorities: ['root.pem'],
        resolvers: ['127.0.0.1:1'],
      },
      access: { people: app.people.map(({ name, email }) => ({ name, email, passwordFrom: `PASSWORD_${name.toUpperCase()}` })) },
    }),
  });
  const env = Object.fromEntries(app.people.map(({ name, password }) => [`PASSWORD_${name.toUpperCase()}`, password]));
  const outcome = await launchReady(
    ['edge', folder, '--format', 'json', ...(knowsPasswords ? ['--quiet'] : [])],
    knowsPasswords ? { env } : {},
  );
  for (const { password } of app.people) expect(outcome.stdout).not.toContain(password);
  return outcome;
}

interface Told {
  readonly check: string;
  readonly outcome: string;
  readonly message: string;
}

const told = ({ stdout }: Outcome): Told[] => (JSON.parse(stdout) as { findings: Told[] }).findings;
const failed = (outcome: Outcome): string[] =>
  [...new Set(told(outcome).flatMap(({ check, outcome: is }) => (is === 'fail' ? [check] : [])))].toSorted();

describe('launch-ready edge, before the cut-over', () => {
  it('finds nothing wrong where all is right, and signs in for it', async () => {
    const outcome = await edge(false);
    expect(outcome.stderr).toBe('');
    expect(failed(outcome)).toEqual([]);
    const passed = told(outcome).flatMap(({ check, outcome: is }) => (is === 'pass' ? [check] : []));
    for (const check of [
      'edge/private-data-cached',
      'edge/login-redirects-wrongly',
      'edge/certificate-invalid',
      'edge/mixed-content',
      'edge/cors-too-open',
      'edge/redirect-loses-path',
    ])
      expect(passed, check).toContain(check);
  });

  it('looks at the rest where nobody can sign in, and says so', async () => {
    const outcome = await edge(true, false);
    expect(outcome.stderr).toContain(
      'Nobody signs in, so neither caches nor the pages behind the sign-in are looked at: The password of anna is to be found in the environment variable PASSWORD_ANNA',
    );
    expect(failed(outcome)).toEqual([]);
    expect(told(outcome).some(({ check }) => check === 'edge/private-data-cached')).toBe(false);
  });

  it('finds what a cache gives to others', async () => {
    const outcome = await edge(true);
    expect(outcome.code).toBe(1);
    expect(failed(outcome)).toEqual(['edge/private-data-cached']);
  });
});
