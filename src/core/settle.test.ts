import { describe, expect, it } from 'vitest';
import { type AnyCheck, defineCheck, type Trial } from './check.ts';
import { defineCollector } from './collector.ts';
import { run } from './engine.ts';
import { evidence } from './evidence.ts';
import type { Observation, Suspicion } from './finding.ts';
import { settle } from './settle.ts';

const suspects = (...names: readonly string[]): readonly Suspicion[] => names.map((access) => ({ access, refutable: true }));
const suspected = (more: Partial<Observation> = {}): Observation => ({
  outcome: 'fail',
  message: 'Anybody can read invoices.',
  subject: 'table invoices',
  place: { file: 'a.sql', line: 3, name: 'invoices' },
  severity: 'blocker',
  fix: 'Close it.',
  suspects: suspects('read invoices'),
  ...more,
});
const told = (more: Partial<Observation> = {}): Observation => ({ outcome: 'fail', message: 'It worked.', subject: 'proof', ...more });
const worked = (access = 'read invoices'): Trial => ({ access, outcome: 'worked', subject: 'proof' });
const refused = (access = 'read invoices', text = 'nobody could read invoices'): Trial => ({
  access,
  outcome: 'refused',
  subject: 'proof',
  text,
});

/** What is left of the suspicion, and what the prover says then. */
function settled(suspicion: Observation, trials: readonly Trial[], proof: readonly Observation[] = [told()]) {
  const [audit, access] = settle([
    { check: { id: 'audit/reads' }, observations: [suspicion], trials: [] },
    { check: { id: 'access/tries' }, observations: proof, trials },
  ]);
  return { audit: audit!.observations, access: access!.observations };
}

describe('settle', () => {
  it('leaves out what was tried, worked, and is told', () => {
    expect(settled(suspected(), [worked()]).audit).toEqual([
      { outcome: 'not-applicable', subject: 'told', message: 'What was seen here is told by access/tries, which looked closer.' },
    ]);
    const { suspects: _, ...other } = suspected({ subject: 'table plans', outcome: 'pass' });
    const [audit] = settle([
      { check: { id: 'audit/reads' }, observations: [suspected(), other], trials: [] },
      { check: { id: 'access/tries' }, observations: [told()], trials: [worked()] },
    ]);
    expect(audit!.observations).toEqual([other]);
  });

  it('leaves nothing out that nobody tells, and acquits nothing that worked', () => {
    const { suspects: _, ...asIs } = suspected();
    expect(settled(suspected(), [worked()], []).audit).toEqual([asIs]);
    expect(settled(suspected(), [worked()], [told({ outcome: 'unknown' })]).audit).toEqual([asIs]);
    expect(settled(suspected(), [worked()], [told({ subject: 'another' })]).audit).toEqual([asIs]);
    expect(settled(suspected(), [worked(), refused()], []).audit).toEqual([asIs]);
  });

  it('acquits what was tried and refused, and keeps where it stands', () => {
    expect(settled(suspected(), [refused()]).audit).toEqual([
      {
        outcome: 'pass',
        subject: 'table invoices',
        place: { file: 'a.sql', line: 3, name: 'invoices' },
        message: 'Tried and refused: nobody could read invoices.',
      },
    ]);
  });

  it('says once what was refused once', () => {
    const two = suspected({ suspects: suspects('read invoices', 'list invoices') });
    expect(settled(two, [refused(), refused('list invoices')]).audit[0]?.message).toBe('Tried and refused: nobody could read invoices.');
  });

  it('leaves as it is what was not decided, in whole or in part, and what a try cannot refute', () => {
    const { suspects: _, ...asIs } = suspected();
    const both = suspected({ suspects: suspects('read invoices', 'add invoices') });
    expect(settled(suspected(), []).audit).toEqual([asIs]);
    expect(settled(both, [refused()]).audit).toEqual([asIs]);
    expect(settled(both, [worked()]).audit).toEqual([asIs]);
    expect(settled(suspected({ suspects: [{ access: 'read invoices' }] }), [refused()]).audit).toEqual([asIs]);
    expect(settled(suspected({ suspects: [] }), [refused()]).audit).toEqual([asIs]);
  });

  it('leaves the rest to who tells it where a part was refused', () => {
    const both = suspected({ suspects: suspects('read invoices', 'add invoices') });
    expect(settled(both, [worked(), refused('add invoices')]).audit).toMatchObject([{ outcome: 'not-applicable' }]);
  });

  it('leaves questions alone: a doubt about the running database is not answered by the rebuilt one', () => {
    const question = suspected({ outcome: 'unknown', toKnow: 'Ask.' });
    const { suspects: _, ...asIs } = question;
    expect(settled(question, [refused()]).audit).toEqual([asIs]);
    expect(settled(question, [worked()]).audit).toEqual([asIs]);
  });

  it('hands the place over to a finding that has none in the repo, and to no other', () => {
    const nowhere = told({ place: { name: 'auth.users' } });
    expect(settled(suspected(), [worked()], [nowhere]).access[0]?.place).toEqual({ file: 'a.sql', line: 3, name: 'auth.users' });
    expect(settled(suspected(), [worked()]).access[0]?.place).toEqual(suspected().place);
    const somewhere = told({ place: { file: 'b.sql', line: 9 } });
    expect(settled(suspected(), [worked()], [somewhere]).access).toEqual([somewhere]);
    const pass = told({ outcome: 'pass' });
    expect(settled(suspected(), [worked()], [told(), pass]).access[1]).toEqual(pass);
  });
});

describe('a run', () => {
  const code = evidence<number>()('test.code', 'the code');
  const collector = defineCollector<number, Record<string, never>>({
    provides: code,
    wants: 'repo',
    needs: {},
    effects: 'none',
    timeoutMs: 1000,
    collect: () => Promise.resolve(7),
  });
  const check = (id: AnyCheck['id'], evaluate: AnyCheck['evaluate'], trials?: AnyCheck['trials']): AnyCheck =>
    defineCheck({
      id,
      severity: 'high',
      covers: [],
      doc: { title: 't', why: 'w', fix: 'f', effort: 'minutes' },
      needs: { code },
      examples: { passes: [], fails: [] },
      evaluate,
      ...(trials && { trials }),
    });
  const reads = check('audit/reads', () => [suspected()]);
  const tries = (trials: AnyCheck['trials']): AnyCheck => check('access/tries', () => [told()], trials);
  const fails = async (...checks: readonly AnyCheck[]): Promise<string[]> => {
    const target = { root: '/x', scope: { hosts: [], requests: 0, history: false } };
    const { run: made } = await run({ checks, collectors: [collector], target, version: '1', targetArguments: '.' });
    for (const finding of made.findings) expect(finding).not.toHaveProperty('suspects');
    return made.findings.filter(({ outcome }) => outcome === 'fail').map((finding) => finding.check);
  };

  it('settles between its checks, and only between those', async () => {
    expect(await fails(reads)).toEqual(['audit/reads']);
    expect(
      await fails(
        reads,
        tries(() => [worked()]),
      ),
    ).toEqual(['access/tries']);
    expect(
      await fails(
        reads,
        tries(() => [refused()]),
      ),
    ).toEqual(['access/tries']);
    expect(await fails(reads, tries(undefined))).toEqual(['audit/reads', 'access/tries']);
  });

  it('settles nothing by a check that stopped with an error', async () => {
    const broken = tries(function* () {
      yield refused();
      throw new Error('oops');
    });
    expect(await fails(reads, broken)).toEqual(['audit/reads']);
  });
});
