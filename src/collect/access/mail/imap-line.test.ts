import { afterEach, expect, it } from 'vitest';
import { startImapServer } from './fixtures/imap-server.ts';
import { imapLine } from './imap-line.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function line() {
  const server = await startImapServer('anna', 'secret');
  closing.push(() => server.close());
  const one = await imapLine({ host: '127.0.0.1', port: server.port, user: 'anna', password: 'secret', tls: false }, 2 ** 20);
  closing.push(() => one.close());
  return { server, one };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('does one piece of work after the other, those that fail too', async () => {
  const { one } = await line();
  const done: string[] = [];
  const work = (name: string) => async () => {
    done.push(`${name} begins`);
    await pause(20);
    done.push(`${name} ends`);
    if (name === 'b') throw new Error('no');
  };
  await Promise.allSettled(['a', 'b', 'c'].map((name) => one.run(work(name))));
  expect(done).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

it('gives up the connection of work that takes too long, so that it does nothing beside the next', async () => {
  const { one } = await line();
  await one.run(() => Promise.resolve());
  let late: unknown;
  const slow = one.run(async (client) => {
    await pause(300);
    late = await client.mailboxOpen('Junk').catch((error: unknown) => error);
  }, 100);
  const next = one.run(async (client) => (await client.mailboxOpen('INBOX', { readOnly: true })).path);
  await expect(slow).rejects.toThrow(/went silent/);
  expect(await next).toBe('INBOX');
  await pause(400);
  expect(late).toBeInstanceOf(Error);
});

it('does not come back again and again to a server that is away', async () => {
  const { server, one } = await line();
  await one.run(() => Promise.resolve());
  server.breakOff(60_000);
  const look = () => one.run(async (client) => void (await client.mailboxOpen('INBOX')));
  const from = Date.now();
  for (let nth = 0; nth < 50; nth += 1) await expect(look()).rejects.toThrow();
  expect(Date.now() - from).toBeLessThan(5_000);
});
