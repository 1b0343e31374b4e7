import { beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../src/checks/index.ts';
import { findBrowser } from '../../src/collect/browser/find.ts';
import { addressOf, openDns } from '../../src/collect/dns/client.ts';
import { openEdge } from '../../src/collect/edge/client.ts';
import { placesOf } from '../../src/collect/edge/places.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { Run } from '../../src/core/run.ts';
import { domainFlaws } from './flaws.ts';
import { delegationFlaws } from './flaws/delegation.ts';
import type { DomainFlaw } from './flaws/flaw.ts';
import { dmarcFlaws } from './flaws/dmarc.ts';
import { letterFlaws } from './flaws/letters.ts';
import { mailFlaws } from './flaws/mail.ts';
import { recordFlaws } from './flaws/records.ts';
import { spfFlaws } from './flaws/spf.ts';
import { startDomain } from './start.ts';

/** All that the stages know, but for what is read at Cloudflare: the domain is at no host that has an API. */
const asked = checks.filter(({ id }) => /^(?:edge|email)\/(?!cloudflare-)/.test(id));

/** Checks that find nothing to judge on the domain as it should be, and why. */
const withoutVerdict: Readonly<Record<string, string>> = {
  'edge/apex-www-apart': 'the bare domain is meant to lead to www',
};

/** Flaws that cannot reach the app, which the map pins to this machine: nobody signs in to it for them, as that takes longest. */
const beforeTheApp = new Set([...delegationFlaws, ...recordFlaws]);
/** Flaws of mail change no page and no certificate, which take long to look at; that they leave those alone, the benchmark `edge` shows. */
const ofMail = new Set([...spfFlaws, ...dmarcFlaws, ...mailFlaws, ...letterFlaws]);
const beside = asked.filter(({ needs }) => !Object.values<{ id: string }>(needs).some(({ id }) => /^(?:edge|tls)\./.test(id)));

/** What the real engine and collectors say of the domain with these flaws. */
async function runOn(flaws: readonly string[], { signsIn = true, mails = true, browser = false, of = asked } = {}): Promise<Run> {
  const domain = await startDomain({ flaws });
  try {
    const { domains, url, people, mail, email, root } = domain;
    const { run: told } = await run({
      checks: of,
      collectors,
      target: {
        domains,
        url,
        root,
        people: signsIn ? people : [],
        ...(browser && { browser }),
        ...(mails && { mail, email, writes: true }),
        scope: { hosts: [url.host], requests: 6_000, history: false },
      },
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

it('answers as late as it is told', async () => {
  const domain = await startDomain({ delayMs: 50 });
  const dns = openDns({ servers: domain.domains.resolvers!.map(addressOf) });
  const client = openEdge({ domains: domain.domains, placeOf: placesOf(domain.domains, dns), requests: 10 });
  try {
    const begun = performance.now();
    expect((await dns.ask(domain.url.hostname, 'A')).is).toBe('records');
    const asked = performance.now();
    expect((await client.ask(domain.url)).is).toBe('answer');
    // One delay of the name server; one of the connection, and one of the answer.
    expect(asked - begun).toBeGreaterThanOrEqual(45);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(95);
  } finally {
    await client.close();
    await domain.stop();
  }
});

it('refuses a flaw that nobody knows', async () => {
  await expect(startDomain({ flaws: ['no-such-flaw'] })).rejects.toThrow('There is no flaw called "no-such-flaw".');
  const ids = domainFlaws.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('can have all of its flaws at once', async () => {
  const domain = await startDomain({ flaws: domainFlaws.map(({ id }) => id) });
  await domain.stop();
});

/** What a flaw turns red, and nothing else. */
async function turnsRed(flaw: DomainFlaw): Promise<void> {
  const way = ofMail.has(flaw)
    ? { signsIn: false, mails: letterFlaws.includes(flaw), of: beside }
    : { signsIn: !beforeTheApp.has(flaw), mails: false, browser: flaw.browser === true };
  expect(failed(await runOn([flaw.id], way))).toEqual([...flaw.checks].toSorted());
}

const named = (flaws: readonly DomainFlaw[]) => flaws.map((flaw) => [flaw.id, flaw] as const);
it.concurrent.each(named(domainFlaws.filter(({ browser }) => !browser)))('%s turns red what it should, and nothing else', (_, flaw) =>
  turnsRed(flaw),
);

const hasBrowser = findBrowser() !== undefined;
if (!hasBrowser) process.stderr.write('skipped: no Chromium is installed, so what only a browser sees of the domain is not tried\n');
describe.skipIf(!hasBrowser)('in a browser', () => {
  it.each(named(domainFlaws.filter(({ browser }) => browser)))('%s turns red what it should, and nothing else', (_, flaw) =>
    turnsRed(flaw),
  );

  it('the domain as it should be has nothing wrong, and its pages were looked at as somebody who signs in', async () => {
    const clean = await runOn([], { mails: false, browser: true, of: asked.filter(({ id }) => id === 'edge/mixed-content') });
    expect(clean.findings.filter(({ outcome }) => outcome !== 'pass').map(({ message }) => message)).toEqual([]);
    expect(clean.findings.map(({ subject }) => subject)).toContain('https://app.harbourline.example/account as anna');
  });
});
