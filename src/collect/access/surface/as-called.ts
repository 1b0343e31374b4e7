import type { LiveAccess } from '../../../evidence/live-access.ts';
import { operationKey, type Operation } from './operation.ts';
import { wayName } from './way.ts';

/** `PATCH /graphql/orders/7`, wherever it stands in a text. */
const request = /(?<![\w/])([A-Za-z]\w*) (\/[^\s;,"'`]*)/g;
const address = /^(\/\S+)(?= of )/;

/** A run told with GraphQL and tRPC operations under the names they are called by, not under the addresses by which the run knew them. */
export function asCalled(live: LiveAccess, operations: readonly Operation[]): LiveAccess {
  const known = new Map(
    operations.flatMap((one) => (one.way ? [[operationKey(one), { way: one.way, isLink: one.path.endsWith('/links') }] as const] : [])),
  );
  if (known.size === 0) return live;

  function nameOf(method: string, path: string): string | undefined {
    const exact = known.get(operationKey({ method, path }));
    if (exact) return `${wayName(exact.way)}${exact.isLink ? ' and what it leads to' : ''}`;
    const parts = path.split('/');
    for (let nth = parts.length - 1; nth > 1; nth -= 1) {
      const found = known.get(operationKey({ method, path: parts.map((part, at) => (at === nth ? '{}' : part)).join('/') }));
      if (found) return `${wayName(found.way)}${found.isLink ? ' and what it leads to' : ''} about ${decodeURIComponent(parts[nth]!)}`;
    }
    return undefined;
  }
  const told = (text: string): string =>
    text
      .replace(request, (whole, method: string, path: string) => nameOf(method, path) ?? whole)
      .replace(address, (whole) => nameOf('DELETE', whole) ?? nameOf('POST', whole) ?? whole);
  const renamed = (value: unknown): unknown => {
    if (typeof value === 'string') return told(value);
    if (Array.isArray(value)) return value.map(renamed);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, renamed(one)]));
  };
  const { recipes, ...rest } = live;
  return { ...(renamed(rest) as LiveAccess), ...(recipes && { recipes }) };
}
