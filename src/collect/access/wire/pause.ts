import { setTimeout as wait } from 'node:timers/promises';
import type { Sender } from './sender.ts';

/** Waits so many milliseconds. Throws the reason of the sender's signal as soon as the run is called off. */
export async function pause({ signal }: Pick<Sender, 'signal'>, ms: number): Promise<void> {
  try {
    await wait(ms, undefined, { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
