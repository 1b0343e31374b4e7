import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { corsTooOpen } from '../../checks/edge/cors-too-open.ts';
import type { Cors } from '../../evidence/edge-cors.ts';
import { corsCollector } from './cors.ts';
import { type EdgeFixture, startEdge } from './fixture.ts';

let open: EdgeFixture | undefined;
afterEach(async () => {
  await open?.stop();
  open = undefined;
});

const app = 'https://app.example.test';

/** An API with these rules: who is let in, `*` for everybody without cookies. */
const api =
  (allows: (origin: string) => boolean | '*', { varies = true, status = 200 } = {}): RequestListener =>
  ({ headers: { origin } }, response) => {
    const answer = origin === undefined ? false : allows(origin);
    response
      .writeHead(status, {
        'content-type': 'application/json',
        ...(varies && { vary: 'Accept-Encoding, Origin' }),
        ...(answer === '*' && { 'access-control-allow-origin': '*' }),
        ...(answer === true && { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }),
      })
      .end('{}');
  };

async function look(handler: RequestListener): Promise<{ cors: Cors; told: string[] }> {
  open = await startEdge(
    [
      { name: 'app.example.test', role: 'app' },
      { name: 'api.example.test', role: 'api' },
    ],
    ({ headers: { host = '' }, ...request }, response) => {
      void request;
      if (host.startsWith('api.')) handler(response.req, response);
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<title>app</title>');
    },
  );
  const cors = await corsCollector.collect({ client: open.client, inventory: { routes: [], gaps: [], middleware: [] } }, {
    target: { domains: open.domains },
  } as never);
  const seen = [...corsTooOpen.evaluate({ cors })];
  return {
    cors,
    told: seen.flatMap(({ outcome, severity, subject, message }) =>
      outcome === 'pass' ? [] : [`${outcome} ${severity} ${subject}: ${message}`],
    ),
  };
}

describe('rules that let others in, with cookies', () => {
  it.each<[string, (origin: string) => boolean, RegExp]>([
    ['whoever asks', () => true, /^fail high api\.example\.test: .*every site/],
    ['null', (origin) => origin === app || origin === 'null', /^fail high .*null/],
    ['names that begin as the own one', (origin) => origin.startsWith(app), /^fail high .*begins as yours/],
    [
      'names that end as the own one',
      (origin) => /example\.test$/.test(origin) && !origin.includes('//launch-ready-probe.example'),
      /ends as yours|fail medium/,
    ],
    ['another letter for a dot', (origin) => /^https:\/\/app.example.test$/.test(origin), /^fail medium .*another letter/],
    ['http', (origin) => /^https?:\/\/app\.example\.test$/.test(origin), /^fail medium .*without encryption/],
    ['every subdomain', (origin) => /^https:\/\/[a-z-]+\.example\.test$/.test(origin), /^fail low .*every subdomain/],
  ])('%s', async (_, allows, words) => {
    const { told } = await look(api(allows));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(words);
  });
});

describe('what is right', () => {
  it.each<[string, RequestListener]>([
    ['the app alone', api((origin) => origin === app)],
    ['everybody, without cookies', api(() => '*')],
    ['nobody', api(() => false, { varies: false })],
    [
      'the same header for all, and so no Vary',
      (_, response) =>
        response.writeHead(200, { 'access-control-allow-origin': app, 'access-control-allow-credentials': 'true' }).end('{}'),
    ],
    ['an API that refuses, whoever asks', api((origin) => origin === app, { status: 401 })],
  ])('%s', async (_, handler) => {
    expect((await look(handler)).told).toEqual([]);
  });
});

describe('what caches are not told', () => {
  it('is a fault of its own', async () => {
    const { told } = await look(api((origin) => origin === app, { varies: false }));
    expect(told).toEqual([expect.stringMatching(/^fail low api\.example\.test: .*Vary/)]);
  });
});

describe('a check for humans', () => {
  it('is no verdict', async () => {
    const { told } = await look((_, response) =>
      response.writeHead(403, { 'cf-mitigated': 'challenge', 'access-control-allow-origin': '*' }).end(),
    );
    expect(told).toEqual([expect.stringMatching(/^unknown undefined api\.example\.test: .*check for humans/)]);
  });
});

describe('a host that takes no more for now', () => {
  it.each([429, 503])('is no verdict (%i)', async (status) => {
    const { told } = await look((_, response) => response.writeHead(status).end());
    expect(told).toEqual([expect.stringMatching(/^unknown undefined api\.example\.test: .*takes no more for now/)]);
  });

  it('is none either where it grows tired of those who ask as others', async () => {
    const { told } = await look((request, response) => response.writeHead(request.headers.origin === undefined ? 200 : 429).end());
    expect(told).toEqual([expect.stringMatching(/^unknown undefined api\.example\.test/)]);
  });
});
