import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseChecks, type Proved, proveFolder } from '../../bench/database/prove.ts';
import { examples, withTwin } from '../../bench/twins/examples.ts';
import type { Flaw } from '../../examples/flaws.ts';
import { checks } from '../../src/checks/index.ts';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { collectors } from '../../src/collect/index.ts';
import { stageOf } from '../../src/core/check.ts';
import { run } from '../../src/core/engine.ts';
import type { Finding } from '../../src/core/finding.ts';
import { databaseModel } from '../../src/evidence/database.ts';
import { type IsolationProof, isolationProof, type ProvedDatabase } from '../../src/evidence/isolation.ts';
import { sampleFailure } from '../../src/evidence/isolation-samples.ts';

/** Only the screen checks the role: who has which role within a tenant is another question than who comes from outside. */
const ofTheScreen = 'audit/client-only-role-check';
const auditChecks = checks.filter(
  ({ id, needs }) => id.startsWith('audit/') && id !== ofTheScreen && Object.values(needs).includes(databaseModel),
);
const all = [...auditChecks, ...databaseChecks];
const example = examples.find(({ name }) => name === 'supabase-portal')!;
const ofAudit = ({ checks: named }: Flaw): string[] => named.filter((id) => auditChecks.some((check) => check.id === id));
const flaws = example.flaws.filter((flaw) => ofAudit(flaw).length > 0);
const isAudit = (finding: Finding): boolean => stageOf({ id: finding.check }) === 'audit';
const fails = (findings: readonly Finding[]): Finding[] => findings.filter(({ outcome }) => outcome === 'fail');

/** Judges what the source of a folder says beside a proof that was made elsewhere. */
async function judged(root: string, proof: IsolationProof): Promise<readonly Finding[]> {
  const target = { root, scope: { hosts: [], requests: 0, history: false } };
  const evidence = { [isolationProof.id]: proof };
  return (await run({ checks: all, collectors, evidence, target, version: '0', targetArguments: '' })).run.findings;
}

let sandbox: Sandbox;
let sound: Proved;
beforeAll(async () => {
  sandbox = await openSandbox();
  sound = await withTwin(example, [], (folder) => proveFolder(folder, sandbox, all));
});
afterAll(() => sandbox.close());

/** The clean database, with something of it that could not be told. */
const changed = (change: (database: ProvedDatabase) => ProvedDatabase): IsolationProof => ({
  databases: sound.proof.databases.map(change),
});

describe('a flaw that both stages see', () => {
  it('is there for every check of the audit that reads the database', () => {
    const seen = new Set(flaws.flatMap(ofAudit));
    expect(auditChecks.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual(['audit/app-not-recognised']);
  });

  it.each(flaws)('$id is told once, by the one that tried it', async (flaw) => {
    const { findings } = await withTwin(example, [flaw], (folder) => proveFolder(folder, sandbox, all));
    const told = fails(findings);
    expect(told.some(({ check }) => check.startsWith('access/stranger-') || check === 'access/privilege-escalation')).toBe(true);
    for (const { check, place } of told.filter((finding) => !isAudit(finding))) expect(place?.file, check).toMatch(/^supabase\//);
    // What belongs to nobody may be read by everybody: access has nothing to tell of it, so the audit still does.
    expect(told.filter(isAudit).map(({ subject }) => subject)).toEqual(
      flaw.id === 'rls-disabled-by-loop' ? ['table supabase:countries', 'table supabase:plans'] : [],
    );
  });

  it('is told by the audit alone as ever', async () => {
    for (const flaw of flaws) {
      const { run: ran } = await withTwin(example, [flaw], (root) =>
        run({
          checks: auditChecks,
          collectors,
          target: { root, scope: { hosts: [], requests: 0, history: false } },
          version: '0',
          targetArguments: '',
        }),
      );
      expect(ran.evidence.map(({ id }) => id)).not.toContain(isolationProof.id);
      expect([...new Set(fails(ran.findings).map(({ check }) => check))]).toEqual(expect.arrayContaining(ofAudit(flaw)));
    }
  });
});

/** Suspicions that a refused try refutes, with what is said then. The others hang on a value, or nobody legitimate could do it either. */
const refuted: Readonly<Record<string, string>> = {
  'rls-disabled-invoices':
    'no account from outside could read invoices (no rows) and no account from outside could add to or change or delete from',
  'rls-missing-late-table': 'no account from outside could read notifications (no rows) and',
  'rls-using-true-cases': 'no account from outside could read cases (no rows).',
  'rls-using-true-named-authenticated': 'nobody from outside could read tasks (no rows).',
  'rls-auth-role-only': 'no account from outside could read approvals (no rows).',
  'rls-authenticated-only': 'no account from outside could read files (no rows).',
  'anonymous-write-policy': 'nobody from outside could add to case_comments (new row violates row-level security policy',
  'realtime-leak': 'no account from outside could read the channels of others (no rows).',
  'storage-anon-write': 'nobody from outside could add to exports',
  'definer-view': 'no account from outside could read invoice_overview (no rows).',
};

describe('what the source says and the rebuilt database refutes', () => {
  it('is refutable for as many flaws as are listed', () => {
    expect(flaws.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(refuted)));
  });

  const single = flaws.filter(({ id }) => id !== 'rls-disabled-by-loop');
  it.each(single)('$id: acquitted, or left as it is', async (flaw) => {
    const findings = (await withTwin(example, [flaw], (folder) => judged(folder, sound.proof))).filter(isAudit);
    const text = refuted[flaw.id];
    const tried = findings.filter(({ message }) => message.startsWith('Tried and refused: '));
    if (text === undefined) {
      expect([...new Set(fails(findings).map(({ check }) => check))]).toEqual(ofAudit(flaw));
      expect(tried).toEqual([]);
      return;
    }
    expect(fails(findings)).toEqual([]);
    expect(tried).toMatchObject([{ outcome: 'pass', check: ofAudit(flaw)[0], place: { file: expect.stringContaining('supabase/') } }]);
    expect(tried[0]?.message).toContain(text);
  });

  const kept = single.filter(({ id }) => id in refuted);
  it.each<readonly [string, (database: ProvedDatabase) => ProvedDatabase]>([
    [
      'hangs on a statement that failed',
      (database) => ({
        ...database,
        rebuild: { ...database.rebuild, failures: [sampleFailure({ touches: ['*'], opens: true })] },
        objects: database.objects.map((object) => ({
          ...object,
          cells: object.cells.map((cell) => (cell.outcome === 'got' ? cell : { ...cell, grade: 'conditional' as const, unless: [0] })),
        })),
      }),
    ],
    ['was not finished in time', (database) => ({ ...database, cutShort: 'the time was up before 3 of 900 accesses were tried' })],
    [
      'was not decided for a stranger',
      (database) => ({
        ...database,
        objects: database.objects.map((object) => ({
          ...object,
          cells: object.cells.map((cell) =>
            cell.who === 'stranger' && cell.outcome !== 'got'
              ? { ...cell, outcome: 'undecided' as const, answer: 'No answer came.' }
              : cell,
          ),
        })),
      }),
    ],
    [
      'was made from generated types',
      (database) => ({ ...database, objects: database.objects.map((object) => ({ ...object, reconstructed: true as const })) }),
    ],
  ])('stays where the proof %s', async (_, change) => {
    for (const flaw of kept) {
      const findings = await withTwin(example, [flaw], (folder) => judged(folder, changed(change)));
      expect([...new Set(fails(findings.filter(isAudit)).map(({ check }) => check))], flaw.id).toEqual(ofAudit(flaw));
    }
  });

  it('stays where the proof could not be made at all', async () => {
    for (const flaw of kept) {
      const { run: ran } = await withTwin(example, [flaw], (root) =>
        run({
          checks: all,
          collectors: collectors.filter(({ provides }) => provides.id !== isolationProof.id),
          target: { root, scope: { hosts: [], requests: 0, history: false } },
          version: '0',
          targetArguments: '',
        }),
      );
      expect([...new Set(fails(ran.findings.filter(isAudit)).map(({ check }) => check))], flaw.id).toEqual(ofAudit(flaw));
    }
  });
});
