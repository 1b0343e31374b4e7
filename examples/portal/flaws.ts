import type { Flaw } from '../flaws.ts';

export const flaws: Flaw[] = [];
