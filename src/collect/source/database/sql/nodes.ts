import type { Node, RangeVar, RoleSpec, SelectStmt, TypeName } from 'libpg-query';

/** A possibly schema-qualified name. */
export interface QualifiedName {
  readonly schema?: string;
  readonly name: string;
}

/** A literal; strings, numbers as text, booleans, null. */
export type Constant = string | boolean | null;

/** The text of a String node. */
export const stringOf = (node: Node | undefined): string | undefined => (node && 'String' in node ? (node.String.sval ?? '') : undefined);

/** The texts of a list of String nodes. */
export const stringsOf = (nodes: readonly Node[] | undefined): string[] => (nodes ?? []).map((node) => stringOf(node) ?? '*');

/** A dotted name given as String nodes; a database name in front is dropped. */
export function nameOf(nodes: readonly Node[] | undefined): QualifiedName {
  const parts = stringsOf(nodes);
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  return schema === undefined ? { name } : { schema, name };
}

/** The name of a relation as written. */
export const relationName = (relation: RangeVar | undefined): QualifiedName =>
  relation?.schemaname === undefined ? { name: relation?.relname ?? '' } : { schema: relation.schemaname, name: relation.relname ?? '' };

const aliases: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  int: 'integer',
  float8: 'double precision',
  float4: 'real',
  timestamptz: 'timestamp with time zone',
  bpchar: 'character',
  varchar: 'character varying',
  decimal: 'numeric',
  serial4: 'serial',
};

/** A type in the spelling the catalog shows; `name[]` for arrays. Schema is kept unless it is pg_catalog. */
export function typeText(type: TypeName | undefined): string {
  if (!type) return '';
  const { schema, name } = nameOf(type.names);
  const base = aliases[name] ?? name;
  const full = schema === undefined || schema === 'pg_catalog' || schema === 'public' ? base : `${schema}.${base}`;
  return `${type.setof ? 'setof ' : ''}${full}${(type.arrayBounds ?? []).length > 0 ? '[]' : ''}`;
}

/** The literal a node stands for, casts taken off; `undefined` when it is no literal. */
export function constantOf(node: Node | undefined): Constant | undefined {
  if (!node) return undefined;
  if ('TypeCast' in node) return constantOf(node.TypeCast.arg);
  if (!('A_Const' in node)) return undefined;
  const constant = node.A_Const;
  if (constant.isnull) return null;
  if (constant.boolval) return constant.boolval.boolval ?? false;
  if (constant.sval) return constant.sval.sval ?? '';
  if (constant.ival) return String(constant.ival.ival ?? 0);
  if (constant.fval) return constant.fval.fval ?? '0';
  return undefined;
}

/** Role names of GRANT, REVOKE and CREATE POLICY; PUBLIC as `public`. */
export function rolesOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => {
    if (!('RoleSpec' in node)) return [];
    const role: RoleSpec = node.RoleSpec;
    if (role.roletype === 'ROLESPEC_PUBLIC') return ['public'];
    return [role.roletype === 'ROLESPEC_CSTRING' ? (role.rolename ?? '') : 'current_user'];
  });
}

/** Items of a List node, or the node itself as a list of one. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  if (!node) return [];
  return 'List' in node ? (node.List.items ?? []) : [node];
}

/** The SELECT of a sub-query node. */
export const selectOf = (node: Node | undefined): SelectStmt | undefined => (node && 'SelectStmt' in node ? node.SelectStmt : undefined);

/** Visits every wrapped node below `value`; `visit` returns false to stay out of a node's children. */
export function walk(value: unknown, visit: (kind: string, node: Readonly<Record<string, unknown>>) => boolean | void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) {
    const wrapped = /^[A-Z]/.test(key) && child !== null && typeof child === 'object' && !Array.isArray(child);
    if (wrapped && visit(key, child as Readonly<Record<string, unknown>>) === false) continue;
    walk(child, visit);
  }
}
