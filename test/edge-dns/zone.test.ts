import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, missing, startLab } from './lab.ts';
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
});
