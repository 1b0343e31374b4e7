import { describe, expect, it } from 'vitest';
import { accessReport } from '../../test/contracts/fixture-access.ts';
import { type Block, type Document, type FoldBlock, findingsOf, matricesOf, type MatrixBlock } from '../core/deliverable.ts';
import { defaultPolicy, judge } from '../core/gate.ts';
import type { Run } from '../core/run.ts';
import { accessLock, type AccessLock, noLock } from '../evidence/access-lock.ts';
import { leakyObject, sampleObject, sampleProof, sampleProved } from '../evidence/isolation-samples.ts';
import { type IsolationProof, isolationProof } from '../evidence/isolation.ts';
import { accessMatrix } from './access-matrix.ts';

const folds = ({ blocks }: Document): Map<string, FoldBlock> =>
  new Map(blocks.flatMap((block) => (block.kind === 'fold' ? [[block.title, block]] : [])));
const text = (blocks: readonly Block[] | undefined): string => JSON.stringify(blocks ?? []);
const stateOf = (matrix: MatrixBlock | undefined, group: string, name: string, column: string): string | undefined => {
  const row = matrix?.rows.find((one) => one.group === group && one.name === name);
  return row?.cells[matrix?.columns.indexOf(column) ?? -1]?.state;
};

const emptyRun: Run = {
  schema: 1,
  tool: { name: 'launch-ready', version: '0' },
  startedAt: '2026-11-23T09:30:00.000Z',
  durationMs: 1,
  target: {},
  findings: [],
  checks: [],
  evidence: [],
};
const made = (proof: IsolationProof | undefined, lock: AccessLock = noLock): Document =>
  accessMatrix(emptyRun, { ...(proof && { [isolationProof.id]: proof }), [accessLock.id]: lock }, judge([], defaultPolicy, '2026-11-23'));

describe('the access matrix', async () => {
  const report = await accessReport();
  const document = report.documents[0] as Document;
  const [matrix] = matricesOf(document.blocks);

  it('says on top how many things leak, and that nothing of the user was touched', () => {
    expect(document.blocks[0]).toMatchObject({
      kind: 'verdict',
      status: 'not-ready',
      text: 'People get at what is not theirs in 2 tables and 1 bucket: it was tried and it worked.',
      detail: expect.stringContaining('Nothing of yours was touched.'),
    });
  });

  it('shows every open finding exactly once', () => {
    const shown = findingsOf(document.blocks).flatMap(({ items }) =>
      items.flatMap(({ finding, also }) => [finding.id, ...also.map(({ id }) => id)]),
    );
    const wanted = report.run.findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown').map(({ id }) => id);
    expect(shown.toSorted()).toEqual(wanted.toSorted());
  });

  it('gives all findings a file and a line', () => {
    const placed = report.run.findings.filter(({ outcome }) => outcome === 'fail');
    expect(placed.filter(({ place }) => place?.file === undefined || place.line === undefined)).toEqual([]);
  });

  it.each([
    ['invoices', 'read', 'Stranger', 'leak'],
    ['invoices', 'read', 'Visitor', 'blocked'],
    ['invoices', 'read', 'Owner', 'allowed'],
    ['invoices', 'delete', 'Owner', 'blocked'],
    ['cases', 'read', 'Colleague', 'allowed'],
    ['notes', 'read', 'Colleague', 'allowed'],
    ['countries', 'read', 'Visitor', 'allowed'],
    ['payments', 'read', 'Stranger', 'unknown'],
    ['payments', 'read', 'Owner', 'allowed'],
    ['settings', 'read', 'Owner', 'unknown'],
    ['devices', 'read', 'Stranger', 'unknown'],
    ['leads', 'read', 'Stranger', 'unknown'],
    ['case-files (bucket)', 'download', 'Visitor', 'leak'],
  ])('%s: %s by %s is %s', (group, verb, column, state) => {
    expect(stateOf(matrix, group, verb, column)).toBe(state);
  });

  it('has a leak for every leak the checks found, and no other', () => {
    const leaking = new Set(
      matrix?.rows.filter(({ cells }) => cells.some(({ state }) => state === 'leak')).map(({ group }) => group?.split(' ')[0]),
    );
    const found = report.run.findings
      .filter(({ check, outcome }) => outcome === 'fail' && check.startsWith('access/stranger-'))
      .map(({ place }) => place?.name);
    expect(leaking).toEqual(new Set(found));
  });

  it('says why a cell is not known, and where a leak is let through', () => {
    expect(text([matrix as Block])).toContain('let through by supabase/migrations/20260101000000_portal.sql:31');
    expect(text([matrix as Block])).toContain('only where tables are exposed by default');
    expect(text([matrix as Block])).toContain('(supabase/migrations/20260203000000_cron.sql:4)');
    expect(text([matrix as Block])).toContain('infinite recursion (42P17)');
  });

  it('has the figures', () => {
    expect(document.blocks.find(({ kind }) => kind === 'facts')).toMatchObject({
      facts: [
        { name: 'Leaks', value: '5 cells' },
        { name: 'Decided', note: expect.stringContaining('does not count as safe') },
        { name: 'Tables tried', value: '8 of 9', note: 'and 1 bucket' },
        {
          name: 'SQL applied',
          value: '812 of 821 statements',
          note: 'in PostgreSQL, thrown away afterwards; 1 failed; 1 failed, but later ones replace them',
        },
      ],
    });
  });

  it('names below the fold all that could not be done', () => {
    const all = folds(document);
    expect(text(all.get('SQL that could not be applied')?.blocks)).toContain('procedure public.close_month() does not exist');
    expect(text(all.get('Verdicts that hang on SQL that could not be applied')?.blocks)).toContain('payments');
    expect(text(all.get('Tables that could not be filled, so nothing was tried on them')?.blocks)).toContain('a check refuses every kind');
    expect(text([...all].find(([title]) => title.startsWith('Tables made from'))?.[1].blocks)).toContain('public.leads');
    expect(text(all.get('What was stood in for')?.blocks)).toContain('pg_cron');
    expect(text(all.get('What only holds where tables are exposed by default')?.blocks)).toContain('files');
    expect(text(all.get('Shared by design?')?.blocks)).toContain('They cover for each other. (Jane Doe, 2026-11-23)');
    expect(text(all.get('Shared by design?')?.blocks)).toContain('not answered');
    expect(text(all.get('Who tried')?.blocks)).toContain('platform_admins');
  });

  it('tells what has changed', () => {
    expect(text(document.blocks)).toContain(
      'Another member of the same organisation, an administrator of the organisation and an administrator of the app can now read cases.',
    );
    expect(text(document.blocks)).toContain('Table drafts is not there any more.');
  });

  it('leaves the findings to the risk list beside it', () => {
    const facts = { [isolationProof.id]: sampleProof({ objects: [leakyObject()] }), [accessLock.id]: noLock };
    const beside = accessMatrix(report.run, facts, report.verdict, { withoutFindings: true });
    expect(findingsOf(beside.blocks)).toEqual([]);
    expect(beside.blocks.some(({ kind }) => kind === 'verdict')).toBe(false);
    expect(matricesOf(beside.blocks)).toHaveLength(1);
  });
});

describe('on what is there', () => {
  it('says that nothing could be tried', () => {
    expect(made(undefined).blocks).toMatchObject([
      { kind: 'verdict', status: 'cannot-tell', text: 'Nobody can tell yet who can do what: nothing could be tried.', detail: '' },
    ]);
    expect(made({ databases: [sampleProved({ objects: [], people: [] })] }).blocks.length).toBeGreaterThan(1);
  });

  it('shows the most private rows where nothing leaks, and the doubts where there are some', () => {
    const titleOf = (document: Document): unknown =>
      document.blocks.find((block) => block.kind === 'heading' && !block.text.startsWith('What'));
    expect(titleOf(made(sampleProof()))).toMatchObject({ text: 'Reading what is most private' });
    expect(titleOf(made(sampleProof({ objects: [sampleObject({ cells: [], unseeded: 'no' })] })))).toMatchObject({
      text: 'Where it could not be told',
    });
    const many = Array.from({ length: 20 }, (_, index) => leakyObject({ name: `table_${index}` }));
    expect(titleOf(made(sampleProof({ objects: many })))).toMatchObject({
      text: 'Where it leaks (one row each of 12 things; all 20 rows are in the matrix)',
    });
  });

  it('says that nothing has changed', () => {
    const lines = ['read', 'add', 'change', 'delete'].map((verb, index) => ({
      source: 'supabase',
      thing: 'table invoices',
      verb,
      can: sampleObject()
        .cells.filter((cell) => cell.outcome === 'got' && verbs[cell.verb] === verb)
        .map(({ who }) => who),
      unknown: [],
      line: index + 9,
    }));
    expect(text(made(sampleProof(), { ...noLock, found: true, lines }).blocks)).toContain(
      'Nothing has changed since access.lock.yaml was reviewed.',
    );
  });
});

const verbs: Readonly<Record<string, string>> = { select: 'read', insert: 'add', update: 'change', delete: 'delete' };
