import type { Table } from '../../../evidence/database.ts';
import type { CellVerb, PersonaName } from '../../../evidence/isolation.ts';
import { isBillingColumn, isRoleColumn } from '../../source/database/facts/words.ts';
import type { LiveCatalog, LiveColumn, Queryable, Relation, Routine } from '../live/catalog.ts';
import { labelsOf, powerOf, roleAt, roleWords } from '../world/labels.ts';
import { identifier, quote } from '../world/literal.ts';
import { signedIn, uuidWith } from '../world/people.ts';
import type { Row } from '../world/rows.ts';
import { harmlessMetadata, metadataKeys, signUpSql } from '../world/sign-up.ts';
import { keyOf, type Worlds } from '../world/world.ts';
import type { Tried } from './attempt.ts';
import { asksForSecret } from './functions.ts';
import { type Caller, runTries, type Step, type StepResult } from './run.ts';
import { changeWay, selectWay } from './tables.ts';

/** A way to more power that worked. */
export interface Gained {
  readonly kind: 'sign-up-metadata' | 'own-column' | 'self-insert' | 'function' | 'first-user';
  readonly who: PersonaName;
  readonly what: string;
  readonly relation?: Relation;
  readonly routine?: Routine;
  readonly column?: string;
  readonly value?: string;
  readonly sql: string;
  readonly unlocks: readonly { readonly object: string; readonly verbs: readonly CellVerb[] }[];
}

/** What is needed to look for them. */
export interface Scene {
  readonly db: Queryable;
  readonly catalog: LiveCatalog;
  readonly worlds: Worlds;
  readonly hints: ReadonlyMap<string, Table>;
  /** What an account alone reaches already: that is no gain. */
  readonly tried: readonly Tried[];
  readonly signal?: AbortSignal;
}

/** Looks for ways by which an ordinary account gains power, and follows each to what it unlocks. */
export async function escalations(scene: Scene): Promise<Gained[]> {
  const attacks = [...ownColumns(scene), ...selfInserts(scene), ...functionCalls(scene), ...signUps(scene)];
  const doors = doorsOf(scene);
  const results = await runTries(
    scene.db,
    attacks.map(({ steps, as }) => [...steps, ...doors.map(({ step }) => ({ ...step, as }))]),
    scene.signal,
  );
  const found: Gained[] = [];
  for (const [index, attack] of attacks.entries()) {
    const all = results[index] ?? [];
    const own = all.slice(0, attack.steps.length);
    if (own.some((result) => !result.ok) || !attack.worked(own)) continue;
    const opened = doors.filter((door, nth) => hasRows(all[attack.steps.length + nth]) && !door.open.has(attack.baseline));
    const unlocks = opened.map(({ relation }) => ({ object: relation.id, verbs: ['select' as const] }));
    if (attack.onlyIfOpens && unlocks.length === 0) continue;
    found.push({ ...attack.gained, unlocks });
  }
  return [...dedupe(found), ...firstUser(scene)];
}

interface Attack {
  readonly gained: Omit<Gained, 'unlocks'>;
  readonly steps: readonly Step[];
  readonly as: Caller;
  /** Whose reach it is compared with. */
  readonly baseline: PersonaName;
  readonly worked: (results: readonly StepResult[]) => boolean;
  /** Changes that mean nothing by themselves. */
  readonly onlyIfOpens?: boolean;
}

interface Door {
  readonly relation: Relation;
  readonly step: Step;
  /** Who gets through it anyway. */
  readonly open: ReadonlySet<PersonaName>;
}

const hasRows = (result: StepResult | undefined): boolean => result?.ok === true && result.rows.length > 0;

/** The owner's rows, one a table. */
function doorsOf({ catalog, worlds, tried }: Scene): Door[] {
  return catalog.relations.flatMap((relation) => {
    const row =
      relation.kind === 'table' && relation.schema !== 'storage' && worlds.ownership.belonging(relation)
        ? worlds.row(relation, 'owner')
        : undefined;
    if (!row) return [];
    const got = tried
      .filter(({ attempt, outcome }) => outcome === 'got' && attempt.object === relation.id && attempt.verb === 'select')
      .map(({ attempt }) => attempt.who);
    return [{ relation, step: selectWay(relation, row, 'authenticated').step, open: new Set(got) }];
  });
}

/** Rows in tables about people that somebody has: by signing up, else those we gave him. */
function rowsOf({ worlds }: Scene, who: 'newcomer' | 'stranger'): Row[] {
  if (who === 'stranger')
    return worlds.planner.rows.filter(
      ({ holder, state, relation }) =>
        holder.name === who && state !== 'failed' && (worlds.ownership.persons.has(relation.id) || worlds.ownership.roots.has(relation.id)),
    );
  const holder = worlds.people.account(who);
  return worlds.born.map(({ relation, row }) => ({
    relation,
    holder,
    values: new Map(),
    key: keyOf(relation, row),
    state: 'adopted' as const,
  }));
}

const personal = (scene: Scene): Relation[] => scene.catalog.relations.filter(({ id }) => scene.worlds.ownership.persons.has(id));

type Power = 'role' | 'tenant' | 'billing';

/** What whoever writes the column gains. */
function powerIn({ hints, worlds }: Scene, relation: Relation, column: LiveColumn): Power | undefined {
  const hint = hints.get(relation.id)?.columns.find(({ name }) => name === column.name)?.power?.kind;
  if (hint) return hint;
  if (!worlds.ownership.persons.has(relation.id)) return undefined;
  if (isRoleColumn(column.name)) return 'role';
  if (worlds.ownership.isTenantColumn(relation, column.name)) return 'tenant';
  return isBillingColumn(column.name) ? 'billing' : undefined;
}

/** Values worth having in such a column, as text. */
function prizes(scene: Scene, relation: Relation, column: LiveColumn, power: Power): string[] {
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

const topWords = (catalog: LiveCatalog): string[] =>
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

/** His own row, made more than it was. */
function ownColumns(scene: Scene): Attack[] {
  return (['newcomer', 'stranger'] as const).flatMap((who) => {
    const account = scene.worlds.people.account(who);
    return rowsOf(scene, who).flatMap((row) =>
      row.relation.columns.flatMap((column) => {
        const power = row.relation.key.includes(column.name) ? undefined : powerIn(scene, row.relation, column);
        if (power === undefined || column.generated || column.base === 'array') return [];
        return prizes(scene, row.relation, column, power).map((value): Attack => {
          const way = changeWay(row.relation, row, column, `${quote(value)}::${column.type}`);
          const steps = [...(way.before ?? []), { ...way.step, as: account.caller }, { sql: way.proof!.sql, rows: true }];
          return {
            gained: {
              kind: 'own-column',
              who,
              what: `sets ${row.relation.name}.${column.name} of his own row to ${value}`,
              relation: row.relation,
              column: column.name,
              value,
              sql: way.step.sql,
            },
            steps,
            as: account.caller,
            baseline: who,
            worked: (results) => hasRows(results.at(-1)),
          };
        });
      }),
    );
  });
}

/** A row that says he is a member of the owner's tenant, or holds a role. */
function selfInserts(scene: Scene): Attack[] {
  const { worlds } = scene;
  const me = worlds.people.account('newcomer');
  return personal(scene).flatMap((relation) => {
    const victim = worlds.row(relation, 'tenant-admin') ?? worlds.row(relation, 'owner');
    const account = relation.columns.filter(({ name }) => worlds.ownership.accountColumn(relation, name) !== undefined);
    const power = relation.columns.flatMap((column) => {
      const kind = powerIn(scene, relation, column);
      return kind === 'role' || kind === 'tenant' ? [{ column, kind }] : [];
    });
    if (!victim || account.length === 0 || power.length === 0) return [];
    return [true, false].map((top): Attack => {
      const values = new Map(worlds.planner.values(relation, victim.holder, 61));
      for (const name of relation.key) if (!account.some((one) => one.name === name)) values.delete(name);
      for (const { name, type } of account) values.set(name, `${quote(me.id)}::${type}`);
      for (const { column, kind } of power) {
        const [prize] = kind === 'role' && !top ? [] : prizes(scene, relation, column, kind);
        if (prize !== undefined && column.base !== 'array') values.set(column.name, `${quote(prize)}::${column.type}`);
      }
      for (const { name, type } of relation.columns)
        if (/mail/i.test(name) && values.get(name)?.includes('@')) values.set(name, `${quote(me.email)}::${type}`);
      const said = power.flatMap(({ column }) => {
        const text = /^'((?:[^']|'')*)'/.exec(values.get(column.name) ?? '')?.[1];
        return text === undefined ? [] : [`${column.name} = ${text}`];
      });
      const sql = `INSERT INTO ${relation.sql} (${[...values.keys()].map(identifier).join(', ')}) VALUES (${[...values.values()].join(', ')})`;
      const look = `SELECT 1 FROM ${relation.sql} WHERE ${account.map(({ name, type }) => `${identifier(name)} = ${quote(me.id)}::${type}`).join(' AND ')} AND ${
        power
          .flatMap(({ column }) =>
            values.has(column.name) ? [`${identifier(column.name)}::text IS NOT DISTINCT FROM (${values.get(column.name)})::text`] : [],
          )
          .join(' AND ') || 'true'
      }`;
      return {
        gained: {
          kind: 'self-insert',
          who: 'newcomer',
          what: `adds a row for himself to ${relation.name}${said.length > 0 ? ` with ${said.join(', ')}` : ''}`,
          relation,
          sql,
        },
        steps: [
          { sql: `SELECT 1 / (1 - (SELECT count(*) FROM (${look} LIMIT 1) l))::int`, rows: true },
          { sql, as: me.caller },
          { sql: look, rows: true },
        ],
        as: me.caller,
        baseline: 'newcomer',
        worked: (results) => hasRows(results.at(-1)),
        onlyIfOpens: !power.some(({ kind }) => kind === 'role') || !top,
      };
    });
  });
}

/** Functions that write who may what, called for himself. */
function functionCalls(scene: Scene): Attack[] {
  const { worlds, catalog } = scene;
  const me = worlds.people.account('newcomer');
  const tables = personal(scene);
  return catalog.routines
    .filter(
      (routine) =>
        routine.volatile && routine.callers.includes('authenticated') && !/trigger/.test(routine.returns) && !asksForSecret(routine),
    )
    .filter(({ source }) => /\b(?:insert\s+into|update)\b/i.test(source) && tables.some(({ name }) => source.includes(name)))
    .map((routine): Attack => {
      const list = routine.arguments.flatMap((argument) => {
        const value = argumentFor(argument, scene);
        return value === undefined ? [] : [argument.name === '' ? value : `${identifier(argument.name)} => ${value}`];
      });
      const sql = `SELECT * FROM ${routine.sql}(${list.join(', ')})`;
      return {
        gained: { kind: 'function', who: 'newcomer', what: `calls ${routine.name}`, routine, sql },
        steps: [{ sql, as: me.caller, rows: true }],
        as: me.caller,
        baseline: 'newcomer',
        worked: () => true,
        onlyIfOpens: true,
      };
    });
}

/** For himself, into the owner's tenant, with the highest role. */
function argumentFor(argument: Routine['arguments'][number], scene: Scene): string | undefined {
  const { worlds, catalog } = scene;
  const name = argument.name.toLowerCase();
  const as = (text: string): string => `${quote(text)}::${argument.type}`;
  const me = worlds.people.account('newcomer');
  if (argument.labels?.length)
    return as((/role|type/.test(name) ? roleAt(argument.labels, 'platform', undefined) : argument.labels[0]) ?? '');
  if (argument.base === 'uuid') {
    const root = catalog.relations.find(
      ({ id, name: table }) => worlds.ownership.roots.has(id) && name.includes(table.replace(/s$/, '').slice(0, 4)),
    );
    const key = root && Object.values(worlds.row(root, 'owner')?.key ?? {})[0];
    return as(key !== undefined && !/user|member|profile/.test(name) ? key : me.id);
  }
  if (argument.optional) return undefined;
  if (/^(?:text|varchar|citext)$/.test(argument.base))
    return as(/mail/.test(name) ? me.email : /role/.test(name) ? (topWords(catalog)[0] ?? 'admin') : 'x');
  if (/int|numeric|float/.test(argument.base)) return as('1');
  if (argument.base === 'bool') return as('true');
  if (/^jsonb?$/.test(argument.base)) return as('{}');
  return argument.base === 'array' ? as('{}') : `NULL::${argument.type}`;
}

/** Signing up with more in the form than the form has. */
function signUps(scene: Scene): Attack[] {
  const { catalog, worlds } = scene;
  const keys = metadataKeys(catalog);
  const mark = worlds.people.account('newcomer').mark;
  const plain = harmlessMetadata(['full_name', 'name', ...keys], mark);
  const routine = catalog.routines.find(({ id }) => id === catalog.signUpTriggers[0]?.routine);
  const tables = [
    ...new Map([...personal(scene), ...worlds.born.map(({ relation }) => relation)].map((relation) => [relation.id, relation])).values(),
  ];
  return keys
    .filter((key) => plain[key] === undefined)
    .flatMap((key) => wishes(key, scene).map((value) => ({ key, value })))
    .map(({ key, value }): Attack => {
      const id = uuidWith(mark);
      const email = `wish.${id.slice(9, 13)}@${mark}.example`;
      const metadata = { ...plain, [key]: value };
      const caller = signedIn(id, email, metadata);
      const sql = signUpSql({ id, email }, metadata);
      const looks = tables.map((relation): Step => ({
        sql: `SELECT '${relation.id}' FROM ${relation.sql} t WHERE strpos(t::text, ${quote(id)}) > 0 AND EXISTS (SELECT 1 FROM jsonb_each_text(to_jsonb(t)) c WHERE c.value = ${quote(value)} AND c.key NOT LIKE '%meta%')`,
        rows: true,
      }));
      return {
        gained: {
          kind: 'sign-up-metadata',
          who: 'newcomer',
          what: `signs up with ${key} = ${value} in the metadata of his account`,
          ...(routine && { routine }),
          column: key,
          value,
          sql: `supabase.auth.signUp({ email, password, options: { data: { ${JSON.stringify(key)}: ${JSON.stringify(value)} } } })`,
        },
        steps: [{ sql }, ...looks],
        as: caller,
        baseline: 'newcomer',
        worked: (results) => results.slice(1).some(hasRows),
        onlyIfOpens: powerOf(value) <= 0 && !/^[0-9a-f]{8}-/.test(value),
      };
    });
}

/** Values somebody would like to have under a key of the metadata. */
function wishes(key: string, scene: Scene): string[] {
  const { catalog, worlds } = scene;
  if (/(?:^|_)ids?$|Id$|uuid/.test(key)) {
    const roots = catalog.relations.filter(({ id }) => worlds.ownership.roots.has(id));
    return roots.flatMap((root) => Object.values(worlds.row(root, 'owner')?.key ?? {})).slice(0, 2);
  }
  const columns = personal(scene).flatMap((relation) =>
    relation.columns.filter(({ name }) => isRoleColumn(name)).map((column) => ({ relation, column })),
  );
  const labels = columns.flatMap(({ relation, column }) => labelsOf(relation, column));
  const wanted = [...new Set([...labels, ...topWords(catalog)])]
    .filter((label) => powerOf(label) > 0)
    .toSorted((a, b) => powerOf(b) - powerOf(a));
  return [...wanted.slice(0, 5), ...(/admin|is_/i.test(key) ? ['true'] : [])];
}

/** The first account is made an administrator: whoever finds the empty app first. */
function firstUser({ worlds }: Scene): Gained[] {
  return worlds.firstUser
    .filter(({ relation, column, value }) => worlds.ownership.persons.has(relation.id) && isRoleColumn(column) && powerOf(value) >= 3)
    .map(({ relation, column, value }) => ({
      kind: 'first-user' as const,
      who: 'newcomer' as const,
      what: `signs up first and gets ${relation.name}.${column} = ${value}`,
      relation,
      column,
      value,
      sql: 'supabase.auth.signUp({ email, password })',
      unlocks: [],
    }));
}

/** One attack, one way: the same hole reached by a newcomer counts, that of somebody with rows does not add to it. */
function dedupe(found: readonly Gained[]): Gained[] {
  const best = new Map<string, Gained>();
  for (const one of found) {
    const name = [one.kind, one.relation?.id ?? one.routine?.id, one.column].join('\u0000');
    const known = best.get(name);
    if (
      !known ||
      known.unlocks.length < one.unlocks.length ||
      (known.who !== 'newcomer' && one.who === 'newcomer' && known.unlocks.length <= one.unlocks.length)
    )
      best.set(name, one);
  }
  return [...best.values()];
}
