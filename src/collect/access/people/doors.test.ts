import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openJournal } from '../journal/journal.ts';
import { openSender } from '../wire/sender.ts';
import { doorName, findDoors } from './doors.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Answered = readonly [status: number, text: string];

/** The doors of an app that answers a POST like this; `unsaid`: what it was sent that was not written down before. */
async function found(answers: Readonly<Record<string, Answered>>, { writes = true, nowhere = [404, ''] as Answered } = {}) {
  const journal = openJournal();
  const unsaid: string[] = [];
  const posted: string[] = [];
  const server = createServer(({ method, url = '' }, response) => {
    if (method === 'POST') {
      posted.push(url);
      if (!journal.changes.some(({ path }) => path === url)) unsaid.push(url);
    }
    const [status, text] = method === 'POST' ? (answers[url] ?? nowhere) : ([404, ''] as const);
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sender = openSender({ origin, requests: 200, userAgent: 'test', changes: writes });
  closing.push(
    () => sender.close(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  const { signIn, signUp, strays } = await findDoors(sender, [], [], writes, journal);
  return { doors: [...signIn, ...signUp].map(doorName), strays, unsaid, posted };
}

describe('doors that nothing describes', () => {
  it('are asked by an empty request, which is written down before it is sent; what takes it is told and is no door', async () => {
    const answers: Readonly<Record<string, Answered>> = {
      '/api/login': [400, '{"error":"email is required"}'],
      '/sessions': [200, '{"id":7}'],
      '/register': [201, ''],
      '/api/register': [204, ''],
    };
    const { doors, strays, unsaid } = await found(answers);
    expect([doors, strays, unsaid]).toEqual([['POST /api/login'], ['/sessions', '/api/register', '/register'], []]);
  });

  it.each<[string, Answered]>([
    ['a page at every address', [200, '<!doctype html><div id="root"></div>']],
    ['a refusal by 200', [200, '{"success":false}']],
    ['an error by 200', [200, '{"error":"missing email"}']],
  ])('are not said to have made something where the answer is %s', async (_, nowhere) => {
    expect((await found({}, { nowhere })).strays).toEqual([]);
  });

  it('are looked for only among sign-ins where nothing may be changed', async () => {
    const { posted } = await found({}, { writes: false });
    expect(posted).toContain('/api/login');
    expect(posted.filter((path) => /register|signup/.test(path))).toEqual([]);
  });
});
