import type { Place } from '../../../../core/finding.ts';
import type { TriedFix } from '../../../../evidence/isolation.ts';
import type { AppUses } from '../../app-uses.ts';
import type { Queryable, Relation, Routine } from '../../live/catalog.ts';
import { escaped, fitting, identifier, quote } from '../../world/literal.ts';
import { labelsOf, powerOf } from '../../world/labels.ts';
import { authServer, uuidWith } from '../../world/people.ts';
import { harmlessMetadata, metadataKeys, signUpSql } from '../../world/sign-up.ts';
import { type Attempt, type Tried, tryAll } from '../attempt.ts';
import type { Gained } from '../power/attack.ts';
import { callersOf, changeWay } from '../tables.ts';
import type { Ground } from './ground.ts';
import { tenantTests } from './tenants.ts';
import { definitionOfFunction, guardedFunctions } from './guards.ts';
import { functionFixes, functionForServer } from './objects.ts';
import { each, firstThatHolds, type Trial } from './trial.ts';
import { addedAgain } from './twins.ts';

/** What corrections of ways to more power are looked for with. */
export interface PowerSearch extends Ground {
  readonly staff: readonly string[];
  /** Every try that worked and is meant to. */
  readonly meant: readonly Tried[];
  /** What the app's own code uses. */
  readonly uses: AppUses;
  /** All the ways: what stands in one statement has to close them together. */
  readonly gained: readonly Gained[];
}

/** A correction of a way to more power, tried: it is closed, and whoever is meant to use the table, or to sign up, still can. */
export async function fixOfPower(db: Queryable, gained: Gained, search: PowerSearch): Promise<TriedFix | undefined> {
  const { again, relation, routine } = gained;
  const object = again[0]?.attempt.object;
  if (object === undefined) return undefined;
  const used = search.meant.filter(({ attempt }) => attempt.object === object);
  const must = ({ attempt }: Tried): boolean => attempt.who === 'owner' || attempt.who === 'admin';
  const usedAt = (ended: readonly Tried[]): readonly Place[] => {
    if (ended.length === 0) return [];
    if (routine) return search.uses.callsAt(routine.name);
    return relation ? search.uses.touchesAt(relation.name, gained.kind === 'self-insert' ? ['insert'] : ['update']) : [];
  };
  const hold = (candidates: readonly string[][], kept: readonly Tried[], trials: readonly Trial[] = [{}, { must }]) =>
    firstThatHolds(db, each(candidates), { leaks: again, kept, usedAt }, trials);
  const alike = search.gained.filter((one) => one.kind === gained.kind && one.relation === relation && one.routine === routine);
  switch (gained.kind) {
    case 'own-column': {
      if (!relation || gained.column === undefined) return undefined;
      const byAdmin = await worksFor(
        db,
        alike.flatMap((one) => adminChanges(relation, one, search)),
      );
      const columns = new Set(alike.flatMap(({ column }) => column ?? []));
      const fixes = ownColumnFixes(relation, gained.column, columns, search);
      // Whoever may not change it must not add his row anew with it either.
      const twins = await worksFor(db, addedAgain(relation, gained, search.worlds));
      const is = search.worlds.ownership.isTenantColumn(relation, gained.column) ? 'tenant' : 'role';
      const added = selfInsertFixes(relation, { ...gained, decides: [{ column: gained.column, is }] }, search);
      const shut =
        twins.length === 0
          ? undefined
          : ((await firstThatHolds(db, each(added), { leaks: twins, kept: used }, [{}, { must }])) ??
            (await firstThatHolds(db, each(noInserts(relation)), { leaks: twins, kept: used }, [{ server: 'may' }])));
      const question = { leaks: [...again, ...(shut ? twins : [])], kept: [...used, ...byAdmin], usedAt };
      const closed = fixes.map((one) => [...one, ...(shut?.statements ?? [])]);
      return (
        (await firstThatHolds(db, each(closed), question, [{}, { must }])) ??
        (await firstThatHolds(db, each([[noUpdates(relation), ...(shut?.statements ?? [])]]), question, [{ server: 'may' }]))
      );
    }
    case 'self-insert':
      return (
        relation &&
        ((await hold(selfInsertFixes(relation, gained, search), used)) ??
          // Whoever adds himself came in by the same hole: then only the server adds rows.
          (await hold(noInserts(relation), used, [{ server: 'must' }, { server: 'may' }])))
      );
    case 'function': {
      if (!routine) return undefined;
      const question = { leaks: again, kept: used, culprits: [] };
      const server = [functionForServer(routine)];
      const guarded = await guardedFunctions(db, routine, search, search.staff);
      return (
        (search.uses.calls(routine.name) ? undefined : await hold(server, used, [{ server: 'may' }])) ??
        (await hold([...guarded, ...functionFixes(routine, question)], used, [{}, { must }, { must: () => false }])) ??
        // The page that calls it stops; where that is, is told with it.
        (await hold(server, used, [{ server: 'may' }]))
      );
    }
    case 'sign-up-metadata': {
      if (!routine) return undefined;
      const keys = alike.flatMap(({ column }) => column ?? []);
      const fix = await hold(await signUpFixes(db, routine, keys), await worksFor(db, [plainSignUp(search)]));
      const places = search.uses.metadataAt(keys);
      return fix && { ...fix, invites: { keys, places } };
    }
    case 'first-user':
      return undefined;
  }
}

const worksFor = async (db: Queryable, attempts: readonly Attempt[]): Promise<Tried[]> =>
  (await tryAll(db, attempts)).filter(({ outcome }) => outcome === 'got');

/** Whoever runs the app gives the owner that role. */
function adminChanges(relation: Relation, { column: name, value }: Gained, { worlds }: PowerSearch): Attempt[] {
  const row = worlds.row(relation, 'owner');
  const as = callersOf(worlds).get('admin');
  const column = relation.columns.find((one) => one.name === name);
  if (!row || !as || !column || value === undefined) return [];
  const way = changeWay(relation, row, column, `${quote(value)}::${column.type}`);
  return [{ object: relation.id, verb: 'update', variant: 'take', who: 'admin', as, ways: [way] }];
}

/** Somebody signs up as the form has it. */
function plainSignUp({ worlds, catalog }: PowerSearch): Attempt {
  const { mark } = worlds.people.account('newcomer');
  const account = { id: uuidWith(mark), email: `plain@${mark}.example` };
  const metadata = harmlessMetadata(['full_name', 'name', ...metadataKeys(catalog)], mark);
  const proof = { sql: `SELECT 1 FROM auth.users WHERE id = ${quote(account.id)}`, worked: (rows: readonly string[]) => rows.length > 0 };
  return {
    object: 'auth.users',
    verb: 'insert',
    who: 'owner',
    as: authServer,
    ways: [{ step: { sql: signUpSql(account, metadata) }, proof }],
  };
}

/** Nobody writes the column from the browser; else only whoever runs the app does, or only the server. */
function ownColumnFixes(relation: Relation, column: string, all: ReadonlySet<string>, { worlds, staff, uses }: PowerSearch): string[][] {
  const granted = relation.grants.authenticated.UPDATE;
  const { ownership } = worlds;
  // Whose a row is, is for nobody to change.
  const fixed = (name: string): boolean =>
    all.has(name) ||
    relation.key.includes(name) ||
    ownership.isTenantColumn(relation, name) ||
    ownership.accountColumn(relation, name) === 'owner';
  const others = relation.columns
    .filter(({ name, generated }) => !fixed(name) && !generated && (granted === 'all' || granted.includes(name)))
    .map(({ name }) => identifier(name));
  const grant = others.length > 0 ? [`GRANT UPDATE (${others.join(', ')}) ON ${relation.sql} TO authenticated`] : [];
  // PostgREST's upsert writes every column that is sent, the key as well.
  const upserted = uses.inserts(relation.name).some(({ upsert }) => upsert);
  const changed = `NEW.${identifier(column)} IS DISTINCT FROM OLD.${identifier(column)}`;
  return [
    ...(upserted ? [] : [[noUpdates(relation), ...grant]]),
    ...[...staff, undefined].map((admin) => keeper(relation, `keep_${relation.name}_${column}`, 'UPDATE', changed, admin)),
  ];
}

const noUpdates = ({ sql }: Relation): string => `REVOKE UPDATE ON ${sql} FROM anon, authenticated`;

/** Nobody adds rows from the browser. */
function noInserts(relation: Relation): string[][] {
  const insert = relation.policies.filter(({ permissive, command }) => permissive && command === 'insert');
  return [
    ...(insert.length > 0 ? [insert.map(({ name }) => `DROP POLICY IF EXISTS ${identifier(name)} ON ${relation.sql}`)] : []),
    [`REVOKE INSERT ON ${relation.sql} FROM anon, authenticated`],
  ];
}

/** A row of one's own holds no more than everybody gets, and says nothing of other organisations. */
function selfInsertFixes(relation: Relation, { decides = [] }: Gained, search: PowerSearch): string[][] {
  const own = search.worlds.row(relation, 'owner');
  const named = (kind: 'role' | 'tenant'): string[] => decides.flatMap(({ column, is }) => (is === kind ? [column] : []));
  const roles = named('role').flatMap((name) => {
    const column = relation.columns.find((one) => one.name === name);
    const powers = column ? labelsOf(relation, column).filter((label) => powerOf(label) > 0) : [];
    if (powers.length > 0) return [`NEW.${identifier(name)}::text IN (${powers.map(quote).join(', ')})`];
    const plain = column?.fallback ?? own?.values.get(name);
    return plain === undefined ? [] : [`NEW.${identifier(name)} IS DISTINCT FROM ${plain}`];
  });
  const tenants = named('tenant').flatMap((name) =>
    // Whoever belongs to none yet says nothing of one.
    tenantTests(`NEW.${identifier(name)}`, search).map(({ sql, helper }) => ({
      helper,
      sql: `(NEW.${identifier(name)} IS NOT NULL AND (${sql}) IS NOT TRUE)`,
    })),
  );
  const checks: { readonly sql: string; readonly helper: readonly string[] }[] = [
    ...(roles.length > 0 ? tenants.map(({ sql, helper }) => ({ helper, sql: [...roles, sql].join(' OR ') })) : []),
    ...(roles.length > 0 ? [{ helper: [], sql: roles.join(' OR ') }] : []),
    ...tenants,
  ];
  return checks.flatMap(({ sql, helper }) =>
    [undefined, ...search.staff].map((admin) => [...helper, ...keeper(relation, `keep_new_${relation.name}`, 'INSERT', sql, admin)]),
  );
}

/** A trigger that stops a change made from the browser; functions with the rights of their owner, and the server, are not asked. */
function keeper(relation: Relation, name: string, event: 'INSERT' | 'UPDATE', when: string, admin: string | undefined): string[] {
  const called = identifier(fitting(name));
  // Last of those that run before: another one may still change the row.
  const trigger = identifier(fitting(`zz_${name}`));
  const may = admin === undefined ? '' : ` AND (${admin}) IS NOT TRUE`;
  const body = `BEGIN IF (${when}) AND current_user IN ('anon', 'authenticated')${may} THEN RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501'; END IF; RETURN NEW; END`;
  return [
    `CREATE OR REPLACE FUNCTION public.${called}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, extensions AS ${quote(body)}`,
    `CREATE OR REPLACE TRIGGER ${trigger} BEFORE ${event} ON ${relation.sql} FOR EACH ROW EXECUTE FUNCTION public.${called}()`,
  ];
}

/** What only the server can set is asked instead of what the form can say; else nothing is. */
async function signUpFixes(db: Queryable, routine: Routine, keys: readonly string[]): Promise<string[][]> {
  const definition = await definitionOfFunction(db, routine);
  const named = `(?:${keys.map(escaped).join('|')})`;
  const direct = new RegExp(`\\braw_user_meta_data(\\s*->>?\\s*'${named}')`, 'gi');
  const byName = new RegExp(`\\b[\\w.]+\\s*->>\\s*'${named}'`, 'gi');
  return [definition.replace(direct, 'raw_app_meta_data$1'), definition.replace(byName, 'NULL::text')]
    .filter((text) => text !== definition)
    .map((text) => [text]);
}
