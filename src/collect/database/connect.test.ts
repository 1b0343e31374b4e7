import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from './connect.ts';
import { openSandbox, type Sandbox } from './sandbox/sandbox.ts';

let sandbox: Sandbox;
let db: Database;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
  db = await sandbox.create('turns');
});
afterAll(() => sandbox.close());

it('takes statements of several at once: one after the other, a failure among them, and without a warning', async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', note);
  try {
    await db.exec('CREATE SEQUENCE turn');
    const came = await Promise.allSettled([
      db.query(`SELECT nextval('turn')::int AS turn FROM pg_sleep(0.05)`),
      db.exec('SELECT 1 / 0'),
      db.query(`SELECT nextval('turn')::int AS turn`),
      db.exec('SELECT 1'),
      db.query(`SELECT nextval('turn')::int AS turn`),
    ]);
    expect(came.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as { code: string }).code))).toEqual([
      [{ turn: 1 }],
      '22012',
      [{ turn: 2 }],
      undefined,
      [{ turn: 3 }],
    ]);
    // Node tells of warnings on the next tick.
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', note);
  }
});
