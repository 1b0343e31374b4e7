import type { Table } from '../../evidence/database.ts';
import type { Cell, ProvedObject } from '../../evidence/isolation.ts';
import { type Proof, type ProofInput, prove } from './prove.ts';
import { rebuild } from './rebuild/rebuild.ts';
import { restarting } from './sandbox/restarting.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** The proof of a small schema, with short ways to ask for what came of a try. For tests. */
export interface Sample extends Proof {
  object(name: string): ProvedObject;
  /** Outcome of what somebody tried, e.g. `cell('notes', 'select', 'stranger')`. */
  cell(name: string, verb: Cell['verb'], who: Cell['who'], variant?: Cell['variant']): Cell | undefined;
}

/** Rebuilds `sql` as a Supabase project's only migration and tries everything. Throws where a statement of it cannot be applied. */
export async function proved(
  sandbox: Sandbox,
  sql: string,
  { tables = [], ...told }: Pick<ProofInput, 'scrub' | 'uses'> & { readonly tables?: readonly Table[] } = {},
): Promise<Sample> {
  const rebuilt = await rebuild(sandbox, { files: [{ path: 'supabase/migrations/1.sql', text: sql }], supabase: true, grants: 'default' });
  const [failure] = rebuilt.record.failures;
  if (failure) throw new Error(`${failure.sql}: ${failure.reason}`);
  const db = await restarting(sandbox, rebuilt.name, rebuilt.db);
  try {
    const model = { tables, views: [], functions: [], buckets: [], storagePolicies: [], signupTriggers: [] };
    const proof = await prove({
      db,
      schemas: ['public'],
      model,
      failures: [],
      reconstructed: [],
      ...told,
    });
    const object = (name: string): ProvedObject => {
      const found = proof.objects.find((one) => one.name === name);
      if (!found) throw new Error(`nothing is called ${name}: ${proof.objects.map((one) => one.name).join(', ')}`);
      return found;
    };
    const cell: Sample['cell'] = (name, verb, who, variant) =>
      object(name).cells.find((one) => one.verb === verb && one.who === who && (variant === undefined || one.variant === variant));
    return { ...proof, object, cell };
  } finally {
    await db.close();
    await sandbox.drop(rebuilt.name);
  }
}

/** A table that works as it should: whatever else is in the database must not change what is said of it. */
export const soundSql = `
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users (id), body text NOT NULL);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own notes" ON notes TO authenticated USING (user_id = auth.uid()) WITH CHECK (user_id = auth.uid());
`;

/** The outcomes of `soundSql`'s table, as text: `select owner got`. */
export const soundOutcomes = (sample: Sample): string[] =>
  sample.object('notes').cells.map(({ verb, variant, who, outcome }) => [verb, variant, who, outcome].filter(Boolean).join(' '));
