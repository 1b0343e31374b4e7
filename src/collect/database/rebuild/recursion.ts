import type { Node } from 'libpg-query';
import { relationName } from '../../source/database/sql/nodes.ts';
import { quoted } from '../sandbox/quoted.ts';
import type { Session } from './session.ts';

/** SQLSTATE of policies that ask one another without end. */
export const endless = '42P17';

/**
 * Takes back a policy that was added out of its order and makes its table ask itself without end: with it nobody could have used the app, so it is not in
 * the running database. True when it was taken back.
 */
export async function takeBackEndless(session: Session, node: Node | undefined, sql: string): Promise<boolean> {
  if (!node || !('CreatePolicyStmt' in node)) return false;
  const { schema = 'public', name } = relationName(node.CreatePolicyStmt.table);
  const table = `${quoted(schema)}.${quoted(name)}`;
  if (!(await isEndless(session, table))) return false;
  await session.run(`DROP POLICY ${quoted(node.CreatePolicyStmt.policy_name ?? '')} ON ${table}`);
  if (!(await isEndless(session, table))) return true;
  await session.run(sql);
  return false;
}

/** Asks PostgreSQL to plan what an account would ask of the table, which is where it finds such circles. */
async function isEndless(session: Session, table: string): Promise<boolean> {
  let found = false;
  for (const question of [`SELECT 1 FROM ${table}`, `DELETE FROM ${table}`])
    try {
      await session.run(`BEGIN; SET LOCAL ROLE authenticated; EXPLAIN ${question}`);
    } catch (error) {
      found ||= (error as { code?: string }).code === endless;
    } finally {
      await session.run('ROLLBACK').catch(() => {});
    }
  return found;
}
