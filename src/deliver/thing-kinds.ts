import type { ChartRow } from '../evidence/access-chart.ts';
import { pathOf } from '../evidence/live-chart.ts';

/** A name for one kind of thing in whatever spelling: `Invoices`, `invoice`, `sales_invoices` stay what they are but for case and number. */
const kindKey = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.(?:json|csv|xml|pdf)$/, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/ies$/, 'y')
    .replace(/(?<=[^s])s$/, '');

/** `invoices`, `{}` of `/api/v1/invoices/{id}`: what says nothing of the things is left out. */
const segmentsOf = (route: string): string[] =>
  pathOf(route)
    .split('/')
    .filter((part) => part !== '' && !/^(?:api|rest|v\d+)$/i.test(part))
    .map((part) => (part.includes('{') ? '{}' : part));

/**
 * The kind of thing that each row is about, so that a table and the routes that lead to it stand together: a route is of the last kind that its path
 * names, and kinds are what tables are called and what stands before an id in any path.
 */
export function thingKinds(rows: readonly ChartRow[]): (row: ChartRow) => string {
  const routes = rows.filter(({ kind }) => kind === 'route');
  const names = new Map<string, string>();
  const add = (name: string): void => void (names.has(kindKey(name)) || names.set(kindKey(name), name));
  for (const { kind, name } of rows) if (kind === 'table' || kind === 'view' || kind === 'collection') add(name);
  for (const { name } of routes)
    for (const [index, part] of segmentsOf(name).entries()) if (part === '{}') add(segmentsOf(name)[index - 1] ?? '{}');
  names.delete(kindKey('{}'));
  return ({ kind, name }) => {
    if (kind !== 'route') return names.get(kindKey(name)) ?? name;
    const parts = segmentsOf(name).filter((part) => part !== '{}');
    const known = parts.toReversed().find((part) => names.has(kindKey(part)));
    return (known === undefined ? undefined : names.get(kindKey(known))) ?? parts[0] ?? '/';
  };
}
