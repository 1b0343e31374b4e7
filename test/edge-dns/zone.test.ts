import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watched } from '../../src/cli/watch.ts';
import { domainWanted } from '../../src/collect/dns/wanted.ts';
import { mapOf } from './judge.ts';
import { addresses, type Lab, missing, port, startLab } from './lab.ts';
import { verdicts } from './verdicts.ts';
import { zones } from './zones.ts';

if (missing) process.stderr.write(`skipped, the name servers of the domain against real ones: ${missing}\n`);

describe.skipIf(missing)('the name servers of the domain, with knot and unbound', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(zones);
  });
  afterAll(() => lab?.stop());

  it.each([
    ['good.test', []],
    ['signed.test', []],
    ['ownglue.test', []],
    ['lame.test', ['edge/name-server-broken fail high', 'edge/zone-out-of-step unknown high']],
    ['silent.test', ['edge/name-server-broken fail high', 'edge/zone-out-of-step unknown high']],
    ['nameless.test', ['edge/name-server-broken fail high', 'edge/name-servers-alike fail low']],
    ['unregistered.test', ['edge/name-server-broken fail blocker']],
    ['differ.test', ['edge/name-servers-differ fail medium']],
    ['glueless.test', ['edge/glue-wrong fail high']],
    ['oldglue.test', ['edge/glue-wrong fail high']],
    ['behind.test', ['edge/zone-out-of-step fail low']],
    ['apart.test', ['edge/zone-out-of-step fail medium']],
    ['halfway.test', ['edge/zone-out-of-step fail high', 'edge/zone-out-of-step fail high']],
    ['onenet.test', ['edge/name-servers-alike fail low']],
    ['slow.test', ['edge/soa-values fail low']],
    ['oldds.test', ['edge/dnssec-broken fail blocker']],
    ['expired.test', ['edge/dnssec-broken fail blocker']],
    ['unsigned.test', ['edge/dnssec-broken fail blocker']],
    ['unlinked.test', ['edge/dnssec-unlinked fail low']],
  ])('%s: %j', async (zone, told) => {
    expect(await verdicts(zone)).toEqual(told);
  });

  it('gone.test: no server of it answers, which stops the launch', async () => {
    expect(await verdicts('gone.test')).toContain('edge/name-server-broken fail blocker');
  });

  it.each([
    ['good.test', 'there', 'All 3 are there, as 3 servers say'],
    ['signed.test', 'there', 'All 3 are there, as 3 servers say'],
    ['differ.test', 'there', `ns2.hoster.test (${addresses.second})`],
    ['halfway.test', 'not-there', `✗ not there: no such name\n        at ns2.hoster.test (${addresses.second})`],
    ['apart.test', 'not-there', `✓ there: A 198.51.100.8\n        at ns2.hoster.test (${addresses.second})`],
    ['lame.test', 'unknown', 'answered REFUSED'],
    ['nameless.test', 'unknown', '? no answer: it has no address that this machine can ask\n        at ns9.hoster.test'],
    ['unregistered.test', 'not-there', 'unregistered.test is not registered, or has no name servers yet'],
    ['expired.test', 'unknown', 'answered SERVFAIL'],
  ])('%s: edge --watch takes its hosts for %s', async (zone, outcome, words) => {
    const reached = { resolvers: [`${addresses.resolver}:${port}`], roots: [`${addresses.root}:${port}`] };
    const domains = mapOf(zone, undefined, reached);
    let text = '';
    const { signal } = new AbortController();
    const seen = await watched(domains, domainWanted(domains), { signal, say: (more) => (text += more) });
    expect([seen.outcome, text]).toEqual([outcome, expect.stringContaining(words)]);
  });
});
