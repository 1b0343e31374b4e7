import { describe, expect, it } from 'vitest';
import { checks } from '../../src/checks/index.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { Run } from '../../src/core/run.ts';
import { cloudflareFlaws } from './cloudflare-flaws.ts';
import { cleanZone, serveZone, type ZoneDraft } from './cloudflare.ts';

const asked = checks.filter(({ id }) => id.startsWith('edge/cloudflare-'));

/** What the real engine and collectors say of a zone. */
async function runOn(draft: ZoneDraft): Promise<Run> {
  const served = await serveZone(draft);
  try {
    const { domains, cloudflare } = served;
    const { run: told } = await run({
      checks: asked,
      collectors,
      target: { domains, cloudflare, scope: { hosts: [], requests: 100, history: false } },
      targetArguments: '',
      version: '0.0.0',
      signal: new AbortController().signal,
    });
    expect(JSON.stringify(told)).not.toContain(cloudflare.token);
    return told;
  } finally {
    await served.stop();
  }
}

const failed = ({ findings }: Run): string[] =>
  [...new Set(findings.flatMap(({ check, outcome }) => (outcome === 'fail' ? [check] : [])))].toSorted();

describe('the zone as it should be', () => {
  it('passes every check, with nothing left open', async () => {
    const clean = await runOn(cleanZone());
    expect(clean.findings.filter(({ outcome }) => outcome !== 'pass').map(({ check, message }) => `${check} ${message}`)).toEqual([]);
    expect(clean.evidence.flatMap(({ id, fault }) => (fault ? [`${id} ${fault.message}`] : []))).toEqual([]);
    const unseen = clean.checks.filter(({ state, counts }) => state !== 'judged' || counts.pass === 0 || counts.unknown > 0);
    expect(unseen.map(({ id }) => id)).toEqual([]);
  });
});

it.concurrent.each(cloudflareFlaws.map((flaw) => [flaw.id, flaw] as const))(
  '%s turns red what it should, and nothing else',
  async (_, flaw) => {
    const draft = cleanZone();
    flaw.change(draft);
    expect(failed(await runOn(draft))).toEqual([...flaw.checks].toSorted());
  },
);

it('each check has a switch', () => {
  const switched = new Set(cloudflareFlaws.flatMap((flaw) => flaw.checks));
  expect(asked.map(({ id }) => id).filter((id) => !switched.has(id))).toEqual([]);
});
