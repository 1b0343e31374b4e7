import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList, plural } from '../../core/wording.ts';
import { type ComputedSet, type DnssecFacts, dnssecFacts } from '../../evidence/dnssec.ts';
import { computedSample, dnssecSample, signatureSample } from '../../evidence/dnssec-samples.ts';

const refused = { name: 'app.example.com', is: 'bogus', text: '192.0.2.1 answered SERVFAIL' } as const;
const unchecked = { resolver: 'does-not', names: [{ name: 'app.example.com', is: 'insecure', text: 'it is answered' }] } as const;
const stale = computedSample({
  server: 'ns2.example.com (198.51.100.53)',
  name: 'app.example.com',
  is: 'broken',
  why: 'its signature by key 2371 was made over other records, or with another key',
});

export const dnssecBroken = defineCheck({
  id: 'edge/dnssec-broken',
  severity: 'blocker',
  covers: ['S3-C1', 'CF-dnssec'],
  doc: {
    title: 'The signatures of the domain (DNSSEC) do not fit',
    why: 'Resolvers that check signatures, those of Google, Cloudflare and many access providers among them, say that the domain does not exist. For their users the app is down and mail does not arrive, while it works for you.',
    fix: 'The registrar still has the DS record of the old DNS host, the signatures ran out, or a name server has others than the zone is signed with. Remove the DS records at the registrar now. Once everything works, switch DNSSEC on at the DNS host of today and give its new DS record to the registrar.',
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
        name: 'a host does not validate, and leads elsewhere',
        given: { dnssec: dnssecSample({ computed: [computedSample({ name: 'app.example.com', type: 'CNAME' })], names: [refused] }) },
      },
      {
        name: 'one of two servers has a signature over other records, and the resolver asked the other one',
        given: { dnssec: dnssecSample({ computed: [computedSample({ server: 'ns1.example.com (192.0.2.53)' }), stale] }) },
      },
      {
        name: 'the keys that a server gives are not the one that the zone above names, and no resolver checks signatures',
        given: {
          dnssec: dnssecSample({
            computed: [{ ...stale, type: 'DNSKEY', why: 'none of its keys is the one that the zone above names' }],
            ...unchecked,
          }),
        },
      },
    ],
    passes: [
      { name: 'signed, and it validates', given: { dnssec: dnssecSample() } },
      { name: 'signed, and no resolver checks it: it was computed here', given: { dnssec: dnssecSample(unchecked) } },
    ],
    unknowns: [
      { name: 'nobody could ask for DS records', given: { dnssec: dnssecSample({ dsAsked: 'failed', ds: [], names: [] }) } },
      {
        name: 'signed in a way that is not computed here, and the resolver does not check signatures',
        given: {
          dnssec: dnssecSample({
            computed: [
              computedSample({ type: 'DNSKEY', is: 'unknown', why: 'its signature is of algorithm 23, which is not computed here' }),
            ],
            ...unchecked,
          }),
        },
      },
      {
        name: 'a server gives more keys than are tried, and the resolver is content',
        given: {
          dnssec: dnssecSample({
            computed: [computedSample(), computedSample({ is: 'unknown', why: 'there are more keys and signatures than are tried here' })],
          }),
        },
      },
      {
        name: 'a resolver refuses a host whose signatures hold at each server',
        given: { dnssec: dnssecSample({ computed: [computedSample({ name: 'app.example.com' })], names: [refused] }) },
      },
      {
        name: 'a resolver that checks signatures takes those that hold for none',
        given: { dnssec: dnssecSample({ names: unchecked.names }) },
      },
    ],
  },
  *evaluate({ dnssec }) {
    const { zone, dsAsked, ds } = dnssec;
    const about = { subject: zone, place: { name: zone } };
    const proof = proofOf(dnssec);
    const fault = faultOf(dnssec);
    if (fault !== undefined) yield { ...about, outcome: 'fail', ...fault, proof };
    else if (dsAsked === 'failed')
      yield {
        ...about,
        outcome: 'unknown',
        message: `Nobody could tell whether ${zone} is signed: the zone above could not be asked for DS records.`,
        toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
      };
    else if (ds.length === 0)
      yield { ...about, outcome: 'not-applicable', message: `${zone} is not signed (DNSSEC), which is no fault.`, proof };
    else yield { ...about, ...judged(dnssec), proof };
  },
});

type Judged = Pick<Observation, 'outcome' | 'message' | 'severity' | 'toKnow'>;

/** Where nothing is wrong, what is known of it: by our own computing, and by the resolver. */
function judged(facts: DnssecFacts): Judged {
  const { zone, resolver, computed, names } = facts;
  const refusedOnes = bogusOf(facts);
  if (refusedOnes.length > 0)
    return {
      outcome: 'unknown',
      message: `A resolver that checks signatures does not answer for ${andList(refusedOnes)}, but the signatures hold at ${giversOf(computed)}, as computed here.`,
      toKnow: `Name another resolver that validates under domains.resolvers, e.g. 1.1.1.1 or 9.9.9.9. Where it is content, the first one is wrong, or remembers a fault of before. Where it refuses too, the fault lies in what was not computed here: the zones above ${zone}, or proofs that something is not there.`,
    };
  const isContent = names.some(({ is }) => is === 'secure') && !names.some(({ is }) => is === 'untold');
  const open = computed.find(({ is }) => is === 'unknown');
  const holds = computed.length > 0 && open === undefined;
  if (holds && isContent)
    return {
      outcome: 'pass',
      message: `The signatures of ${zone} hold at ${giversOf(computed)}, as computed here, and a resolver that checks them is content.`,
    };
  // A resolver that was reached and does not tell of a host leaves that open.
  if (holds && resolver !== 'validates' && (resolver === 'unknown' || !names.some(({ is }) => is === 'untold')))
    return {
      outcome: 'pass',
      message: `The signatures of ${zone} hold at ${giversOf(computed)}, as computed here; no resolver could be asked that checks them as well.`,
    };
  const isDoubted = open !== undefined && computed.length > 0;
  const why = isDoubted ? ` Not computed here: ${aboutOf([open])} at ${open.server}: ${open.why}.` : '';
  if (isContent)
    return {
      outcome: 'unknown',
      severity: 'low',
      message: `A resolver that checks signatures is content with ${zone}, but it sees one server at a time.${why}`,
      toKnow: `Ask the server yourself: delv @SERVER ${open?.name ?? zone} ${open?.type ?? 'SOA'}, or dnsviz.net.`,
    };
  if (holds && resolver === 'validates' && names.every(({ is }) => is === 'insecure'))
    return {
      outcome: 'unknown',
      severity: 'low',
      message: `The signatures of ${zone} hold, as computed here, but a resolver that checks signatures takes them for no proof.`,
      toKnow: `Name another resolver that validates under domains.resolvers. Where it says the same, a zone above ${zone} is not signed, or the algorithm is one that resolvers no longer count.`,
    };
  return {
    outcome: 'unknown',
    // Few resolvers of companies and clouds check them; where all that can be seen without one fits, that is no reason to stop.
    ...(fits(facts) && { severity: 'low' as const }),
    message: fits(facts)
      ? `${zone} is signed, and its keys and dates fit; no resolver could be asked that checks the signatures themselves.${why}`
      : `${zone} is signed, but no resolver could be asked that checks signatures.${why}`,
    toKnow: 'Name a resolver that validates under domains.resolvers, e.g. 1.1.1.1 or 9.9.9.9.',
  };
}

const resign =
  'Have the DNS host sign the zone anew, and see that every name server loads it as it is then. Where that takes long, remove the DS records at the registrar until it is done: the domain then works without DNSSEC.';

type Fault = Pick<Observation, 'message' | 'fix'>;

function faultOf(facts: DnssecFacts): Fault | undefined {
  const { zone, ds, keysAsked, keys, signatures, computed, askedAt } = facts;
  const refusedOnes = bogusOf(facts);
  const consequence = refusedOnes.length > 0 ? ` ${andList(refusedOnes)} cannot be found by those who check.` : '';
  if (ds.length > 0 && keysAsked === 'told' && ds.every(({ matches }) => matches === 'no'))
    return {
      message:
        keys.length === 0
          ? `The registrar says that ${zone} is signed, but its DNS host does not sign it.${consequence}`
          : `The DS record at the registrar fits no key of ${zone}.${consequence}`,
    };
  const ranOut = new Set(signatures.map(({ covers }) => covers));
  for (const covers of ranOut) {
    const all = signatures.filter((one) => one.covers === covers);
    if (ds.length > 0 && all.every(({ expiration }) => expiration < askedAt))
      return {
        message: `The signatures of ${zone} ran out on ${dateOf(Math.max(...all.map(({ expiration }) => expiration)))}.${consequence}`,
      };
  }
  const broken = computed.filter(({ is }) => is === 'broken');
  if (broken.length > 0) return { message: `${brokenText(facts, broken)}${consequence}`, fix: resign };
  // A resolver that refuses what holds here is in doubt with all that it says.
  if (refusedOnes.length === 0 || refusedOnes.some((name) => isHeld(computed, name))) return undefined;
  return {
    message: computed.some(({ is }) => is === 'holds')
      ? `Resolvers that check signatures do not answer for ${andList(refusedOnes)}. What was computed here of ${zone} itself holds: the fault lies where they lead, or in a proof that something is not there.`
      : `The signatures of ${andList(refusedOnes)} do not fit: resolvers that check them do not answer.`,
  };
}

const bogusOf = ({ names }: DnssecFacts): string[] => names.filter(({ is }) => is === 'bogus').map(({ name }) => name);

/** Whether the addresses themselves of a host are there and signed, at each server, and nothing else takes proving. */
function isHeld(computed: readonly ComputedSet[], name: string): boolean {
  const own = computed.filter((one) => one.name === name && (one.type === 'A' || one.type === 'CNAME'));
  return own.some(({ type }) => type === 'A') && own.every(({ type, is, wildcard }) => type === 'A' && is === 'holds' && !wildcard);
}

/** Which sets do not hold at which servers and why, the first of many; and why a resolver may say otherwise. */
function brokenText({ zone, computed, names, resolver }: DnssecFacts, broken: readonly ComputedSet[]): string {
  const servers = serversOf(broken);
  const isSome = servers.length < serversOf(computed).length;
  const reasons = [...new Set(broken.map(({ why }) => why))];
  const shown = reasons.slice(0, 2).map((why) => `${aboutOf(broken.filter((one) => one.why === why))}: ${why}`);
  const isContent = names.some(({ is }) => is === 'secure') && !names.some(({ is }) => is === 'bogus');
  return [
    `Signatures of ${zone} do not hold at ${andList(servers)}, as computed here: ${shown.join('; ')}${reasons.length > 2 ? '; and more' : ''}.`,
    ...(isSome ? ['Those who check signatures find nothing there, or have to ask elsewhere.'] : []),
    ...(isContent
      ? [`The resolver that was asked is content: it ${isSome ? 'heard another server, or ' : ''}remembers an answer of before.`]
      : []),
    ...(resolver === 'does-not' ? ['The resolver that was asked does not check signatures.'] : []),
  ].join(' ');
}

const serversOf = (all: readonly ComputedSet[]): string[] => [...new Set(all.map(({ server }) => server))];
const giversOf = (computed: readonly ComputedSet[]): string => {
  const servers = serversOf(computed);
  return servers.length > 2 ? `each of ${servers.length} addresses of its name servers` : andList(servers);
};
/** `the keys`, `A of app.example.com`; the first of many. */
function aboutOf(sets: readonly ComputedSet[]): string {
  const all = [...new Set(sets.map(({ name, type }) => (type === 'DNSKEY' ? `the keys of ${name}` : `${type} of ${name}`)))];
  return firstOf(all);
}

/** A key is the one that the zone above names, and what it signs is signed for now. */
const fits = ({ ds, keysAsked, signatures, names, askedAt }: DnssecFacts): boolean =>
  keysAsked === 'told' &&
  ds.some(({ matches }) => matches === 'yes') &&
  signatures.length > 0 &&
  signatures.every(({ inception, expiration }) => inception <= askedAt && askedAt < expiration) &&
  names.every(({ is }) => is === 'insecure');

const proofOf = ({ zone, ds, keys, signatures, computed, uncomputed, names }: DnssecFacts): { kind: 'step'; text: string }[] =>
  [
    `DS records of ${zone} at the zone above: ${ds.map(({ keyTag, matches }) => `key ${keyTag} (${matches === 'yes' ? 'fits' : matches === 'no' ? 'fits no key' : 'of a kind we do not know'})`).join(', ') || 'none'}`,
    `keys of ${zone}: ${keys.map(({ keyTag }) => keyTag).join(', ') || 'none'}`,
    ...signatures.map(({ covers, server, expiration }) => `${server} signs ${covers} until ${dateOf(expiration)}`),
    ...serversOf(computed).flatMap((server) => computedTexts(computed.filter((one) => one.server === server))),
    ...(uncomputed.length > 0 ? [`not computed here: ${firstOf(uncomputed)}`] : []),
    ...names.map(({ name, text }) => `asked the resolver for ${name}, with validation: ${text}`),
  ].map((text) => ({ kind: 'step', text }));

/** What was computed at one server, in one line; and a line for each reason why something does not hold. */
function computedTexts(all: readonly ComputedSet[]): string[] {
  const open = all.filter(({ is }) => is !== 'holds');
  const server = all[0]!.server;
  return [
    `${server}: from the key on that the zone above names, the signatures of ${all.length - open.length} of ${plural(all.length, 'set')} of records hold`,
    ...[...new Set(open.map(({ why }) => why))].map((why) => `${server}: ${aboutOf(open.filter((one) => one.why === why))}: ${why}`),
  ];
}

const firstOf = (all: readonly string[]): string => andList(all.length > 4 ? [...all.slice(0, 3), `${all.length - 3} more`] : all);

/** `2026-11-23 08:00 UTC`; a time that is none as the number it is. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? String(seconds) : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
