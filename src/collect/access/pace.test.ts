import { expect, it } from 'vitest';
import { paced } from './pace.ts';
import type { Sender } from './wire/sender.ts';

it('tells what is done, how many requests were sent, and about how long it still takes', async () => {
  let time = 0;
  let sent = 0;
  const said: string[] = [];
  const plain = { sent: () => sent, send: async () => void (sent += 1) } as unknown as Sender;
  const { begin, sender } = paced(
    plain,
    (message) => said.push(message),
    ['walking through the app in a browser'],
    () => time,
  );
  begin('finding the routes of the app');
  await sender.send({ method: 'GET', path: '/' });
  time = 22_000;
  begin('reading things as the others', 'reading 12 things as everybody else');
  time = 30_000;
  await sender.send({ method: 'GET', path: '/' });
  begin('trying how people get into their accounts');
  const [first, second, ...rest] = said;
  expect([first, second]).toEqual(['finding the routes of the app', 'finding the routes of the app']);
  expect(rest.map((line) => line.replace(/\d+ s left/, 'N s left'))).toEqual([
    'reading 12 things as everybody else (1 request, about N s left)',
    'reading 12 things as everybody else (1 request, about N s left)',
    'trying how people get into their accounts (2 requests, about N s left)',
  ]);
  const left = rest.map((line) => Number(/(\d+) s left/.exec(line)?.[1]));
  expect(left).toEqual(left.toSorted((a, b) => b - a));
  expect(new Set(left).size).toBe(3);
});
