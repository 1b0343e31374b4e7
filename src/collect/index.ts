import type { AnyCollector } from '../core/collector.ts';
import { treeCollector } from './source/tree.ts';

/** Every collector; the engine runs those that the checks ask for. */
export const collectors: readonly AnyCollector[] = [treeCollector];
