import { defineCheck } from '../../core/check.ts';
import { lookSample, unseenZone, zoneSample } from '../../evidence/zone-samples.ts';
import { zoneFacts } from '../../evidence/zone.ts';

export const nameServersAlike = defineCheck({
  id: 'edge/name-servers-alike',
  severity: 'low',
  covers: ['S3-C1'],
  doc: {
    title: 'All name servers of the domain stand in one network',
    why: 'If that network fails, the app, its API and its mail are gone together, however many servers there are elsewhere.',
    fix: 'Use a DNS host with name servers in several networks, as nearly every large one has.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc2182#section-3.1'],
  },
  needs: { zone: zoneFacts },
  examples: {
    fails: [
      { name: 'one network', given: { zone: zoneSample({}, { own: ['192.0.2.54'], looks: [lookSample({ address: '192.0.2.54' })] }) } },
      { name: 'one server', given: { zone: zoneSample({ servers: zoneSample().servers.slice(0, 1) }) } },
    ],
    passes: [{ name: 'two networks', given: { zone: zoneSample() } }],
    unknowns: [{ name: 'nobody could look', given: { zone: unseenZone } }],
  },
  *evaluate({ zone: { zone, delegation, servers } }) {
    if (delegation.is === 'missing' || delegation.is === 'no-cut') return;
    const about = { subject: zone, place: { name: zone } };
    const addresses = [...new Set(servers.flatMap(({ looks }) => looks.map(({ address }) => address)))];
    if (addresses.length === 0) {
      yield {
        ...about,
        outcome: 'unknown',
        message: `Nobody could tell where the name servers of ${zone} stand: ${delegation.is === 'unknown' ? (delegation.why ?? 'no answer came') : 'no address of them is known'}.`,
        toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
      };
      return;
    }
    const proof = servers.map(({ name, looks }) => ({
      kind: 'step' as const,
      text: `${name}: ${looks.map(({ address }) => address).join(', ') || 'no address'}`,
    }));
    if (servers.length === 1)
      yield { ...about, outcome: 'fail', severity: 'medium', message: `${zone} has one name server only, and needs two.`, proof };
    else if (new Set(addresses.map(networkOf)).size === 1)
      yield {
        ...about,
        outcome: 'fail',
        message: `All name servers of ${zone} stand in the network ${networkOf(addresses[0] ?? '')}.`,
        proof,
      };
    else yield { ...about, outcome: 'pass', message: `The name servers of ${zone} stand in several networks.`, proof };
  },
});

/** The network that one failure takes away: a /24 of IPv4, a /48 of IPv6. */
const networkOf = (address: string): string =>
  address.includes(':') ? `${expanded(address).slice(0, 3).join(':')}::/48` : `${address.split('.').slice(0, 3).join('.')}.0/24`;

/** The eight groups of an IPv6 address. */
function expanded(address: string): string[] {
  const [head = '', tail] = address.split('::', 2);
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  return [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right];
}
