import { isRoleColumn } from '../../../source/database/facts/words.ts';
import { labelsOf, powerOf } from '../../world/labels.ts';
import { quote } from '../../world/literal.ts';
import { authServer, signedIn, uuidWith } from '../../world/people.ts';
import { harmlessMetadata, metadataKeys, signUpSql } from '../../world/sign-up.ts';
import type { Attack, Gained, Scene } from './attack.ts';
import { personal, topWords } from './prizes.ts';

/** Signing up with more in the form than the form has. */
export function signUps(scene: Scene): Attack[] {
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
      const looks = tables.map(
        (relation) =>
          `SELECT ${quote(relation.id)} FROM ${relation.sql} launch_ready_row WHERE strpos(launch_ready_row::text, ${quote(id)}) > 0 AND EXISTS (SELECT 1 FROM jsonb_each_text(to_jsonb(launch_ready_row)) c WHERE c.value = ${quote(value)} AND c.key NOT LIKE '%meta%')`,
      );
      return {
        gained: {
          kind: 'sign-up-metadata',
          who: 'newcomer',
          what: `asks for ${isId(value) ? `the owner's organisation as ${key}` : `${key} = ${value}`} in the metadata of his sign-up`,
          ...(routine && { routine }),
          column: key,
          value,
          sql: `supabase.auth.signUp({ email, password, options: { data: { ${JSON.stringify(key)}: ${JSON.stringify(value)} } } })`,
        },
        way: {
          step: { sql },
          proof: { sql: looks.join(' UNION ALL ') || 'SELECT 1 WHERE false', worked: (rows) => rows.length > 0 },
        },
        as: authServer,
        enters: caller,
        baseline: 'newcomer',
        onlyIfOpens: powerOf(value) <= 0 && !isId(value),
      };
    });
}

const isId = (value: string): boolean => /^[0-9a-f]{8}-/.test(value);

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
export function firstUser({ worlds }: Scene): Gained[] {
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
      again: [],
    }));
}
