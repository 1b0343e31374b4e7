import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CollectFault } from '../../core/evidence.ts';
import { cacheCollector } from './cache/collector.ts';
import { sessionUse } from './people.ts';

describe('the sessions of the people', () => {
  const isFree = (use: ReturnType<typeof sessionUse>): Promise<boolean> =>
    Promise.race([use.free().then(() => true), setTimeout(20).then(() => false)]);

  it('are free until somebody holds them, and again once all are done, however they end', async () => {
    const use = sessionUse();
    expect(await isFree(use)).toBe(true);
    const ends: (() => void)[] = [];
    const held = [1, 2].map(() => use.during(() => new Promise<void>((resolve) => ends.push(resolve))));
    const broken = use.during(() => Promise.reject(new Error('broken')));
    await expect(broken).rejects.toThrow('broken');
    expect(await isFree(use)).toBe(false);
    ends[0]?.();
    await held[0];
    expect(await isFree(use)).toBe(false);
    ends[1]?.();
    expect(await isFree(use)).toBe(true);
  });

  it('are held by the proof of the cache from before anybody is signed in until it ends', async () => {
    const sessions = sessionUse();
    let refuse = (): void => undefined;
    const entered = new Promise<never>((_, reject) => (refuse = () => reject(new CollectFault('denied', 'No.', 'None.'))));
    const sender = { origin: 'https://app.example.test', send: () => Promise.resolve({ ok: false, fault: {} }), sent: () => 0 };
    const person = (name: string) => ({ name, email: `${name}@customer.example`, password: 'right-password-4711' });
    const proof = cacheCollector.collect(
      { inventory: { routes: [], gaps: [], middleware: [] }, edge: { sender, sessions } as never, entered: () => entered },
      { target: { people: [person('anna'), person('bert')], scope: { requests: 9 } }, progress: () => undefined } as never,
    );
    expect(await isFree(sessions)).toBe(false);
    refuse();
    await expect(proof).rejects.toThrow('No.');
    expect(await isFree(sessions)).toBe(true);
  });
});
