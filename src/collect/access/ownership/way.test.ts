import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CollectFault, type Fault } from '../../../core/evidence.ts';
import type { Target } from '../../../core/target.ts';
import { createVault } from '../../../core/vault.ts';
import { type SmallApp, startSmallApp } from '../fixture.ts';
import { liveAccessCollectorIn } from '../collector.ts';
import { openSender } from '../wire/sender.ts';
import { type Elsewhere, startElsewhere } from './fixture.ts';
import { theInternet } from './outside.ts';
import { ownerToken } from './token.ts';
import { tokenFile, type Way, wayTo } from './way.ts';

const states = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'launch-ready-owner-')));
const [state, other] = states as [string, string];
afterAll(() => states.forEach((one) => rmSync(one, { recursive: true })));
const token = (host: string): string => ownerToken(host, state);

let app: SmallApp;
let there: Elsewhere;
beforeEach(async () => {
  app = await startSmallApp(['leak-read']);
  there = await startElsewhere(app);
});
afterEach(async () => {
  await there.stop();
  await app.stop();
});

const way = (): Promise<Way> => wayTo(there.url, there.outside, token);
async function fault(found: Promise<unknown> = way()): Promise<Fault> {
  try {
    await found;
  } catch (error) {
    if (error instanceof CollectFault) return error.fault;
    throw error;
  }
  throw new Error('it was let through');
}
const putFile = (text: string, status = 200, headers: Record<string, string> = {}): void =>
  void there.answers.set(tokenFile, [status, headers, text]);

describe('the token of an owner', () => {
  it('is the same for a host, another for every other host and for every other user, and its key is private', () => {
    expect(token('a.test')).toBe(token('A.test'));
    expect(token('a.test')).toMatch(/^launch-ready-[\w-]{32}$/);
    expect(new Set([token('a.test'), token('a.test:8443'), token('b.test'), ownerToken('a.test', other)]).size).toBe(4);
    expect(statSync(join(state, 'owner-key')).mode & 0o777).toBe(0o600);
  });

  it('is not made of a broken key', () => {
    const broken = mkdtempSync(join(tmpdir(), 'launch-ready-owner-'));
    states.push(broken);
    writeFileSync(join(broken, 'owner-key'), '');
    expect(() => ownerToken('a.test', broken)).toThrow('is broken');
  });
});

describe('an app elsewhere', () => {
  it.each<[string, (mine: string) => void]>([
    ['its file', (mine) => putFile(`somebody-else\r\n${mine}\n`)],
    ['its DNS', (mine) => void there.zone.texts.push('v=spf1 -all', mine)],
    ['its header', (mine) => void there.answers.set('/', [303, { 'launch-ready-token': mine, location: '/login' }, ''])],
  ])('is the user’s where %s says so', async (_, put) => {
    put(token(there.url.host));
    const { scope, proof } = await way();
    expect(proof).toContain('token');
    expect(scope).toMatchObject({ address: '127.0.0.1', pace: there.outside.pace });
  });

  it('is not tried without, and it is said what to put where', async () => {
    const { kind, message, remedy } = await fault();
    expect(kind).toBe('denied');
    expect(message).toContain('the file is answered with 401, there is no such TXT record, the header is not there');
    for (const part of [
      token(there.url.host),
      `${there.url.origin}${tokenFile}`,
      '_launch-ready.app.launch-ready.test',
      'Launch-Ready-Token',
    ])
      expect(remedy).toContain(part);
    expect(there.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${tokenFile}`, 'GET /']);
  });

  it.each<[string, (host: string) => void, string]>([
    ['the token of somebody else', (host) => putFile(ownerToken(host, other)), 'the file holds the token of somebody else'],
    ['the token of another host', () => putFile(token('other.test')), 'somebody else, or of another machine'],
    ['a redirect to a host that has it', () => putFile('', 302, { location: 'https://evil.test/x' }), 'the file is answered with 302'],
    ['a page that names it somewhere', (host) => putFile(`<p>${token(host)}</p>`), 'the file does not hold the token'],
    ['an error page with it', (host) => putFile(token(host), 404), 'the file is answered with 404'],
    ['a longer record', (host) => void there.zone.texts.push(`${token(host)}x`), 'the TXT record does not hold the token'],
  ])('is not tried with %s', async (_, put, said) => {
    put(there.url.host);
    expect(await fault()).toMatchObject({ kind: 'denied', message: expect.stringContaining(said) as string });
  });

  it('is not tried without TLS, in a private network, or where one of its addresses lies there', async () => {
    putFile(token(there.url.host));
    expect(await fault(wayTo(new URL(`http://${there.url.host}`), there.outside, token))).toMatchObject({ kind: 'denied' });
    there.zone.addresses.splice(0, 1, '10.0.0.7');
    expect(await fault()).toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('10.0.0.7, which is not on the internet') as string,
    });
    // As it is really asked: addresses of this machine are not elsewhere either.
    for (const url of ['https://10.0.0.7/', 'https://[::ffff:127.0.0.1]/', 'https://[fd00::1]/', 'https://169.254.169.254/'])
      expect(await fault(wayTo(new URL(url), undefined, token))).toMatchObject({ kind: 'denied' });
    expect(there.asked).toEqual([]);
  });

  it('is asked at the address that showed the token, wherever its name leads later', async () => {
    putFile(token(there.url.host));
    there.zone.addresses.push('127.0.0.99');
    const { scope } = await way();
    const sender = openSender({ origin: there.url.origin, requests: 10, userAgent: 'test', ...scope });
    for (const path of ['/me', '/notes'])
      expect(await sender.send({ method: 'GET', path })).toMatchObject({ ok: true, value: { status: 401 } });
    expect(await sender.send({ method: 'GET', path: 'https://evil.test/' })).toMatchObject({ ok: false, fault: { kind: 'blocked' } });
    await sender.close();
    expect(there.lookups()).toBe(1);
  });
});

/** Where what begins or ends a session is posted to, and questions to a GraphQL API that only read. */
const harmless = /log-?(?:in|out)|sign-?out|graphql|\/gql$|\/query$|^\/api$|refresh|token|session/;

/** A run of the collector on the app elsewhere. */
async function run(
  writes: boolean,
  requests: number,
  parts: readonly string[] = ['routes'],
  more: Pick<Target, 'journals'> = {},
): Promise<Awaited<ReturnType<ReturnType<typeof liveAccessCollectorIn>['collect']>>> {
  const { url, outside } = there;
  const people = ['anna', 'bert'].map((name) => ({ name, tenant: name, email: `${name}@a.example`, password: `${name}-password` }));
  for (const { email, password } of people)
    await fetch(`${app.origin}/register`, { method: 'POST', body: JSON.stringify({ email, password }) });
  const target = { url, people, writes, parts, scope: { hosts: [url.host], requests, history: false }, ...more };
  return await liveAccessCollectorIn(outside).collect(
    { inventory: { routes: [], gaps: [], middleware: [] } },
    { target, signal: new AbortController().signal, vault: createVault(), progress: () => undefined },
  );
}

describe('a run on an app elsewhere', () => {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env['LAUNCH_READY_STATE'];
    process.env['LAUNCH_READY_STATE'] = state;
    putFile(token(there.url.host));
  });
  afterEach(() => {
    if (before === undefined) delete process.env['LAUNCH_READY_STATE'];
    else process.env['LAUNCH_READY_STATE'] = before;
  });

  it('only reads, slowly and within its limit', async () => {
    expect(theInternet.pace).toEqual({ concurrency: 2, delayMs: 200 });
    there = { ...there, outside: { ...there.outside, pace: { concurrency: 2, delayMs: 30 } } };
    const live = await run(false, 120);
    expect(live.ownership).toContain('holds the token');
    expect(live.requests).toBeLessThanOrEqual(120);
    expect(live.made).toBe(0);
    const changes = there.asked.filter(({ method, path }) => method !== 'GET' && !harmless.test(path));
    expect(changes).toEqual([]);
    const pauses = there.asked.slice(1).map(({ at }, nth) => at - there.asked[nth]!.at);
    // Timers are early by a millisecond, and the network late by some.
    expect(there.asked.at(-1)!.at - there.asked[0]!.at).toBeGreaterThan(pauses.length * 20);
  }, 30_000);

  it('sends no wrong password where nothing may be changed', async () => {
    const live = await run(false, 400, ['sessions']);
    expect(live.sessions.find(({ question }) => question === 'enumeration')?.outcome).toBe('unknown');
    expect(live.sessions.find(({ question }) => question === 'forged-token')?.outcome).not.toBe(undefined);
    expect(there.asked.every(({ method, path }) => method === 'GET' || harmless.test(path))).toBe(true);
  }, 30_000);

  it('changes what it made where that is allowed, and proves what it finds', async () => {
    const journals = join(other, 'journals');
    const live = await run(true, 400, ['routes'], { journals });
    expect([existsSync(journals), existsSync(join(state, 'journals'))]).toEqual([true, false]);
    const got = live.cells.filter(({ outcome, relation }) => outcome === 'got' && relation === 'stranger');
    expect([...new Set(got.map(({ route }) => route))]).toEqual(['GET /notes/{id}']);
    expect(app.notes()).toBe(0);
  }, 30_000);

  it('is not begun where the token is gone', async () => {
    there.answers.clear();
    expect(await fault(run(true, 400))).toMatchObject({ kind: 'denied' });
    expect(there.asked.some(({ method }) => method !== 'GET')).toBe(false);
  });
});
