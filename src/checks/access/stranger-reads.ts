import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { accessLock, noLock, withAnswers } from '../../evidence/access-lock.ts';
import { isolationProof, type Cell, type ProvedDatabase, type ProvedObject } from '../../evidence/isolation.ts';
import { deedOf, isMeant, judgeAttempt, objectName, proofSubject } from '../../evidence/isolation-questions.ts';
import { leakyObject, sampleObject, sampleProof } from '../../evidence/isolation-samples.ts';
import { isAboutPeople, isDelicate, isGuess, isOwned, staffOnly, tell, widest } from '../isolation-leak.ts';
import { trialsOf } from '../tried-access.ts';

const reads = (cell: Cell): boolean => deedOf(cell.verb) === 'read';

/** How bad it is that they read it; `undefined` when a policy says that they are meant to and nothing in it is delicate. */
function weigh(object: ProvedObject, [first]: readonly Cell[], database: ProvedDatabase): Severity | undefined {
  if (first === undefined) return undefined;
  const meant = isMeant(first);
  const nobodys = !object.belongs && object.holds.length === 0;
  if (isGuess(object)) return meant ? undefined : 'medium';
  if (object.kind === 'bucket') return meant ? 'medium' : 'high';
  if (object.kind === 'function' && !isDelicate(object)) return 'medium';
  if (object.kind === 'view' && (nobodys || /(?:^|_)public(?:_|$)/i.test(object.name))) return 'medium';
  if (first.who === 'anon') {
    if (meant && object.holds.length === 0) return undefined;
    // Who the customers are is on show in a marketplace; what they keep is not.
    if (meant && object.belongs?.told === 'itself') return 'medium';
    // What is in a product, entered by somebody of the firm, is about no person.
    if (meant && !isOwned(object) && !object.holds.some((kind) => aboutSomebody.has(kind))) return 'medium';
    return isAboutPeople(object) ? 'blocker' : meant ? 'medium' : 'high';
  }
  // "Anyone with an account may": meant, as long as it is about no person.
  if (meant && object.holds.every((kind) => kind === 'money' || kind === 'location')) return 'medium';
  if (object.nature === 'log' || nobodys || isOfTheFirm(object) || database.signUp === 'closed') return 'medium';
  return isDelicate(object) && isOwned(object) ? 'blocker' : 'high';
}

/** Kinds of data that are always about a person, or somebody's alone. */
const aboutSomebody: ReadonlySet<string> = new Set(['contact', 'identity', 'message', 'secret']);

/** What the firm itself set up, and its people need: its bank details for transfers, its business hours; not the keys it holds. */
const isOfTheFirm = ({ name, belongs, holds }: ProvedObject): boolean =>
  !belongs &&
  !holds.includes('secret') &&
  /(?:^|_)(?:config|configs|configurations?|settings?|configuracoes|configuraciones|rules|mappings|defaults)(?:_|$)/i.test(name);

function judge(object: ProvedObject, database: ProvedDatabase): Observation | undefined {
  const cells = object.cells.filter(reads);
  if (cells.length === 0) return undefined;
  const { cells: leaks, certain } = widest(object, reads);
  const severity = weigh(object, leaks, database);
  const place = object.place && { place: { ...object.place, name: objectName(object) } };
  const subject = proofSubject(database.folder, object, 'read');
  if (severity !== undefined) {
    const what =
      object.kind === 'function'
        ? 'the rows of other customers by calling'
        : object.kind === 'bucket'
          ? 'the files of other customers in'
          : object.kind === 'channel'
            ? 'the live messages of other customers on'
            : object.belongs
              ? 'the rows of other customers in'
              : 'the rows in';
    const staff = leaks[0]?.who !== 'anon' && object.kind !== 'function' && object.belongs?.to !== 'tenant';
    const cause = staff && leaks[0]?.who === 'newcomer' && object.kind === 'table' ? `accounts read ${database.folder}` : undefined;
    const deed = `read ${what} ${objectName(object)}`;
    return tell(
      { database, object, cells: leaks, severity, deed, remark: staff ? staffOnly : '', ...(cause !== undefined && { cause }) },
      certain,
      'read',
    );
  }
  const outside = cells
    .filter(({ who }) => who === 'stranger' || who === 'newcomer' || who === 'anon')
    .map((cell) => judgeAttempt(object, cell));
  if (!outside.every(({ is }) => is === 'blocked' || is === 'allowed')) return undefined;
  return {
    outcome: 'pass',
    subject,
    ...place,
    message: `Nobody from outside could read what belongs to another customer in ${objectName(object)}.`,
  };
}

const notes = leakyObject({ name: 'plans', nature: 'content', natureWhy: 'its name', holds: [] });

export const strangerReads = defineCheck({
  id: 'access/stranger-reads',
  severity: 'blocker',
  covers: [
    'MB-2',
    'NT-3',
    'S2-C2',
    'AU-3',
    'MT-rls-not-true',
    'MT-rls-enabled',
    'MT-rls-children',
    'MT-views-invoker',
    'MT-definer-functions',
    'MT-files-scoped',
    'MT-realtime',
    'API1-object-check',
    'AZ-tenant-broad-query',
  ],
  tripwire: true,
  doc: {
    title: "Somebody from outside reads another customer's rows",
    why: 'The database was rebuilt from the migrations, two customers were made in it, and one of them got what belongs to the other. In the running app one request does the same.',
    fix: 'Replace the policy by one that compares the row with the caller, or with his organisation. Where a correction was tried, the finding shows it.',
    effort: 'hours',
    references: [
      'https://supabase.com/docs/guides/database/postgres/row-level-security',
      'https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/',
    ],
  },
  needs: { proof: isolationProof, lock: accessLock },
  examples: {
    fails: [
      { name: 'everybody with an account reads invoices', given: { proof: sampleProof({ objects: [leakyObject()] }), lock: noLock } },
    ],
    passes: [
      { name: 'members read the rows of their organisation', given: { proof: sampleProof({ objects: [sampleObject()] }), lock: noLock } },
      { name: 'plans are meant to be seen', given: { proof: sampleProof({ objects: [notes] }), lock: noLock } },
    ],
    unknowns: [
      {
        name: 'a table that no migration makes',
        given: { proof: sampleProof({ objects: [leakyObject({ reconstructed: true })] }), lock: noLock },
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
      for (const object of database.objects) yield* trialsOf(database, object, 'read');
  },
});
