import type { DnsClient } from '../../src/collect/dns/client.ts';
import { collectors } from '../../src/collect/index.ts';
import { dnsClient } from '../../src/collect/dns/collector.ts';
import { checks } from '../../src/checks/index.ts';
import { type CollectContext, needsOf } from '../../src/core/collector.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Observation } from '../../src/core/finding.ts';
import { type GivenDomains, inputsOf } from '../../src/core/target.ts';

/** A domain map with one host a label; the empty label is the apex. */
export const mapOf = (apex: string, labels: readonly string[] = ['', 'www', 'app'], change: Partial<GivenDomains> = {}): GivenDomains => ({
  apex,
  hosts: labels.map((label) => ({ name: label === '' ? apex : `${label}.${apex}`, role: 'app' })),
  mail: [],
  drafted: false,
  ...change,
});

/** Collects what these checks need through the client, each fact once, and judges it. */
export async function judge(dns: DnsClient, domains: GivenDomains, ids: readonly string[]): Promise<(Observation & { check: string })[]> {
  const facts = new Map<string, Promise<unknown>>([[dnsClient.id, Promise.resolve(dns)]]);
  const context = {
    target: { scope: { hosts: [], requests: 50, history: false }, domains },
    signal: new AbortController().signal,
    progress: () => undefined,
  } as unknown as CollectContext;
  const inputs = inputsOf(context.target);
  const given = async (needs: Readonly<Record<string, Evidence>>): Promise<Record<string, unknown>> =>
    Object.fromEntries(await Promise.all(Object.entries(needs).map(async ([key, need]) => [key, await fact(need)] as const)));
  const fact = (need: Evidence): Promise<unknown> => {
    const known = facts.get(need.id);
    if (known) return known;
    const collector = collectors.find(({ provides }) => provides.id === need.id)!;
    // As the engine does: what the target has nothing for is given as absent.
    if (!inputs.has(collector.wants) && need.absent !== undefined) return Promise.resolve(need.absent);
    const value = Promise.all(needsOf(collector).map(fact)).then(async () =>
      collector.collect((await given(collector.needs)) as never, context),
    );
    facts.set(need.id, value);
    return value;
  };
  const all = await Promise.all(
    ids.map(async (id) => {
      const check = checks.find((one) => one.id === id)!;
      return [...(check.evaluate(await given(check.needs)) as Iterable<Observation>)].map((one) => ({ ...one, check: id }));
    }),
  );
  return all.flat();
}

/** `check outcome severity`, of all that is no pass and does apply. */
export const open = (all: readonly (Observation & { check: string })[]): string[] =>
  all
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
    .map(({ check: id, outcome, severity }) => `${id} ${outcome} ${severity ?? checks.find((one) => one.id === id)!.severity}`);
