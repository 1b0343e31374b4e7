import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

describe('createPace', () => {
  it('runs as many tasks of a host as allowed, in order, and other hosts beside them', async () => {
    const pace = createPace(2, 0);
    const started: string[] = [];
    const release: (() => void)[] = [];
    const task = (host: string, name: string) =>
      pace.run(host, () => {
        started.push(name);
        return new Promise<void>((done) => release.push(done));
      });
    const all = [task('a', 'a1'), task('a', 'a2'), task('a', 'a3'), task('a', 'a4'), task('b', 'b1')];
    await settled();
    expect(started).toEqual(['a1', 'a2', 'b1']);
    release[0]?.();
    await settled();
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
    for (let index = 1; index < 5; index += 1) {
      release[index]?.();
      await settled();
    }
    await Promise.all(all);
    expect(started.length).toBe(5);
  });

  it('gives the place of a failed task to the next', async () => {
    const pace = createPace(1, 0);
    const failed = pace.run('a', () => Promise.reject(new Error('no'))).catch(() => 'failed');
    expect(await Promise.all([failed, pace.run('a', async () => 'next')])).toEqual(['failed', 'next']);
  });
});
