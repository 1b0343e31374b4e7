import type { Catalog } from '../catalog/catalog.ts';
import type { SqlParser } from '../sql/parser.ts';
import { conditionOf } from './condition.ts';
import { callOf } from './routine.ts';
import type { Analysis } from './scope.ts';
import { existsIn, fromOf, scalarOf } from './subquery.ts';
import { valueOf } from './value.ts';

/** Readers of conditions over a catalog. */
export function createAnalysis(parser: SqlParser, catalog: Catalog): Analysis {
  let last = 0;
  const analysis: Analysis = {
    parser,
    catalog,
    decisions: [],
    reading: '',
    nextId: () => (last += 1),
    value: (node, scope) => valueOf(analysis, node, scope),
    condition: (node, scope) => conditionOf(analysis, node, scope),
    exists: (select, scope, inside) => existsIn(analysis, select, scope, inside),
    scalar: (select, scope) => scalarOf(analysis, select, scope),
    from: (select, scope) => fromOf(analysis, select, scope),
    call: (call, scope) => callOf(analysis, call, scope),
  };
  return analysis;
}
