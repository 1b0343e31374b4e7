import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../evidence/live-access.ts';
import { type Quirk, startSmallApp } from './fixture.ts';
import { NobodySignedIn } from './people/everybody.ts';
import { proveLive } from './prove.ts';
import { openSender } from './wire/sender.ts';

const limits = { headersMs: 300, idleMs: 300, totalMs: 500 };

async function triedOn(origin: string): Promise<LiveAccess> {
  const sender = openSender({ origin, requests: 2_000, userAgent: 'test', limits });
  try {
    return await proveLive({ sender, routes: [], people: [], writes: true });
  } finally {
    await sender.close();
  }
}

const endless: RequestListener = (_, response) => {
  const more = (): void => void (response.destroyed || (response.write('x'.repeat(65_536)), setImmediate(more)));
  more();
};

describe('a target that', () => {
  it.each<[string, RequestListener, number]>([
    ['never answers', () => undefined, 4],
    ['breaks off', (request) => request.socket.destroy(), 4],
    ['answers 500 to everything', (_, response) => response.writeHead(500).end('{"error":"down"}'), 200],
    ['sends bodies without end', endless, 200],
    ['redirects in a circle', ({ url }, response) => response.writeHead(302, { location: url === '/a' ? '/b' : '/a' }).end(), 300],
    ['answers a page to whatever is asked', (_, response) => response.end('<!doctype html><title>App</title><div id="root"></div>'), 300],
    ['sends junk', (_, response) => response.end(Buffer.from([0, 255, 254, 1, 2, 0])), 300],
  ])(
    '%s is left in the end, in clear words',
    async (_, listener, atMost) => {
      let asked = 0;
      const server = createServer((request, response) => {
        asked += 1;
        listener(request, response);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const run = triedOn(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        await expect(run).rejects.toThrow(NobodySignedIn);
        await expect(run).rejects.toThrow(/^Nobody could be signed up/);
        expect(asked).toBeLessThan(atMost);
      } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
    60_000,
  );

  const onSmallApp = async (quirks: readonly Quirk[]): Promise<LiveAccess> => {
    const app = await startSmallApp(quirks);
    try {
      return await triedOn(app.origin);
    } finally {
      await app.stop();
    }
  };
  const outcomes = ({ cells }: LiveAccess): Set<string> =>
    new Set(cells.flatMap(({ relation, outcome, route }) => (relation === 'stranger' && route === 'GET /notes/{id}' ? [outcome] : [])));

  it('limits how often it is asked is waited for, and tried to the end', async () => {
    expect(outcomes(await onSmallApp(['limits']))).toEqual(new Set(['refused']));
    expect(outcomes(await onSmallApp(['limits', 'leak-read']))).toContain('got');
  });

  it('answers nothing for an hour more is neither cleared nor accused', async () => {
    const { cells } = await onSmallApp(['limits-for-an-hour', 'leak-read']);
    expect(new Set(cells.filter(({ route }) => route === 'GET /notes/{id}').map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
  });
});
