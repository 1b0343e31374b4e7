import { describe, expect, it } from 'vitest';
import type { CorpusRepo, Judged } from './corpus.ts';
import { meanOverRepos, precisionByCheck, recallOf } from './figures.ts';
import { refresh } from './join.ts';

const judged = (subject: string, verdict: Judged['verdict']): Judged => ({
  check: 'audit/missing-role-check',
  subject,
  file: 'old.ts',
  line: 1,
  severity: 'high',
  verdict,
  why: 'read',
});
const repo: CorpusRepo = {
  repo: 'owner/name',
  commit: 'c0ffee',
  stack: 'express',
  findings: [judged('GET /a', 'right'), judged('GET /b', 'wrong')],
  retired: [judged('GET /c', 'wrong')],
  unjudged: 0,
  flaws: [
    { file: 'a.ts', line: 3, class: 'missing-role-check', found: null },
    { file: 'b.ts', line: 4, class: 'missing-role-check', found: null },
  ],
  more: [{ file: 'a.ts', line: 9, class: 'sql-injection', found: null }],
};
const finding = (subject: string, file: string, severity: 'high' | 'medium' = 'high') => ({
  check: 'audit/missing-role-check',
  subject,
  severity,
  message: 'no role',
  place: { file, line: 7 },
});

describe('refresh', () => {
  it('keeps verdicts by check and subject and renews their places', () => {
    const { repo: next, unjudged } = refresh(repo, [finding('GET /a', 'a.ts')]);
    expect(next.findings).toEqual([{ ...judged('GET /a', 'right'), file: 'a.ts', line: 7 }]);
    expect(next.retired.map(({ subject }) => subject)).toEqual(['GET /b', 'GET /c']);
    expect(unjudged).toEqual([]);
  });

  it('brings a retired false alarm back when it returns', () => {
    const { repo: next } = refresh(repo, [finding('GET /c', 'c.ts')]);
    expect(next.findings.map(({ subject, verdict }) => [subject, verdict])).toEqual([['GET /c', 'wrong']]);
  });

  it('counts what nobody judged, of blockers and highs only', () => {
    const { repo: next, unjudged } = refresh(repo, [finding('GET /new', 'n.ts'), finding('GET /quiet', 'q.ts', 'medium')]);
    expect(unjudged.map(({ subject }) => subject)).toEqual(['GET /new']);
    expect(next.unjudged).toBe(1);
  });

  it('asks for verdicts on all of them where told to', () => {
    const { unjudged } = refresh(repo, [finding('GET /quiet', 'q.ts', 'medium')], [], () => true);
    expect(unjudged.map(({ subject }) => subject)).toEqual(['GET /quiet']);
  });

  it('asks for no verdict on checks that were not read in the repo', () => {
    const { repo: next } = refresh({ ...repo, only: ['audit/rls-disabled'] }, [finding('GET /new', 'n.ts')]);
    expect(next.unjudged).toBe(0);
  });

  it('takes further verdicts and prefers them to older ones', () => {
    const { repo: next } = refresh(repo, [finding('GET /a', 'a.ts')], [judged('GET /a', 'depends')]);
    expect(next.findings[0]?.verdict).toBe('depends');
  });

  it('says which check finds a known flaw, by its place or by what it shows', () => {
    const shown = { ...finding('GET /b', 'far.ts', 'medium'), proof: [{ kind: 'step' as const, place: { file: 'b.ts' }, text: 'guard' }] };
    const { repo: next } = refresh(repo, [finding('GET /a', 'a.ts'), shown]);
    expect(next.flaws.map(({ found }) => found)).toEqual(['audit/missing-role-check', 'audit/missing-role-check']);
  });

  it('does not let a check of another kind find a flaw', () => {
    const { repo: next } = refresh(repo, [{ ...finding('GET /a', 'a.ts'), check: 'audit/secret-in-source' }]);
    expect(next.flaws.map(({ found }) => found)).toEqual([null, null]);
  });
});

describe('figures', () => {
  it('count right and wrong by check', () => {
    expect(precisionByCheck([repo])).toEqual([{ name: 'audit/missing-role-check', right: 1, wrong: 1, depends: 0 }]);
  });

  it('let every repo weigh the same in the mean', () => {
    const noisy = { ...repo, findings: Array.from({ length: 9 }, (_, nth) => judged(`GET /${nth}`, 'right')) };
    expect(meanOverRepos([repo, noisy, { ...repo, findings: [] }])).toBe(0.75);
  });

  it('tell flaws that no check looks for from missed ones', () => {
    expect(recallOf([repo], ({ more }) => more, false)).toMatchObject({ found: 0, all: 0, outside: 1 });
    expect(recallOf([repo], ({ more }) => more, true)).toMatchObject({ found: 0, all: 1, outside: 1 });
  });
});
