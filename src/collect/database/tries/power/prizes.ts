import { isBillingColumn, isRoleColumn } from '../../../source/database/facts/words.ts';
import type { LiveCatalog, LiveColumn, Relation } from '../../live/catalog.ts';
import { labelsOf, powerOf, roleAt, roleWords } from '../../world/labels.ts';
import type { Scene } from './attack.ts';

/** Tables with rows for each person. */
export const personal = (scene: Scene): Relation[] => scene.catalog.relations.filter(({ id }) => scene.worlds.ownership.persons.has(id));

type Power = 'role' | 'tenant' | 'billing';

/** What whoever writes the column gains. */
export function powerIn({ hints, worlds }: Scene, relation: Relation, column: LiveColumn): Power | undefined {
  const hint = hints.get(relation.id)?.columns.find(({ name }) => name === column.name)?.power?.kind;
  if (hint) return hint;
  if (!worlds.ownership.persons.has(relation.id)) return undefined;
  if (isRoleColumn(column.name)) return 'role';
  if (worlds.ownership.isTenantColumn(relation, column.name)) return 'tenant';
  return isBillingColumn(column.name) ? 'billing' : undefined;
}

/** Values worth having in such a column, as text. */
export function prizes(scene: Scene, relation: Relation, column: LiveColumn, power: Power): string[] {
  if (power === 'tenant') {
    const target = worldValue(scene, relation, column);
    return target === undefined ? [] : [target];
  }
  if (column.base === 'bool') return ['true'];
  const labels = labelsOf(relation, column);
  if (power === 'billing') return labels.length > 0 ? [labels.at(-1) ?? ''] : /int|numeric|float/.test(column.base) ? ['999999'] : [];
  if (labels.length > 0) return [roleAt(labels, 'platform', undefined) ?? ''].filter((label) => powerOf(label) > 0);
  if (!/^(?:text|varchar|citext)$/.test(column.base)) return [];
  return topWords(scene.catalog).slice(0, 3);
}

/** Words for roles with power that policies and functions compare with, the most powerful first. */
export const topWords = (catalog: LiveCatalog): string[] =>
  roleWords(catalog)
    .filter((word) => powerOf(word) > 1)
    .toSorted((a, b) => powerOf(b) - powerOf(a));

/** The owner's tenant as this column names it. */
function worldValue({ worlds, catalog }: Scene, relation: Relation, column: LiveColumn): string | undefined {
  const key = worlds.ownership.keyAt(relation, column.name);
  const root = catalog.relations.find(({ id }) => (key ? id === key.target : worlds.ownership.roots.has(id)));
  const row = root && worlds.row(root, 'owner');
  return row && Object.values(row.key)[0];
}
