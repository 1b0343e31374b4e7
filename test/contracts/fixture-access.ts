import { checks } from '../../src/checks/index.ts';
import { stageOf } from '../../src/core/check.ts';
import { run } from '../../src/core/engine.ts';
import { defaultPolicy, judge } from '../../src/core/gate.ts';
import { accessMatrix } from '../../src/deliver/access-matrix.ts';
import { accessLock, type AccessLock } from '../../src/evidence/access-lock.ts';
import { type IsolationProof, isolationProof, type PersonaName, type ProvedObject } from '../../src/evidence/isolation.ts';
import {
  leakyObject,
  sampleBroken,
  sampleCells,
  sampleEscalation,
  sampleFailure,
  sampleObject,
  sampleProof,
  sampleRebuild,
  soundReach,
} from '../../src/evidence/isolation-samples.ts';
import { liveAccess, type LiveAccess } from '../../src/evidence/live-access.ts';
import type { Report } from '../../src/report/report.ts';
import { hostileRoutes } from './fixture-routes.ts';
import { hostileTexts } from './hostile.ts';

const everybody: readonly PersonaName[] = ['anon', 'newcomer', 'stranger', 'foreign-admin', 'peer', 'owner', 'tenant-admin', 'admin'];

/** A portal with everything that the matrix can say: leaks, doubts of every kind, what is meant, and what could not be tried. */
const portal: readonly ProvedObject[] = [
  leakyObject({ fix: { statements: ['drop policy "Members read invoices" on public.invoices'], closes: 3, keeps: 12 } }),
  sampleObject({ name: 'cases' }),
  sampleObject({ name: 'notes', belongs: { to: 'user', path: ['user_id'], told: 'foreign-key' } }),
  sampleObject(
    { name: 'countries', nature: 'reference', natureWhy: 'nothing in it belongs to anybody', holds: [] },
    { select: everybody, update: [] },
  ),
  sampleObject({ name: 'payments', cells: sampleCells(soundReach, 'payments', { grade: 'conditional', unless: [0] }) }),
  sampleObject({
    name: 'settings',
    cells: sampleCells({ select: [] }, 'settings', { outcome: 'broken', answer: 'infinite recursion (42P17)' }),
  }),
  sampleObject({ name: 'devices', cells: [], unseeded: 'a check refuses every kind' }),
  leakyObject({ name: 'leads', reconstructed: true }),
  sampleObject({
    kind: 'bucket',
    schema: 'storage',
    name: 'case-files',
    cells: sampleCells({ download: ['anon', 'owner'], upload: ['owner'] }, 'case-files'),
  }),
  sampleObject({ name: 'files', cells: sampleCells({ select: ['anon', 'owner'] }, 'files', { profiles: ['default'] }) }),
];

const lock: AccessLock = {
  file: 'access.lock.yaml',
  found: true,
  lines: [
    { source: 'supabase', thing: 'table cases', verb: 'read', can: ['owner'], unknown: [], line: 14 },
    { source: 'supabase', thing: 'table drafts', verb: 'read', can: ['owner'], unknown: [], line: 15 },
  ],
  answers: [
    {
      source: 'supabase',
      thing: 'table notes',
      with: 'members',
      by: 'Jane Doe',
      on: '2026-11-23',
      why: 'They cover for each other.',
      line: 30,
    },
  ],
};

/** The same with hostile texts wherever the repo or its database could put one. */
const hostileObjects: readonly ProvedObject[] = hostileTexts.flatMap((text, index) => {
  const name = `${text} ${index}`;
  const cells = leakyObject().cells.map((cell) => ({
    ...cell,
    sql: text,
    answer: text,
    ...(cell.through && {
      through: { kind: 'policy' as const, policies: [{ name: text, sql: text, place: { file: `supabase/${text}`, line: 3 } }] },
    }),
  }));
  const place = { file: `supabase/${text}`, line: 2 };
  return [
    sampleObject({ name, schema: index % 2 === 0 ? 'public' : text, place, natureWhy: text, holds: [text], cells }),
    sampleObject({ name: `${name} unfilled`, place, cells: [], unseeded: text }),
    sampleObject({ name: `${name} broken`, place, cells: cells.map((cell) => ({ ...cell, outcome: 'broken' as const })) }),
  ];
});

const hostileProof: IsolationProof = sampleProof({
  people: hostileTexts.slice(0, 8).map((text, index) => ({ name: everybody[index] ?? 'anon', holds: [text] })),
  objects: hostileObjects,
  escalations: hostileTexts.map((text) => sampleEscalation({ what: text, object: text, column: text, value: text, sql: text })),
  broken: hostileTexts.map((text) => sampleBroken({ object: text, message: text, sql: text })),
  cutShort: hostileTexts.join(' '),
  rebuild: sampleRebuild({
    failures: hostileTexts.map((text) => sampleFailure({ sql: text, reason: text, place: { file: text, line: 1 }, touches: [text] })),
    reconstructed: hostileTexts,
    stubs: hostileTexts,
  }),
});

const hostileLock: AccessLock = {
  ...lock,
  file: hostileTexts[0] ?? '',
  lines: hostileTexts.map((text, line) => ({
    source: 'supabase',
    thing: `table ${text} ${line}`,
    verb: 'read',
    can: [],
    unknown: [],
    line: line + 1,
  })),
  answers: hostileTexts.map((text, line) => ({
    source: 'supabase',
    thing: `table ${text} ${line}`,
    with: 'nobody' as const,
    by: text,
    on: text,
    why: text,
    line: line + 1,
  })),
};

/** A finished run of stage `access` with its matrix, the same every time. */
export async function accessReport({
  hostile = false,
  live = hostile ? hostileRoutes(hostileTexts) : undefined,
}: { readonly hostile?: boolean; readonly live?: LiveAccess } = {}): Promise<Report> {
  const proof = hostile
    ? hostileProof
    : sampleProof({
        objects: portal,
        escalations: [sampleEscalation()],
        broken: [sampleBroken({ object: 'public.settings' })],
        rebuild: sampleRebuild({
          statements: 821,
          applied: 812,
          superseded: 1,
          failures: [sampleFailure({ opens: true, touches: ['public.payments'] })],
          reconstructed: ['public.leads'],
        }),
      });
  const facts = { [isolationProof.id]: proof, [accessLock.id]: hostile ? hostileLock : lock, ...(live && { [liveAccess.id]: live }) };
  const { run: made } = await run({
    checks: checks.filter((check) => stageOf(check) === 'access'),
    collectors: [],
    evidence: facts,
    target: {
      root: '/home/somebody/client-portal',
      ...(live && { url: new URL('http://localhost:3000'), people: [{ name: 'owner', email: 'owner@example.com' }] }),
      scope: { hosts: [], requests: 0, history: false },
    },
    version: '0.1.0',
    targetArguments: '.',
  });
  const fixed = { ...made, startedAt: '2026-11-23T09:30:00.000Z', durationMs: 1234 };
  const verdict = judge(fixed.findings, defaultPolicy, '2026-11-23');
  return { run: fixed, verdict, documents: [accessMatrix(fixed, facts, verdict)] };
}
