import type { BrowserRole, LiveCatalog, LivePolicy, Queryable, Relation, Routine } from '../../src/collect/database/live/catalog.ts';
import { identifier } from '../../src/collect/database/world/literal.ts';

/** One change of one object of the rebuilt database, made before anything is tried. */
export interface Mutant {
  /** Unique, e.g. `weaken policy "..." on invoices`. */
  readonly name: string;
  /** `weaken` lets more through, `drop` less. */
  readonly way: 'weaken' | 'drop';
  /** What is changed: `schema.table`, a view, or `schema.function`. */
  readonly object: string;
  readonly sql: string;
}

const verbs = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
const roles: readonly BrowserRole[] = ['anon', 'authenticated'];

/** Every policy, grant, guard of a definer function, invoker view and row-level security, as the catalog of the database has them. */
export async function mutantsOf(db: Queryable, catalog: LiveCatalog): Promise<Mutant[]> {
  const tables = catalog.relations.filter(({ kind }) => kind === 'table');
  const definitions = await definitionsOf(db);
  return [
    ...tables.flatMap((table) => table.policies.flatMap((policy) => ofPolicy(table, policy))),
    ...tables.filter(({ rowSecurity }) => rowSecurity).map(withoutRowSecurity),
    ...tables.flatMap(ofGrants),
    ...(await invokerViews(db)).map((id): Mutant => ({
      name: `owner's rights for ${id}`,
      way: 'weaken',
      object: id,
      sql: `ALTER VIEW ${id} SET (security_invoker = false)`,
    })),
    ...catalog.routines.flatMap((routine) => ofCallers(routine, definitions)),
    ...catalog.routines.filter(({ definer }) => definer).flatMap((routine) => ofGuard(routine, definitions)),
  ];
}

/** The condition that lets everybody through stands where the policy has one. */
function ofPolicy({ id, sql }: Relation, { name, command }: LivePolicy): Mutant[] {
  const using = command === 'insert' ? '' : ' USING (true)';
  const check = command === 'select' || command === 'delete' ? '' : ' WITH CHECK (true)';
  const policy = identifier(name);
  return [
    { name: `drop "${name}" on ${id}`, way: 'drop', object: id, sql: `DROP POLICY ${policy} ON ${sql}` },
    { name: `weaken "${name}" on ${id}`, way: 'weaken', object: id, sql: `ALTER POLICY ${policy} ON ${sql}${using}${check}` },
  ];
}

const withoutRowSecurity = ({ id, sql }: Relation): Mutant => ({
  name: `no row-level security on ${id}`,
  way: 'weaken',
  object: id,
  sql: `ALTER TABLE ${sql} DISABLE ROW LEVEL SECURITY`,
});

/** What a role may not do to the whole table is granted; what it may is taken away, all of it at once. */
function ofGrants({ id, sql, grants }: Relation): Mutant[] {
  const widened = roles.flatMap((role): Mutant[] => {
    const missing = verbs.filter((verb) => grants[role][verb] !== 'all').join(', ');
    return missing === ''
      ? []
      : [{ name: `grant ${missing} on ${id} to ${role}`, way: 'weaken', object: id, sql: `GRANT ${missing} ON ${sql} TO ${role}` }];
  });
  return [...widened, { name: `revoke all on ${id}`, way: 'drop', object: id, sql: `REVOKE ALL ON ${sql} FROM anon, authenticated` }];
}

/** Views that read with the rights of whoever asks. */
const invokerViews = async (db: Queryable): Promise<string[]> =>
  (
    await db.query<{ id: string }>(
      `SELECT c.oid::regclass::text AS id, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'v' AND 'security_invoker=true' = ANY (c.reloptions) AND n.nspname = 'public'`,
    )
  ).map(({ id }) => (id.includes('.') ? id : `public.${id}`));

interface Definition {
  readonly signature: string;
  readonly text: string;
}

async function definitionsOf(db: Queryable): Promise<Map<string, Definition>> {
  const rows = await db.query<{ id: string; signature: string; text: string }>(
    `SELECT n.nspname || '.' || p.proname AS id, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS signature,
       pg_get_functiondef(p.oid) AS text
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prokind = 'f'`,
  );
  return new Map(rows.map(({ id, ...definition }) => [id, definition]));
}

function ofCallers({ id, callers, returns }: Routine, definitions: ReadonlyMap<string, Definition>): Mutant[] {
  const { signature } = definitions.get(id)!;
  const missing = roles.filter((role) => !callers.includes(role));
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            name: `execute of ${id} for everybody`,
            way: 'weaken' as const,
            object: id,
            sql: `GRANT EXECUTE ON FUNCTION ${signature} TO ${missing.join(', ')}`,
          },
        ]),
    ...(callers.length === 0 || returns === 'trigger'
      ? []
      : [
          {
            name: `execute of ${id} for nobody`,
            way: 'drop' as const,
            object: id,
            sql: `REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC, anon, authenticated`,
          },
        ]),
  ];
}

/** What asks who is calling is taken out: a refusal, a comparison with the caller; a function that only answers says yes. */
function ofGuard({ id, returns, source }: Routine, definitions: ReadonlyMap<string, Definition>): Mutant[] {
  const { text } = definitions.get(id)!;
  if (returns === 'trigger') return [];
  const open =
    returns === 'boolean'
      ? 'SELECT true'
      : source
          .replaceAll(/\bIF\b(?:(?!\bEND IF\b)[\s\S])*?\bTHEN\s+RAISE EXCEPTION[\s\S]*?END IF;/g, '')
          .replaceAll(/AND [\w.]+ = auth\.uid\(\)|AND lower\(email\) = \([^;]*?auth\.uid\(\)\)/g, '');
  return [{ name: `no guard in ${id}`, way: 'weaken', object: id, sql: text.replace(source, () => open) }];
}

/**
 * What can change with an object, for the reason that it asks for it: policies, views and functions that name it, and what names those. A function
 * with the rights of its owner is a wall for the policies of a table it reads, and no wall for a change of the function itself.
 */
export function dependentsOf(object: string, catalog: LiveCatalog, views: ReadonlyMap<string, string>): Set<string> {
  const found = new Set([object]);
  for (let grown = true; grown;) {
    const before = found.size;
    for (const relation of catalog.relations) {
      const said = [...relation.policies.flatMap(({ using = '', check = '' }) => [using, check]), views.get(relation.id) ?? ''].join('\n');
      if (names(said, found)) found.add(relation.id);
    }
    for (const { id, source, definer } of catalog.routines)
      if (!definer || isRoutine(object, catalog)) if (names(source, found)) found.add(id);
    grown = found.size > before;
  }
  return found;
}

const isRoutine = (object: string, catalog: LiveCatalog): boolean => catalog.routines.some(({ id }) => id === object);
const names = (text: string, found: ReadonlySet<string>): boolean =>
  [...found].some((id) => new RegExp(`\\b${id.split('.')[1]}\\b`).test(text));
