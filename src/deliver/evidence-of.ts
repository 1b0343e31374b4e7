import type { Evidence } from '../core/evidence.ts';

/** Collected values by evidence id, as the engine hands them over. */
export type Collected = Readonly<Record<string, unknown>>;

/** The value of one piece of evidence, absent when it was not collected. */
export const read = <T>(collected: Collected, { id }: Evidence<string, T>): T | undefined => collected[id] as T | undefined;
