import { beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../src/checks/index.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { Run } from '../../src/core/run.ts';
import { domainFlaws } from './flaws.ts';
import { startDomain } from './start.ts';

/** All that the stages know, but for what is read at Cloudflare: the domain is at no host that has an API. */
const asked = checks.filter(({ id }) => /^(?:edge|email)\/(?!cloudflare-)/.test(id));

/** Checks that find nothing to judge on the domain as it should be, and why. */
const withoutVerdict: Readonly<Record<string, string>> = {
  'edge/apex-www-apart': 'the bare domain is meant to lead to www',
  'edge/dnssec-broken': 'the zone is not signed',
  'edge/dnssec-expiring': 'the zone is not signed',
  'edge/dnssec-unlinked': 'the zone is not signed',
  'email/mail-arrives': 'no mail is sent',
  'email/mail-form': 'no mail is sent',
  'email/mail-links': 'no mail is sent',
  'email/mail-outside-map': 'no mail is sent',
  'email/mail-signed': 'no mail is sent',
  'email/sender-outside-map': 'there is no code to read',
};

/** What the real engine and collectors say of the domain with these flaws. */
async function runOn(flaws: readonly string[]): Promise<Run> {
  const domain = await startDomain({ flaws });
  try {
    const { domains, url, people } = domain;
    const { run: told } = await run({
      checks: asked,
      collectors,
      target: { domains, url, people, scope: { hosts: [url.host], requests: 6_000, history: false } },
      targetArguments: '',
      version: '0.0.0',
      signal: new AbortController().signal,
    });
    return told;
  } finally {
    await domain.stop();
  }
}

const failed = ({ findings }: Run): string[] =>
  [...new Set(findings.flatMap(({ check, outcome }) => (outcome === 'fail' ? [check] : [])))].toSorted();

describe('the domain as it should be', () => {
  let clean: Run;
  beforeAll(async () => {
    clean = await runOn([]);
  });

  it('has nothing wrong', () => {
    expect(clean.findings.filter(({ outcome }) => outcome === 'fail').map(({ check, message }) => `${check} ${message}`)).toEqual([]);
    expect(clean.evidence.flatMap(({ id, fault }) => (fault ? [`${id} ${fault.message}`] : []))).toEqual([]);
  });

  it('is looked at by nearly every check', () => {
    const unseen = clean.checks.filter(({ state, counts }) => state !== 'judged' || counts.pass === 0 || counts.unknown > 0);
    expect(unseen.map(({ id }) => id).toSorted()).toEqual(Object.keys(withoutVerdict).toSorted());
    // A flaw shows nothing by a check that did not look before.
    const switched = new Set(domainFlaws.flatMap((flaw) => flaw.checks));
    expect(unseen.filter(({ id }) => switched.has(id) && id !== 'edge/apex-www-apart').map(({ id }) => id)).toEqual([]);
  });
});

it.concurrent.each(domainFlaws.map((flaw) => [flaw.id, flaw] as const))(
  '%s turns red what it should, and nothing else',
  async (id, flaw) => {
    expect(failed(await runOn([id]))).toEqual([...flaw.checks].toSorted());
  },
);
