import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { type NameServer, type ZoneFacts, zoneFacts } from '../../evidence/zone.ts';
import { deadSample, unseenZone, zoneSample } from '../../evidence/zone-samples.ts';

export const nameServerBroken = defineCheck({
  id: 'edge/name-server-broken',
  severity: 'high',
  covers: ['S3-C1'],
  doc: {
    title: 'A name server of the domain does not answer for it',
    why: 'Each visitor is sent to one of the name servers at random. Those who meet the broken one wait for seconds, or do not find the app and get no mail through.',
    fix: 'At the registrar, leave only the name servers that the DNS host of today names for the domain. If one of those is broken, add the domain there again.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc1912#section-2.8', 'https://www.rfc-editor.org/rfc/rfc2181#section-10.3'],
  },
  needs: { zone: zoneFacts },
  examples: {
    fails: [
      {
        name: 'one does not know the domain',
        given: { zone: zoneSample({}, { looks: [deadSample('lame', '198.51.100.53 answered REFUSED')] }) },
      },
      { name: 'one has no address', given: { zone: zoneSample({}, { own: [], found: 'none', looks: [] }) } },
      {
        name: 'the zone above does not know the domain',
        given: {
          zone: { ...unseenZone, delegation: { is: 'missing', parent: 'com', by: '203.0.113.1', names: [] } },
        },
      },
    ],
    passes: [{ name: 'both answer for the domain', given: { zone: zoneSample() } }],
    unknowns: [
      { name: 'nobody could look', given: { zone: unseenZone } },
      {
        name: 'no server answers, and nothing shows that questions leave this network',
        given: {
          zone: zoneSample({
            delegation: { is: 'unknown', parent: '', by: '', names: [], why: 'no answer in 2000 ms' },
            servers: [
              { name: 'ns1.example.net', own: ['192.0.2.53'], found: 'found', looks: [deadSample('silent', 'no answer in 2000 ms')] },
            ],
          }),
        },
      },
    ],
  },
  *evaluate({ zone: facts }) {
    const { zone, delegation, servers } = facts;
    if (delegation.is === 'missing' || delegation.is === 'no-cut') {
      if (delegation.is === 'missing')
        yield {
          outcome: 'fail',
          severity: 'blocker',
          subject: zone,
          place: { name: zone },
          message: `The servers of ${delegation.parent} know no ${zone}: it is not registered, has run out, or is on hold.`,
          fix: 'Look at the registrar whether the domain is paid for, its owner confirmed by the mailed link, and name servers set.',
          proof: [
            { kind: 'step', text: `asked ${delegation.by}, a server of ${delegation.parent}, for ${zone} NS: there is no such name` },
          ],
        };
      return;
    }
    if (servers.length === 0) {
      yield untold(zone, delegation.is === 'unknown' ? (delegation.why ?? 'no answer came') : 'no server is named');
      return;
    }
    const dead = servers.filter((one) => faultOf(one) !== undefined);
    // Where nothing shows that questions reach the servers themselves, something in between may have answered.
    const isReached = delegation.is === 'delegated' || servers.some(({ looks }) => looks.some(({ said }) => said === 'answers'));
    for (const server of servers) yield* judged(facts, server, { isReached, isLast: dead.length === servers.length });
  },
});

const untold = (zone: string, why: string): Observation => ({
  outcome: 'unknown',
  subject: zone,
  place: { name: zone },
  message: `Nobody could tell whether the name servers of ${zone} answer: ${why}.`,
  toKnow: 'Run it again from a network that lets questions to name servers through (port 53, UDP and TCP).',
});

function* judged(
  { zone, delegation, names }: ZoneFacts,
  server: NameServer,
  { isReached, isLast }: { readonly isReached: boolean; readonly isLast: boolean },
): Iterable<Observation> {
  const { name, looks } = server;
  const about = {
    subject: name,
    place: { name },
    proof: looks.map(({ address, said, why }) => ({
      kind: 'step' as const,
      text: `asked ${name} at ${address} for ${zone} SOA: ${said === 'answers' ? 'it answers for the zone' : (why ?? said)}`,
    })),
  };
  const fault = faultOf(server);
  const by =
    delegation.is === 'delegated' && delegation.names.some((one) => one.name === name)
      ? `the servers of ${delegation.parent} name it`
      : 'the zone names it';
  if (fault !== undefined && !isReached) yield { ...untold(zone, fault), ...about };
  else if (fault !== undefined)
    yield {
      ...about,
      outcome: 'fail',
      ...(isLast && { severity: 'blocker' as const }),
      message: `${name} does not answer for ${zone}, though ${by}: ${fault}.${isLast ? ' No other server does.' : ''}`,
    };
  else if (looks.some(({ said }) => said === 'answers')) yield { ...about, outcome: 'pass', message: `${name} answers for ${zone}.` };
  else
    yield {
      ...about,
      outcome: 'unknown',
      message: `Nobody could tell whether ${name} answers for ${zone}: ${looks[0]?.why ?? 'its address could not be asked for'}.`,
      toKnow:
        names.length > 0
          ? 'Run it again from a machine with IPv6.'
          : 'Try again later, or name another DNS server under domains.resolvers.',
    };
}

/** What is wrong with a server; one that works at one address and not at another is broken for some. */
function faultOf({ name, looks, found, alias }: NameServer): string | undefined {
  const bad = looks.find(({ said }) => said === 'lame' || said === 'silent');
  if (bad) return bad.why ?? 'no answer came';
  if (looks.length === 0 && found === 'none') return `there is no address for ${name}`;
  return alias === undefined ? undefined : `${name} is an alias of ${alias}, which a name server may not be`;
}
