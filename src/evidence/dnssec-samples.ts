import type { ComputedSet, DnssecFacts } from './dnssec.ts';

const day = 86_400;
const askedAt = 1_795_000_000;

/** A domain that is signed as it should be, for the examples of checks. */
export function dnssecSample(change: Partial<DnssecFacts> = {}): DnssecFacts {
  return {
    zone: 'example.com',
    askedAt,
    resolver: 'validates',
    dsAsked: 'told',
    ds: [{ keyTag: 2371, algorithm: 13, digestType: 2, matches: 'yes' }],
    keysAsked: 'told',
    keys: [{ keyTag: 2371, algorithm: 13, entry: true }],
    signatures: [signatureSample(-7 * day, 7 * day)],
    computed: [computedSample({ type: 'DNSKEY' }), computedSample({ type: 'SOA' }), computedSample({ name: 'app.example.com' })],
    uncomputed: [],
    names: [{ name: 'app.example.com', is: 'secure', text: 'it validates' }],
    ...change,
  };
}

/** A signature that began and ends so many seconds from when it was asked for. */
export const signatureSample = (from: number, until: number): DnssecFacts['signatures'][number] => ({
  covers: 'SOA',
  keyTag: 2371,
  inception: askedAt + from,
  expiration: askedAt + until,
  server: '192.0.2.53',
});

/** Records of one name at one server, signed as they should be. */
export const computedSample = (change: Partial<ComputedSet> = {}): ComputedSet => ({
  server: '192.0.2.53',
  name: 'example.com',
  type: 'A',
  is: 'holds',
  why: '',
  ...change,
});
