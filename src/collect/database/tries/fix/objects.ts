import type { Queryable, Relation, Routine } from '../../live/catalog.ts';
import { directConditions } from './conditions.ts';
import type { Ground } from './ground.ts';
import { signatureOf } from './guards.ts';
import type { Question } from './trial.ts';

const onlyVisitors = ({ leaks }: Pick<Question, 'leaks'>): boolean => leaks.every(({ attempt }) => attempt.who === 'anon');

/** Corrections of a view: with the rights of the caller, the policies of its tables count; else it is taken from visitors. */
export function viewFixes(view: Relation, question: Question): string[][] {
  return [
    ...(view.kind === 'view' ? [[`ALTER VIEW ${view.sql} SET (security_invoker = on)`]] : []),
    ...(onlyVisitors(question) ? [[`REVOKE ALL ON ${view.sql} FROM PUBLIC, anon`]] : []),
  ];
}

/** Only the server reads it afterwards. */
export const viewForServer = (view: Relation): string[] => [
  `REVOKE ALL ON ${view.sql} FROM PUBLIC, anon, authenticated`,
  `GRANT SELECT ON ${view.sql} TO service_role`,
];

export interface Definition {
  readonly text: string;
  /** Its settings, e.g. `security_invoker=on`. */
  readonly options: readonly string[];
}

/** What a view selects, and how. */
export async function definitionOf(db: Queryable, view: Relation): Promise<Definition> {
  const [row] = await db.query<{ text: string | null; options: string[] | null }>(
    'SELECT pg_catalog.pg_get_viewdef(oid) AS text, reloptions AS options FROM pg_catalog.pg_class WHERE oid = $1::pg_catalog.regclass',
    [view.sql],
  );
  return { text: row?.text?.trim().replace(/;$/, '') ?? '', options: row?.options ?? [] };
}

/** The same view with the condition that a row is the caller's, or that he runs the app. */
export function narrowedViews(view: Relation, { text, options }: Definition, ground: Ground, staff: readonly string[]): string[][] {
  if (view.kind !== 'view' || text === '') return [];
  const kept = [...options.filter((option) => !option.startsWith('security_barrier')), 'security_barrier=on'].join(', ');
  const own = directConditions(view, 'whole.', ground);
  const all = [
    ...own,
    ...own.flatMap(({ sql, helper }) => staff.map((admin) => ({ helper, sql: `${sql} OR ${admin}` }))),
    ...staff.map((sql) => ({ sql, helper: [] })),
  ];
  return all.map(({ sql, helper }) => [
    ...helper,
    `CREATE OR REPLACE VIEW ${view.sql} WITH (${kept}) AS SELECT whole.* FROM (${text}) whole WHERE ${sql}`,
  ]);
}

/** Corrections of a function: taken from visitors, or made to run with the rights of its caller. */
export function functionFixes(routine: Routine, question: Question): string[][] {
  const signature = signatureOf(routine);
  const others = routine.callers.includes('authenticated') ? 'authenticated, service_role' : 'service_role';
  return [
    ...(onlyVisitors(question)
      ? [[`REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC, anon`, `GRANT EXECUTE ON FUNCTION ${signature} TO ${others}`]]
      : []),
    ...(routine.definer ? [[`ALTER FUNCTION ${signature} SECURITY INVOKER`]] : []),
  ];
}

/** Only the server calls it afterwards. */
export const functionForServer = (routine: Routine): string[] => [
  `REVOKE EXECUTE ON FUNCTION ${signatureOf(routine)} FROM PUBLIC, anon, authenticated`,
  `GRANT EXECUTE ON FUNCTION ${signatureOf(routine)} TO service_role`,
];
