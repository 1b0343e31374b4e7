import { defineCheck } from '../../core/check.ts';
import type { Observation, Suspicion } from '../../core/finding.ts';
import { atLeast, type Severity } from '../../core/stage.ts';
import { andList } from '../../core/wording.ts';
import { accessName, type Caller, suspicion } from '../../evidence/access-names.ts';
import {
  type DatabaseFunction,
  databaseModel,
  type DatabaseModel,
  type FunctionEffect,
  type Rows,
  type Table,
} from '../../evidence/database.ts';
import { isCosmetic, maybeGone, subjectOf } from '../../evidence/database-questions.ts';
import { sampleDatabase, sampleFunction, sampleTable } from '../../evidence/database-samples.ts';

const open = (rows: Rows): boolean => ['all', 'self-declared', 'condition', 'flagged'].includes(rows);
/** Whoever knows such a value was given it. */
const capability = /token|code|secret|hash|slug|otp|(?:^|_)key$|signature|invite/i;
const plainType =
  /^(?:boolean|integer|bigint|numeric|text|uuid|character varying|date|double precision|real|smallint|interval|inet)(?:\[\])?$/i;

/** Whether the result carries rows; a single value or a list of ids gives little away. */
function carriesRows(routine: DatabaseFunction, database: DatabaseModel): boolean {
  const returns = routine.returns.replace(/^setof /, '');
  if (plainType.test(returns) || returns === 'void') return false;
  const columns = /^table\((.*)\)$/.exec(returns)?.[1];
  if (columns !== undefined)
    return !columns.split(', ').every((column) => /(?:^|_)(?:id|ids|role|count|total|exists|status)$/.test(column));
  if (/json|record/.test(returns)) return true;
  return database.tables.some((table) => table.name === returns.replace(/\[\]$/, ''));
}

interface Danger {
  readonly effect: FunctionEffect;
  readonly severity: Severity;
}

type Target = Pick<Table, 'nature' | 'holds' | 'columns' | 'tenancy'> | undefined;

function weigh(routine: DatabaseFunction, effect: FunctionEffect, database: DatabaseModel, who: Caller): Severity | undefined {
  if (effect.verb === 'execute') return 'blocker';
  if (effect.lookups.some((column) => capability.test(column))) return undefined;
  const table = database.tables.find((one) => one.database === routine.database && `${one.schema}.${one.name}` === effect.table);
  const system = effect.table.startsWith('auth.');
  if (effect.verb !== 'select')
    return routine.arguments.length === 0 ? weighUpkeep(table) : weighWrite(routine, effect, table, system, who);
  // Its own policies show every row as it is; that is told by the checks of row-level security.
  if (table?.exposed && table.access[who].select.rows === 'all') return undefined;
  if (!(system || table?.nature.kind === 'private') || !carriesRows(routine, database)) return undefined;
  return weighRead(routine, effect, who);
}

function weighRead({ shows, grantedTo }: DatabaseFunction, { lookups }: FunctionEffect, who: Caller): Severity | undefined {
  // Somebody meant strangers to call it and nothing personal comes out.
  if (grantedTo.includes('anon') && shows.every((kind) => kind === 'money')) return undefined;
  const personal = shows.some((kind) => kind !== 'money' && kind !== 'location');
  if (lookups.length === 0) return who === 'anon' && personal ? 'blocker' : shows.length > 0 ? 'high' : 'medium';
  // One row at a time, for whoever knows its id.
  if (lookups.every((column) => column === 'id')) return 'medium';
  return personal ? 'high' : 'medium';
}

/** Without arguments the caller can only trigger what the function does anyway. */
const weighUpkeep = (table: Target): Severity | undefined => (table?.nature.kind === 'private' ? 'medium' : undefined);

function weighWrite(
  { grantedTo, effects }: DatabaseFunction,
  effect: FunctionEffect,
  table: Target,
  system: boolean,
  who: Caller,
): Severity | undefined {
  // Whoever has an account may found an organisation of his own; what else the function does for him is weighed by itself.
  if (effect.verb === 'insert' && table?.tenancy?.kind === 'tenant-root' && who === 'authenticated') return undefined;
  if (effect.columns.length > 0 && effect.columns.every((column) => isCosmetic(column))) return 'low';
  // Given to strangers for handing something in: it adds a row, or changes the one that is there already.
  const handedIn =
    effect.verb === 'update' && grantedTo.includes('anon') && effects.some((one) => one.verb === 'insert' && one.table === effect.table);
  const adds = effect.verb === 'insert' || effect.fills === true || handedIn;
  const powerful = table?.columns.some((column) => column.power && column.power.kind !== 'billing' && effect.sets.includes(column.name));
  if (system || powerful) return 'blocker';
  if (table?.nature.kind === 'private') return adds ? 'medium' : 'high';
  return !adds && (table?.nature.kind === 'listing' || table?.nature.kind === 'content') ? 'medium' : undefined;
}

function dangersOf(routine: DatabaseFunction, database: DatabaseModel, who: Caller): Danger[] {
  return routine.effects.flatMap((effect) => {
    if (!open(effect[who])) return [];
    const severity = weigh(routine, effect, database, who);
    return severity === undefined ? [] : [{ effect, severity }];
  });
}

const does: Readonly<Record<FunctionEffect['verb'], string>> = {
  select: 'returns rows of',
  insert: 'adds to',
  update: 'changes',
  delete: 'deletes from',
  execute: 'runs any SQL handed to it',
};

const effectText = ({ verb, table }: FunctionEffect): string =>
  verb === 'execute' ? does.execute : `${does[verb]} ${table.replace(/^public\./, '')}`;

/** Nothing for what no try looks at: any SQL, and accounts. A call that was refused refutes nothing, because one with other values may get through. */
function suspectsOf(
  routine: DatabaseFunction,
  dangers: readonly Danger[],
  who: Caller,
  { functions }: DatabaseModel,
): { readonly suspects?: readonly Suspicion[] } {
  if (dangers.some(({ effect: { verb, table } }) => verb === 'execute' || table.startsWith('auth.'))) return {};
  const alike = functions.filter(
    ({ database, schema, name }) => database === routine.database && schema === routine.schema && name === routine.name,
  );
  const types = routine.arguments.map((argument) => argument.replace(/^\S+ (?=\S)/, ''));
  const name = alike.length > 1 ? `${routine.name}(${types.join(', ')})` : routine.name;
  const families = [...new Set(dangers.map(({ effect }) => (effect.verb === 'select' ? ('read' as const) : ('write' as const))))];
  return { suspects: families.map((family) => suspicion(accessName({ ...routine, kind: 'function', name }, family, who), false)) };
}

function judge(routine: DatabaseFunction, database: DatabaseModel): Observation {
  const about = {
    subject: subjectOf('function', {
      ...routine,
      name: `${routine.name}(${routine.arguments.map((argument) => argument.replace(/^\S+ (?=\S)/, '')).join(', ')})`,
    }),
    place: { ...routine.place, name: `${routine.name}()` },
  };
  const callers = (['anon', 'authenticated'] as const).filter((role) => routine.executableBy.includes(role));
  const [who] = callers;
  if (who === undefined) return { ...about, outcome: 'pass', message: `${routine.name}() cannot be called with the browser's key.` };
  for (const caller of callers) {
    const dangers = dangersOf(routine, database, caller);
    const [first] = dangers;
    if (!first) continue;
    const worst = dangers.reduce((a, b) => (atLeast(a.severity, b.severity) ? a : b), first);
    if (routine.uncertain !== undefined)
      return { ...about, outcome: 'unknown', severity: worst.severity, ...maybeGone(`${routine.name}()`, routine.uncertain) };
    // Limited for accounts and open without one: the comparison with auth.uid() is NULL then, and IF takes NULL for no.
    const slips = caller === 'anon' && !open(worst.effect.authenticated);
    return {
      ...about,
      outcome: 'fail',
      severity: worst.severity,
      message: `${caller === 'anon' ? 'Anybody on the internet' : 'Everybody with an account'} can call ${routine.name}() through the API. It runs past row-level security, ${slips ? 'its check lets callers without an account through (auth.uid() is NULL for them, and IF takes NULL for no)' : 'does not ask who is calling'}, and ${andList(dangers.slice(0, 3).map(({ effect }) => effectText(effect)))}.${routine.revokedFromPublicOnly ? ' Revoking EXECUTE from public did not help: anon and authenticated have grants of their own on Supabase.' : ''}`,
      proof: [
        { kind: 'code', place: routine.place, text: routine.sql },
        ...dangers.slice(0, 3).map(({ effect }) => ({
          kind: 'step' as const,
          place: effect.place,
          text: `${effectText(effect)}${effect.lookups.length > 0 ? `, chosen by ${effect.lookups.join(', ')}` : ''}`,
        })),
      ],
      ...suspectsOf(routine, dangers, caller, database),
      fix: `If only your server calls it: revoke execute on function ${routine.schema}.${routine.name} from public, anon, authenticated;\nElse ask first, at the top of the body: if not exists (select 1 from ... where user_id = (select auth.uid())) then raise exception 'not allowed'; end if;`,
    };
  }
  return { ...about, outcome: 'pass', message: `${routine.name}() asks who is calling, or touches nothing that belongs to somebody.` };
}

const members = sampleTable({
  name: 'members',
  columns: [
    { name: 'user_id', type: 'uuid' },
    { name: 'role', type: 'text', power: { kind: 'role', why: 'is_admin() decides by it' } },
  ],
});

export const definerFunctionOpen = defineCheck({
  id: 'audit/definer-function-open',
  severity: 'high',
  covers: ['MT-definer-functions', 'API5-deny-by-default', 'S1-F', 'S2-C1', 'MB-2'],
  doc: {
    title: 'A database function does privileged work for whoever calls it',
    why: "Functions marked SECURITY DEFINER ignore row-level security, and every function in the public schema can be called with the public key. One that does not ask who is calling hands out or changes everybody's data.",
    fix: 'Take the right to call it away from public, anon and authenticated, or make it check auth.uid() before it does anything.',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/database/functions#security-definer-vs-invoker'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [
      { name: 'anybody sets roles', given: { database: sampleDatabase({ tables: [members], functions: [sampleFunction()] }) } },
      {
        name: 'revoked from public only',
        given: {
          database: sampleDatabase({
            tables: [members],
            functions: [sampleFunction({ executableBy: ['anon', 'authenticated'], revokedFromPublicOnly: true })],
          }),
        },
      },
    ],
    passes: [
      {
        name: 'it asks who is calling',
        given: {
          database: sampleDatabase({
            tables: [members],
            functions: [
              sampleFunction({
                asksCaller: true,
                effects: sampleFunction().effects.map((effect) => ({ ...effect, anon: 'none', authenticated: 'role' })),
              }),
            ],
          }),
        },
      },
      {
        name: "revoked from the browser's roles",
        given: { database: sampleDatabase({ tables: [members], functions: [sampleFunction({ executableBy: [] })] }) },
      },
    ],
  },
  *evaluate({ database }) {
    for (const routine of database.functions)
      if (routine.definer && routine.exposed && !routine.returnsTrigger) yield judge(routine, database);
  },
});
