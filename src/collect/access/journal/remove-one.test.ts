import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openSender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { removeOne, type ToRemove } from './remove-one.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const mark = 'lr0123456789';
type Answered = readonly [status: number, value?: unknown];

interface Answers {
  readonly item: (there: boolean, id: string) => Answered;
  readonly list?: (there: boolean) => Answered;
  /** Whether the app removes it, and what it answers. */
  readonly removal: readonly [removes: boolean, status: number];
}

/** What becomes of a note with the id 7 in an app that answers like this. */
async function removed({ item, list = () => [404], removal: [removes, status] }: Answers, thing: Partial<ToRemove> = {}): Promise<string> {
  let there = true;
  const server = createServer(({ method, url = '' }, response) => {
    const id = /^\/notes\/(\w+)$/.exec(url)?.[1];
    if (method === 'DELETE') {
      there &&= !removes;
      return void response.writeHead(status).end();
    }
    const [answered, value] = id === undefined ? list(there) : item(there && id === '7', id);
    response.writeHead(answered).end(value === undefined ? '' : JSON.stringify(value));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sender = openSender({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: 50, userAgent: 'test' });
  closing.push(
    () => sender.close(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  const usual = { address: '/notes/7', items: ['/notes/7'], list: '/notes', mark, id: '7', showed: () => false };
  const { is, why } = await removeOne(sender, emptySession(), { ...usual, ...thing });
  return why === undefined ? is : `${is}: ${why}`;
}

const shown = { id: 7, title: mark };
const listed = (there: boolean): Answered => [200, there ? [shown] : []];

describe('removing one thing', () => {
  it.each<[string, Answers, string]>([
    ['is not there any more', { item: (there) => (there ? [200, shown] : [404]), removal: [true, 204] }, 'gone'],
    ['is refused like what never was', { item: (there) => (there ? [200, shown] : [403, 'no']), removal: [true, 403] }, 'gone'],
    ['is kept in a bin', { item: () => [200, shown], removal: [false, 204] }, 'there: DELETE answers 204, and it is still there'],
    ['is in no list any more', { item: () => [405], list: listed, removal: [true, 204] }, 'gone'],
    ['is still listed', { item: () => [405], list: listed, removal: [false, 204] }, 'there: DELETE answers 204, and it is still there'],
    [
      'was shown by nothing',
      { item: () => [404], removal: [true, 204] },
      'unseen: DELETE answers 204, and we could not see whether it is gone',
    ],
    ['may not be removed', { item: () => [404], removal: [false, 403] }, 'there: DELETE answers 403'],
  ])('tells what %s', async (_, answers, expected) => {
    expect(await removed(answers)).toBe(expected);
  });

  it('takes a refusal of what others are answered otherwise for no sign', async () => {
    let asked = 0;
    const item = (_: boolean, id: string): Answered => (id !== '7' ? [404] : (asked += 1) > 1 ? [403, 'archived'] : [200, shown]);
    expect(await removed({ item, removal: [false, 204] })).toBe('unseen: DELETE answers 204, and we could not see whether it is gone');
  });

  it('finds gone what an earlier try removed, by a request that showed it then', async () => {
    const answers: Answers = { item: () => [404], removal: [false, 404] };
    expect(await removed(answers, { showed: (path) => path === '/notes/7' })).toBe('gone');
    expect(await removed(answers)).toContain('unseen');
  });
});
