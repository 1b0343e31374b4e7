import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { type DnssecFacts, dnssecFacts } from '../../evidence/dnssec.ts';
import { dnssecSample, signatureSample } from '../../evidence/dnssec-samples.ts';

export const dnssecBroken = defineCheck({
  id: 'edge/dnssec-broken',
  severity: 'blocker',
  covers: ['S3-C1', 'CF-dnssec'],
  doc: {
    title: 'The signatures of the domain (DNSSEC) do not fit',
    why: 'Resolvers that check signatures, those of Google, Cloudflare and many access providers among them, say that the domain does not exist. For their users the app is down and mail does not arrive, while it works for you.',
    fix: 'The registrar still has the DS record of the old DNS host, or the signatures ran out. Remove the DS records at the registrar now. Once everything works, switch DNSSEC on at the DNS host of today and give its new DS record to the registrar.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc4035#section-5', 'https://www.rfc-editor.org/rfc/rfc6781#section-4.3.5'],
  },
  needs: { dnssec: dnssecFacts },
  examples: {
    fails: [
      {
        name: 'the registrar has the DS record of an old key',
        given: { dnssec: dnssecSample({ ds: [{ keyTag: 11, algorithm: 13, digestType: 2, matches: 'no' }], names: [] }) },
      },
      {
        name: 'the new DNS host does not sign',
        given: {
          dnssec: dnssecSample({ ds: [{ keyTag: 11, algorithm: 13, digestType: 2, matches: 'no' }], keys: [], signatures: [], names: [] }),
        },
      },
      {
        name: 'the signatures ran out',
        given: { dnssec: dnssecSample({ signatures: [signatureSample(-20 * 86_400, -3_600)], names: [] }) },
      },
      {
        name: 'a host does not validate',
        given: { dnssec: dnssecSample({ names: [{ name: 'app.example.com', is: 'bogus', text: '192.0.2.1 answered SERVFAIL' }] }) },
      },
    ],
    passes: [{ name: 'signed, and it validates', given: { dnssec: dnssecSample() } }],
    unknowns: [
      { name: 'nobody could ask for DS records', given: { dnssec: dnssecSample({ dsAsked: 'failed', ds: [], names: [] }) } },
      {
        name: 'signed, but the resolver does not check signatures',
        given: {
          dnssec: dnssecSample({ resolver: 'does-not', names: [{ name: 'app.example.com', is: 'insecure', text: 'it is answered' }] }),
        },
      },
    ],
  },
  *evaluate({ dnssec }) {
    const { zone, dsAsked, ds, names } = dnssec;
    const about = { subject: zone, place: { name: zone } };
    const proof = proofOf(dnssec);
    const fault = faultOf(dnssec);
    if (fault !== undefined) yield { ...about, outcome: 'fail', message: fault, proof };
    else if (dsAsked === 'failed')
      yield {
        ...about,
        outcome: 'unknown',
        message: `Nobody could tell whether ${zone} is signed: the zone above could not be asked for DS records.`,
        toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
      };
    else if (ds.length === 0)
      yield { ...about, outcome: 'not-applicable', message: `${zone} is not signed (DNSSEC), which is no fault.`, proof };
    else if (names.some(({ is }) => is === 'secure') && !names.some(({ is }) => is === 'untold'))
      yield { ...about, outcome: 'pass', message: `The signatures of ${zone} fit, and a resolver that checks them is content.`, proof };
    else
      yield {
        ...about,
        outcome: 'unknown',
        // Few resolvers of companies and clouds check them; where all that can be seen without one fits, that is no reason to stop.
        ...(fits(dnssec) && { severity: 'low' as const }),
        message: fits(dnssec)
          ? `${zone} is signed, and its keys and dates fit; no resolver could be asked that checks the signatures themselves.`
          : `${zone} is signed, but no resolver could be asked that checks signatures.`,
        toKnow: 'Name a resolver that validates under domains.resolvers, e.g. 1.1.1.1 or 9.9.9.9.',
        proof,
      };
  },
});

function faultOf({ zone, ds, keysAsked, keys, signatures, names, askedAt }: DnssecFacts): string | undefined {
  const bogus = names.filter(({ is }) => is === 'bogus').map(({ name }) => name);
  const consequence = bogus.length > 0 ? ` ${andList(bogus)} cannot be found by those who check.` : '';
  if (ds.length > 0 && keysAsked === 'told' && ds.every(({ matches }) => matches === 'no'))
    return keys.length === 0
      ? `The registrar says that ${zone} is signed, but its DNS host does not sign it.${consequence}`
      : `The DS record at the registrar fits no key of ${zone}.${consequence}`;
  const ranOut = new Set(signatures.map(({ covers }) => covers));
  for (const covers of ranOut) {
    const all = signatures.filter((one) => one.covers === covers);
    if (ds.length > 0 && all.every(({ expiration }) => expiration < askedAt))
      return `The signatures of ${zone} ran out on ${dateOf(Math.max(...all.map(({ expiration }) => expiration)))}.${consequence}`;
  }
  if (bogus.length > 0) return `The signatures of ${andList(bogus)} do not fit: resolvers that check them do not answer.`;
  return undefined;
}

/** A key is the one that the zone above names, and what it signs is signed for now. */
const fits = ({ ds, keysAsked, signatures, names, askedAt }: DnssecFacts): boolean =>
  keysAsked === 'told' &&
  ds.some(({ matches }) => matches === 'yes') &&
  signatures.length > 0 &&
  signatures.every(({ inception, expiration }) => inception <= askedAt && askedAt < expiration) &&
  names.every(({ is }) => is === 'insecure');

const proofOf = ({ zone, ds, keys, signatures, names }: DnssecFacts): { kind: 'step'; text: string }[] =>
  [
    `DS records of ${zone} at the zone above: ${ds.map(({ keyTag, matches }) => `key ${keyTag} (${matches === 'yes' ? 'fits' : matches === 'no' ? 'fits no key' : 'of a kind we do not know'})`).join(', ') || 'none'}`,
    `keys of ${zone}: ${keys.map(({ keyTag }) => keyTag).join(', ') || 'none'}`,
    ...signatures.map(({ covers, server, expiration }) => `${server} signs ${covers} until ${dateOf(expiration)}`),
    ...names.map(({ name, text }) => `asked the resolver for ${name}, with validation: ${text}`),
  ].map((text) => ({ kind: 'step', text }));

/** `2026-11-23 08:00 UTC`; a time that is none as the number it is. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? String(seconds) : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
