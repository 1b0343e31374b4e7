import { describe, expect, it } from 'vitest';
import { collected } from '../../test/contracts/fixture-evidence.ts';
import { portalChecks } from '../../test/contracts/fixture-portal.ts';
import { fixtureReport } from '../../test/contracts/fixture.ts';
import { type Block, type Document, findingsOf, type FoldBlock } from '../core/deliverable.ts';
import type { Report } from '../report/report.ts';
import { riskList } from './risk-list.ts';

const documentOf = ({ documents: [document] }: Report): Document => document as Document;
const top = ({ blocks }: Document): string[] =>
  findingsOf(blocks)
    .find(({ ordered }) => ordered)
    ?.items.map(({ finding }) => finding.check.slice('audit/'.length)) ?? [];
const fold = ({ blocks }: Document, title: string): FoldBlock | undefined =>
  blocks.find((block): block is FoldBlock => block.kind === 'fold' && block.title.startsWith(title));
const textOf = (blocks: readonly Block[]): string => JSON.stringify(blocks);

describe('riskList', async () => {
  const report = await fixtureReport();
  const document = documentOf(report);

  it('puts five different things on top, in fix order, the leaked key first', () => {
    expect(top(document)).toEqual(['secret-in-client', 'rls-off', 'function-without-auth', 'rls-always-true', 'signup-role']);
  });

  it('shows every open finding exactly once, and every unknown', () => {
    const shown = findingsOf(document.blocks).flatMap(({ items }) =>
      items.flatMap(({ finding, also }) => [finding.id, ...also.map(({ id }) => id)]),
    );
    const wanted = report.run.findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown').map(({ id }) => id);
    expect(shown.toSorted()).toEqual(wanted.toSorted());
  });

  it('gives every failed item a prompt for the tool the app is built with, and unknowns what would tell', () => {
    for (const { items } of findingsOf(document.blocks))
      for (const { finding, prompt } of items) {
        if (finding.outcome === 'fail') expect(prompt?.tool).toBe('Lovable');
        else expect([finding.toKnow !== undefined, prompt]).toEqual([true, undefined]);
      }
  });

  it('groups unknowns by cause', () => {
    const unknown = fold(document, 'What could not be told');
    const items = findingsOf(unknown?.blocks ?? []).flatMap((block) => block.items);
    expect(items.map(({ also }) => also.length + 1)).toEqual([3, 1, 1]);
    expect(textOf(unknown?.blocks ?? [])).toContain('3 checks that need the address of the running app');
    expect(textOf(unknown?.blocks ?? [])).toContain('public/vendor.min.js');
  });

  it('shows what was looked at', () => {
    const looked = textOf(fold(document, 'What was looked at')?.blocks ?? []);
    for (const part of [
      'Lovable',
      'Magic link',
      'organization_id',
      'POST /functions/v1/set-role',
      'any signed-in user (as far as it could be followed)',
      '238 commits',
    ])
      expect(looked).toContain(part);
  });

  it('works with no evidence at all', () => {
    const bare = riskList(report.run, {}, report.verdict);
    expect(top(bare)).toEqual(top(document));
    expect(fold(bare, 'What was looked at')).toBeUndefined();
    expect(findingsOf(bare.blocks)[0]?.items[0]?.prompt?.tool).toBe('your coding tool');
  });

  it('works with every single piece of evidence alone', () => {
    for (const [id, value] of Object.entries(collected))
      expect(riskList(report.run, { [id]: value }, report.verdict).blocks.length, id).toBeGreaterThan(5);
  });

  it('keeps accepted findings out of the fix order and in sight', async () => {
    const waiver = { finding: 'audit/secret-in-client', reason: 'key is dead', name: 'Ada', expires: '2027-01-01' };
    const known = report.run.findings.filter(({ check }) => check === 'audit/rls-off').map(({ fingerprint }) => fingerprint);
    const judged = documentOf(
      await fixtureReport({ policy: { waivers: [waiver, { ...waiver, expires: '2026-01-01' }], baseline: new Set(known) } }),
    );
    expect(top(judged)).not.toContain('secret-in-client');
    expect(top(judged)).not.toContain('rls-off');
    const aside = textOf(fold(judged, 'Accepted or known')?.blocks ?? []);
    for (const part of ['key is dead (Ada, until 2027-01-01)', 'known from an earlier run', 'Ran out, so they count again'])
      expect(aside).toContain(part);
  });

  it('offers the next things when nothing blocks, and says that nothing does', async () => {
    const mild = documentOf(await fixtureReport({ checks: portalChecks.filter(({ name }) => name === 'source-maps') }));
    expect(textOf(mild.blocks)).toContain('Nothing found stops the launch; mend this next');
    expect(top(mild)).toEqual(['source-maps']);
    expect(textOf(mild.blocks)).toContain('Work on what was found');
  });

  it('shows the open questions above the fold when they decide', async () => {
    const unsure = documentOf(await fixtureReport({ checks: portalChecks.filter(({ looksAt }) => looksAt === 'denied') }));
    expect(unsure.blocks.find(({ kind }) => kind === 'findings')).toMatchObject({ items: [{ also: [{}, {}] }] });
    expect(textOf(unsure.blocks)).toContain('Pay nobody yet');
    expect(textOf(unsure.blocks)).toContain('"not known"');
  });

  it("uses the reader's own rates", () => {
    const rated = riskList(report.run, collected, report.verdict, { rates: { currency: 'EUR', low: 10, high: 20 }, top: 2 });
    expect(textOf(rated.blocks)).toContain('assuming 10 to 20 EUR an hour');
    expect(top(rated)).toHaveLength(2);
  });
});
