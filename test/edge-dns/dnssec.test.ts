import { describe, expect, it } from 'vitest';
import { dnssecBroken } from '../../src/checks/edge/dnssec-broken.ts';
import type { DnssecFacts } from '../../src/evidence/dnssec.ts';
import { computedSample, dnssecSample, signatureSample } from '../../src/evidence/dnssec-samples.ts';

const day = 86_400;
const unchecked = {
  resolver: 'does-not',
  names: [{ name: 'app.example.com', is: 'insecure', text: 'it is answered' }],
  computed: [computedSample({ type: 'DNSKEY', is: 'unknown', why: 'its signature is of algorithm 23, which is not computed here' })],
} as const;

describe('a signed domain, where no resolver checks signatures and they are of a kind that we do not compute', () => {
  it.each<[string, Partial<DnssecFacts>, string | undefined]>([
    ['and all that can be seen fits', {}, 'low'],
    ['and no signature was shown', { signatures: [] }, undefined],
    ['and the keys could not be asked for', { keysAsked: 'failed', keys: [] }, undefined],
    [
      'and the DS record is of a kind that we do not know',
      { ds: [{ keyTag: 1, algorithm: 13, digestType: 9, matches: 'unknown' }] },
      undefined,
    ],
    ['and a signature begins tomorrow', { signatures: [signatureSample(day, 7 * day)] }, undefined],
    ['and a host fails both ways', { names: [{ name: 'app.example.com', is: 'untold', text: 'SERVFAIL' }] }, undefined],
  ])('%s', (_, change, severity) => {
    const told = [...dnssecBroken.evaluate({ dnssec: dnssecSample({ ...unchecked, ...change }) })];
    expect(told.map((one) => [one.outcome, one.severity])).toEqual([['unknown', severity]]);
  });
});
