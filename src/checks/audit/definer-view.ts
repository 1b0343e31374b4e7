import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { andList } from '../../core/wording.ts';
import { accessName, suspicion } from '../../evidence/access-names.ts';
import { databaseModel, type DatabaseModel, type Table, type View } from '../../evidence/database.ts';
import { maybeGone, reachesAll, subjectOf } from '../../evidence/database-questions.ts';
import { sampleDatabase, sampleTable, sampleView } from '../../evidence/database-samples.ts';

/** Private tables behind the view that the role could not read by itself. */
function hidden(view: View, database: DatabaseModel, role: 'anon' | 'authenticated'): string[] {
  return view.reads.filter((base) => {
    if (base.startsWith('auth.')) return true;
    const table = database.tables.find((one: Table) => one.database === view.database && `${one.schema}.${one.name}` === base);
    return (
      table !== undefined &&
      ['private', 'log', 'intake'].includes(table.nature.kind) &&
      table.rls !== 'off' &&
      !reachesAll(table.access[role].select.rows)
    );
  });
}

/** Somebody listed the columns of a view for the public. */
const meant = (view: View): boolean => /(?:^|_)public(?:_|$)/i.test(view.name) && !view.columns.includes('*');

function severityOf(view: View, role: 'anon' | 'authenticated'): Severity {
  if (meant(view)) return 'low';
  if (view.holds.length === 0) return 'medium';
  return role === 'anon' ? 'blocker' : 'high';
}

function judge(view: View, database: DatabaseModel): Observation {
  const about = { subject: subjectOf('view', view), place: { ...view.place, name: view.name } };
  const roles = (['anon', 'authenticated'] as const).filter((role) => view.grantedTo.includes(role));
  if (view.securityInvoker)
    return { ...about, outcome: 'pass', message: `${view.name} shows each caller only what row-level security lets him see.` };
  if (roles.length === 0) return { ...about, outcome: 'pass', message: `${view.name} is not granted to the browser's roles.` };
  if (view.restricted || view.aggregated)
    return {
      ...about,
      outcome: 'pass',
      message: view.restricted ? `${view.name} asks who is calling in its own query.` : `${view.name} shows totals only.`,
    };
  for (const role of roles) {
    const bases = hidden(view, database, role);
    if (bases.length === 0) continue;
    const severity = severityOf(view, role);
    if (view.uncertain !== undefined) return { ...about, outcome: 'unknown', severity, ...maybeGone(view.name, view.uncertain) };
    return {
      ...about,
      outcome: 'fail',
      severity,
      message: `${role === 'anon' ? 'Anybody on the internet' : 'Everybody with an account'} can read ${view.name}, ${view.materialized ? 'a materialized view, which row-level security does not cover' : "a view that runs with its owner's rights"}: it shows rows of ${andList(bases.map((base) => base.replace(/^public\./, '')))} that their policies would hide.`,
      proof: [{ kind: 'code', place: view.place, text: view.sql }],
      suspects: [suspicion(accessName({ ...view, kind: 'view' }, 'select', role), true)],
      fix: view.materialized
        ? `revoke select on ${view.schema}.${view.name} from anon, authenticated;`
        : `alter view ${view.schema}.${view.name} set (security_invoker = on);`,
    };
  }
  return { ...about, outcome: 'pass', message: `${view.name} shows nothing that its readers could not read anyway.` };
}

export const definerView = defineCheck({
  id: 'audit/definer-view',
  severity: 'high',
  covers: ['MT-views-invoker', 'S1-F', 'S1-C3', 'MB-2', 'FC-2'],
  doc: {
    title: 'A view shows rows that row-level security would hide',
    why: "A view reads its tables with the rights of whoever made it, so the tables' policies do not apply. Through the API it shows every customer's rows.",
    fix: 'Set the view to the rights of its reader: alter view my_view set (security_invoker = on);',
    effort: 'minutes',
    references: ['https://supabase.com/docs/guides/database/postgres/row-level-security#views'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [{ name: 'a view over invoices', given: { database: sampleDatabase({ tables: [sampleTable()], views: [sampleView()] }) } }],
    passes: [
      {
        name: 'security_invoker is on',
        given: { database: sampleDatabase({ tables: [sampleTable()], views: [sampleView({ securityInvoker: true })] }) },
      },
      {
        name: 'the query asks for auth.uid()',
        given: { database: sampleDatabase({ tables: [sampleTable()], views: [sampleView({ restricted: true })] }) },
      },
    ],
  },
  *evaluate({ database }) {
    for (const view of database.views) if (view.exposed) yield judge(view, database);
  },
});
