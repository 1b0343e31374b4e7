import { describe, expect, it } from 'vitest';
import { chart, databaseSources, decided } from './access-chart.ts';
import type { ChartSource } from './chart-source.ts';
import { noLock, withAnswers } from './access-lock.ts';
import { leakOf } from './isolation-questions.ts';
import { leakyObject, sampleCell, sampleFailure, sampleObject, sampleProof, sampleRebuild } from './isolation-samples.ts';

describe('the chart', () => {
  it('is sorted, and says where it is let through', () => {
    const rows = chart(databaseSources(sampleProof({ objects: [leakyObject(), sampleObject({ name: 'cases' })] })), noLock);
    expect(rows.map(({ thing, verb }) => `${thing} ${verb}`)).toEqual(
      ['cases', 'invoices'].flatMap((name) => ['read', 'add', 'change', 'delete'].map((verb) => `table ${name} ${verb}`)),
    );
    expect(rows[4]?.cells.stranger).toMatchObject({ can: 'yes', judged: { is: 'leak' }, place: { line: 31 } });
  });

  it('keeps what was special about a row apart', () => {
    const cells = (['own', 'into', 'as-victim'] as const).map((variant) => sampleCell({ verb: 'insert', variant, outcome: 'refused' }));
    const moved = sampleCell({ verb: 'update', variant: 'move', outcome: 'refused' });
    const rows = chart(databaseSources(sampleProof({ objects: [sampleObject({ cells: [...cells, moved] })] })), noLock);
    expect(rows.map(({ verb }) => verb)).toEqual(['add', 'add-own', 'add-inside', 'hand-over']);
  });

  it('counts the worse of two tries of one person', () => {
    const object = sampleObject({ cells: [sampleCell({ outcome: 'got' }), sampleCell(), sampleCell({ who: 'owner', outcome: 'got' })] });
    expect(chart(databaseSources(sampleProof({ objects: [object] })), noLock)[0]?.cells.stranger?.judged.is).toBe('leak');
  });

  it('names the statements that a doubt hangs on', () => {
    const object = sampleObject({ cells: [sampleCell({ outcome: 'got', grade: 'conditional', unless: [0, 7] })] });
    const proof = sampleProof({ objects: [object], rebuild: sampleRebuild({ failures: [sampleFailure()] }) });
    expect(chart(databaseSources(proof), noLock)[0]?.cells.stranger).toMatchObject({
      can: 'unknown',
      unless: ['supabase/migrations/20260203000000_cron.sql:4'],
    });
  });

  it('has a row of doubts for what could not be filled', () => {
    const rows = chart(databaseSources(sampleProof({ objects: [sampleObject({ cells: [], unseeded: 'no' })] })), noLock);
    expect(rows).toMatchObject([{ verb: 'read', untried: 'no', cells: { anon: { can: 'unknown' }, owner: { can: 'unknown' } } }]);
    expect(decided(rows)).toEqual({ tried: 8, decided: 0, leaks: 0 });
  });

  it('takes rules and routes as well: whatever has people, verbs and outcomes', () => {
    const rules: ChartSource = {
      name: 'firestore.rules',
      objects: [
        {
          kind: 'collection',
          name: '/invoices/{id}',
          place: { file: 'firestore.rules', line: 3 },
          nature: 'private',
          natureWhy: 'its name',
          holds: ['money'],
          cells: [
            {
              verb: 'get',
              who: 'stranger',
              outcome: 'got',
              answer: '',
              request: 'get /invoices/ann-1 as uid-ben',
              through: { place: { file: 'firestore.rules', line: 5 } },
            },
            { verb: 'list', who: 'owner', outcome: 'got', answer: '', request: 'list /invoices' },
          ],
        },
      ],
    };
    expect(chart([rules], noLock)).toMatchObject([
      {
        thing: 'collection /invoices/{id}',
        verb: 'read',
        cells: { stranger: { judged: { is: 'leak' }, place: { line: 5 }, tried: 'get /invoices/ann-1 as uid-ben' } },
      },
      { verb: 'list', cells: { owner: { can: 'yes' } } },
    ]);
  });
});

describe('answers', () => {
  it('reach the objects they are about', () => {
    const answers = [
      { source: 'supabase', thing: 'table invoices', with: 'accounts' as const, by: 'a', on: '2026-01-01', why: 'b', line: 1 },
    ];
    const proof = sampleProof({ objects: [leakyObject(), leakyObject({ name: 'cases' })] });
    const [invoices, cases] = withAnswers(proof, { answers }).databases[0]?.objects ?? [];
    const stranger = leakyObject().cells.find(({ who, verb }) => who === 'stranger' && verb === 'select')!;
    expect([leakOf(invoices!, stranger), leakOf(cases!, stranger)]).toEqual(['allowed', 'leak']);
    const rows = chart(databaseSources(proof), { answers });
    expect(rows.filter(({ verb }) => verb === 'read').map(({ cells }) => cells.stranger?.judged.is)).toEqual(['leak', 'allowed']);
  });
});
