import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { accessLock, noLock, withAnswers } from '../../evidence/access-lock.ts';
import { isolationProof, type Cell, type ProvedDatabase, type ProvedObject } from '../../evidence/isolation.ts';
import { deedOf, isMeant, judgeAttempt, objectName, proofSubject } from '../../evidence/isolation-questions.ts';
import { sampleObject, sampleProof, soundReach } from '../../evidence/isolation-samples.ts';
import { isCosmetic } from '../../evidence/database-questions.ts';
import { deedsOf, isGuess, isOwned, staffOnly, tell, widest, worst } from '../isolation-leak.ts';
import { trialsOf } from '../tried-access.ts';

const writes = (cell: Cell): boolean =>
  deedOf(cell.verb) !== 'read' && cell.variant !== 'own' && cell.variant !== 'into' && cell.variant !== 'move';

/** How bad one write is; `undefined` when it changes nothing but how things are counted or shown. */
function weigh(object: ProvedObject, { verb, who, columns = [], through }: Cell, database: ProvedDatabase): Severity | undefined {
  const owned = (object.nature === 'private' || object.nature === 'intake') && !isGuess(object);
  const account = who !== 'anon';
  if (object.kind === 'function' && columns.length > 0 && columns.every((column) => isCosmetic(column.replace(/^.*\./, ''))))
    return undefined;
  if (object.kind === 'function' && columns.length > 0 && columns.every((column) => isTrace(column, database))) return 'medium';
  if (deedOf(verb) === 'add') {
    if (object.nature === 'log') return 'low';
    if (object.kind === 'bucket') return account ? 'medium' : 'high';
    // Everybody may found a tenant of his own.
    if (object.belongs?.told === 'itself') return account ? 'low' : 'medium';
    const meant = through !== undefined && isMeant({ through });
    return !owned || account || meant ? 'medium' : 'high';
  }
  if (object.kind === 'bucket') return 'high';
  if (!owned) return account ? 'medium' : 'high';
  if (account && database.signUp === 'closed') return 'medium';
  return !account || isOwned(object) || object.kind === 'function' ? 'blocker' : 'high';
}

/** What `schema.table.column` holds only says that and when something happened. */
function isTrace(column: string, { objects }: ProvedDatabase): boolean {
  const table = objects.find(({ kind, schema, name }) => kind === 'table' && column.startsWith(`${schema}.${name}.`));
  return table?.nature === 'log' || /_(?:at|on|date|time)$/i.test(column) || isCosmetic(column.replace(/^.*\./, ''));
}

/** Whose such a row would be. */
function amongOthers({ name, belongs }: ProvedObject): string {
  if (!belongs) return '';
  // Whoever a notification names is who gets it.
  if (/notif/i.test(name)) return ' for others';
  return belongs.path.length > 1 ? ' under what belongs to others' : ' in the name of others';
}

function judge(object: ProvedObject, database: ProvedDatabase): Observation | undefined {
  const cells = object.cells.filter(writes);
  if (cells.length === 0) return undefined;
  const { cells: leaks, certain } = widest(object, writes);
  const severity = worst(leaks.flatMap((cell) => weigh(object, cell, database) ?? []));
  if (severity !== undefined) {
    const named = deedsOf(leaks);
    const where = object.kind === 'function' ? `by calling ${objectName(object)}` : `in ${objectName(object)}`;
    const what =
      object.kind === 'bucket'
        ? 'files of other customers'
        : object.belongs || object.kind === 'function'
          ? 'rows of other customers'
          : 'rows';
    const deed =
      named === 'add to'
        ? object.kind === 'bucket'
          ? `put files among those of other customers in ${objectName(object)}`
          : `add rows to ${objectName(object)}${amongOthers(object)}`
        : `${named.replace('add to', 'add')} ${what} ${where}`;
    const staff = leaks[0]?.who !== 'anon' && object.kind !== 'function' && object.belongs?.to !== 'tenant';
    const cause = staff && leaks[0]?.who === 'newcomer' && object.kind === 'table' ? `accounts write ${database.folder}` : undefined;
    return tell(
      { database, object, cells: leaks, severity, deed, remark: staff ? staffOnly : '', ...(cause !== undefined && { cause }) },
      certain,
      'write',
    );
  }
  const outside = cells
    .filter(({ who }) => who === 'stranger' || who === 'newcomer' || who === 'anon')
    .map((cell) => judgeAttempt(object, cell));
  if (!outside.every(({ is }) => is === 'blocked' || is === 'allowed')) return undefined;
  return {
    outcome: 'pass',
    subject: proofSubject(database.folder, object, 'write'),
    ...(object.place && { place: { ...object.place, name: objectName(object) } }),
    message: `Nobody from outside could change what belongs to another customer in ${objectName(object)}.`,
  };
}

const open = sampleObject({}, { ...soundReach, update: ['newcomer', 'stranger', 'foreign-admin', 'tenant-admin', 'admin'] });

export const strangerWrites = defineCheck({
  id: 'access/stranger-writes',
  severity: 'blocker',
  covers: [
    'MB-2',
    'NT-3',
    'S2-C2',
    'AU-3',
    'MT-rls-with-check',
    'MT-rls-not-true',
    'MT-rls-enabled',
    'MT-rls-children',
    'MT-definer-functions',
    'API1-object-check',
  ],
  tripwire: true,
  doc: {
    title: "Somebody from outside changes another customer's rows",
    why: 'In the database rebuilt from the migrations, an account that has nothing to do with a customer changed, deleted or forged his rows, and they stayed so.',
    fix: 'Give INSERT a WITH CHECK, UPDATE both USING and WITH CHECK, and DELETE a USING that compare the row with the caller or his organisation. Where a correction was tried, the finding shows it.',
    effort: 'hours',
    references: [
      'https://supabase.com/docs/guides/database/postgres/row-level-security',
      'https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/',
    ],
  },
  needs: { proof: isolationProof, lock: accessLock },
  examples: {
    fails: [{ name: 'everybody with an account changes invoices', given: { proof: sampleProof({ objects: [open] }), lock: noLock } }],
    passes: [
      {
        name: 'administrators of the organisation change its rows',
        given: { proof: sampleProof({ objects: [sampleObject()] }), lock: noLock },
      },
    ],
    unknowns: [
      {
        name: 'a table that no migration makes',
        given: { proof: sampleProof({ objects: [{ ...open, reconstructed: true }] }), lock: noLock },
      },
    ],
  },
  *evaluate({ proof, lock }) {
    for (const database of withAnswers(proof, lock).databases)
      for (const object of database.objects) {
        const observation = judge(object, database);
        if (observation) yield observation;
      }
  },
  *trials({ proof, lock }) {
    for (const database of withAnswers(proof, lock).databases)
      for (const object of database.objects) yield* trialsOf(database, object, 'write');
  },
});
