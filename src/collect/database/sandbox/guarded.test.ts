import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Database } from '../connect.ts';
import { guarded } from './guarded.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const idle = { exec: async () => {}, close: async () => {} };

it('sends nothing to end a statement that is over', async () => {
  const sent: string[] = [];
  const asked: (() => void)[] = [];
  const watcher = {
    ...idle,
    query: (sql: string) => {
      sent.push(sql);
      return new Promise((resolve) => asked.push(() => resolve([{ bytes: '999999999' }])));
    },
  } as unknown as Database;
  let finish = (): void => {};
  const session = {
    ...idle,
    query: (sql: string) =>
      sql.includes('backend_pid') ? Promise.resolve([{ pid: 7 }]) : new Promise((resolve) => (finish = () => resolve([]))),
  } as unknown as Database;
  const limits = { statementMs: 1000, databaseBytes: 1, memoryBytes: 1 };
  const db = await guarded(async () => session, { watcher, name: 'rebuilt', limits });
  const slow = db.query('SELECT slowly()');
  await vi.advanceTimersByTimeAsync(200);
  expect(sent).toHaveLength(1);
  finish();
  asked[0]!();
  await slow;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent.filter((sql) => /cancel|terminate/.test(sql))).toEqual([]);
});
