import type { LiveCatalog, LivePolicy, Relation, Routine } from '../../live/catalog.ts';
import { identifier, quote } from '../../world/literal.ts';
import type { Worlds } from '../../world/world.ts';
import type { LiveBucket } from '../storage.ts';
import { adminTests, tenantTests } from './tables.ts';
import type { Question } from './trial.ts';

const onlyVisitors = ({ leaks }: Pick<Question, 'leaks'>): boolean => leaks.every(({ attempt }) => attempt.who === 'anon');

/** Corrections of a view: with the rights of the caller, the policies of its tables count; else it is taken from those who must not read it. */
export function viewFixes(view: Relation, question: Question): string[][] {
  const revoke = (from: string): string[] => [`REVOKE ALL ON ${view.sql} FROM ${from}`];
  return [
    ...(view.kind === 'view' ? [[`ALTER VIEW ${view.sql} SET (security_invoker = on)`]] : []),
    ...(onlyVisitors(question) ? [revoke('PUBLIC, anon')] : []),
    revoke('PUBLIC, anon, authenticated'),
  ];
}

/**
 * Corrections of a function: taken from visitors, made to run with the rights of its caller, or taken from the browser altogether, the last only
 * where the code of the app is known not to call it.
 */
export function functionFixes(routine: Routine, question: Question, called: boolean): string[][] {
  const signature = `${routine.sql}(${routine.arguments.map(({ type }) => type).join(', ')})`;
  const others = routine.callers.includes('authenticated') ? 'authenticated, service_role' : 'service_role';
  return [
    ...(onlyVisitors(question)
      ? [[`REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC, anon`, `GRANT EXECUTE ON FUNCTION ${signature} TO ${others}`]]
      : []),
    ...(routine.definer ? [[`ALTER FUNCTION ${signature} SECURITY INVOKER`]] : []),
    ...(called
      ? []
      : [
          [
            `REVOKE EXECUTE ON FUNCTION ${signature} FROM PUBLIC, anon, authenticated`,
            `GRANT EXECUTE ON FUNCTION ${signature} TO service_role`,
          ],
        ]),
  ];
}

/** Corrections of a bucket: private, so that its policies count; without the policies that let outsiders in; or with folders of their own. */
export function bucketFixes(bucket: LiveBucket, { leaks, kept, culprits }: Question, catalog: LiveCatalog, worlds: Worlds): string[][] {
  const close = bucket.public ? [`UPDATE storage.buckets SET public = false WHERE id = ${quote(bucket.id)}`] : [];
  const drop = culprits.map(({ name }) => `DROP POLICY ${identifier(name)} ON storage.objects`);
  const wanted =
    culprits.length === 0
      ? []
      : commandsOf(
          culprits,
          [...leaks, ...kept].map(({ attempt }) => attempt.verb),
        );
  const here = `bucket_id = ${quote(bucket.id)}`;
  const folder = '(storage.foldername(name))[1]';
  const tenant = tenantTests(folder, catalog, worlds).flatMap(({ sql, helper }) => {
    const asText = sql.replace(/ IN \(SELECT ([\w.]+\(\))\)$/, ' IN (SELECT t::text FROM $1 t)').replace(/ = ([\w.]+\(\))$/, ' = $1::text');
    return asText === sql ? [] : [{ sql: asText, helper }];
  });
  const plain = [...tenant, { sql: `${folder} = (SELECT auth.uid())::text`, helper: [] as string[] }];
  const owners = [
    ...plain,
    ...plain.flatMap(({ sql, helper }) => adminTests(catalog).map((admin) => ({ sql: `(${sql} OR ${admin})`, helper }))),
  ];
  return [
    ...(close.length > 0 ? [close] : []),
    ...(drop.length > 0 ? [[...close, ...drop]] : []),
    ...(wanted.length > 0
      ? owners.map(({ sql, helper }) => [
          ...helper,
          ...close,
          ...drop,
          ...wanted.map((command) => policy(bucket.id, command, `${here} AND ${sql}`)),
        ])
      : []),
  ];
}

type Command = 'select' | 'insert' | 'update' | 'delete';
const commandOf: Readonly<Record<string, Command>> = { download: 'select', upload: 'insert', update: 'update', delete: 'delete' };

const commandsOf = (culprits: readonly LivePolicy[], verbs: readonly string[]): Command[] =>
  [...new Set(verbs.flatMap((verb) => commandOf[verb] ?? []))].filter((command) =>
    culprits.some((culprit) => culprit.command === command || culprit.command === 'all'),
  );

function policy(bucket: string, command: Command, condition: string): string {
  const using = command === 'insert' ? '' : ` USING (${condition})`;
  const check = command === 'insert' || command === 'update' ? ` WITH CHECK (${condition})` : '';
  return `CREATE POLICY ${identifier(`${bucket} own folder ${command}`)} ON storage.objects FOR ${command.toUpperCase()} TO authenticated${using}${check}`;
}
