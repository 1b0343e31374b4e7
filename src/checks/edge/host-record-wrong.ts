import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { type PlacedHost, placement } from '../../evidence/placement.ts';
import { placedSample, placementSample } from '../../evidence/placement-samples.ts';
import { type HostingProvider, providerOf } from '../../evidence/providers.ts';

export const hostRecordWrong = defineCheck({
  id: 'edge/host-record-wrong',
  severity: 'high',
  covers: ['S3-C1'],
  doc: {
    title: 'A host does not lead to the service that is to serve it',
    why: 'Customers reach what was there before, or nothing; and the service gets no certificate for a host that does not lead to it.',
    fix: 'Set the record that the service asks for, and remove other A, AAAA and CNAME records of the same name.',
    effort: 'minutes',
  },
  needs: { placed: placement },
  examples: {
    fails: [
      {
        name: 'it leads to another service',
        given: {
          placed: placementSample([
            placedSample({ on: 'lovable', addresses: [{ address: '76.76.21.21', provider: 'vercel', proxied: false }] }),
          ]),
        },
      },
      {
        name: 'it leads to an address that the service does not have',
        given: {
          placed: placementSample([placedSample({ on: 'lovable', addresses: [{ address: '203.0.113.7', provider: '', proxied: false }] })]),
        },
      },
    ],
    passes: [{ name: 'it leads there', given: { placed: placementSample([placedSample({ on: 'lovable' })]) } }],
    unknowns: [
      {
        name: 'nobody could ask',
        given: {
          placed: placementSample([placedSample({ on: 'lovable', outcome: 'failed', addresses: [], why: '192.0.2.53 answered SERVFAIL' })]),
        },
      },
    ],
  },
  *evaluate({ placed: { apex, hosts } }) {
    for (const host of hosts) {
      const wanted = providerOf(host.on);
      if (wanted && host.redirectsTo === '') yield judged(host, wanted, host.name === apex);
    }
  },
});

function judged(host: PlacedHost, wanted: HostingProvider, isApex: boolean): Observation {
  const { name, chain, addresses, outcome, why } = host;
  const about = {
    subject: name,
    place: { name },
    fix: `For ${name}, ${wanted.name} asks for ${isApex ? wanted.apex : wanted.below}${wanted.proof === undefined ? '' : `, and ${wanted.proof}`}. Remove other A, AAAA and CNAME records of the same name.`,
    proof: [
      {
        kind: 'step' as const,
        text: `${[name, ...chain].join(' → ')}: ${addresses.map(({ address }) => address).join(', ') || why || 'no address'}`,
      },
    ],
  };
  const untold = (text: string): Observation => ({
    ...about,
    outcome: 'unknown',
    message: `Nobody could tell whether ${name} leads to ${wanted.name}: ${text}.`,
    toKnow: `Compare the records with what ${wanted.name} shows for the domain.`,
  });
  if (outcome === 'failed') return untold(why || 'no answer came');
  if (host.provider === wanted.id) return { ...about, outcome: 'pass', message: `${name} leads to ${wanted.name}.` };
  const own = addresses.filter(({ provider }) => provider === wanted.id);
  if (own.length > 0 && own.length === addresses.length) return { ...about, outcome: 'pass', message: `${name} leads to ${wanted.name}.` };
  // A mix of addresses is told by another check; here it does lead there.
  if (own.length > 0) return { ...about, outcome: 'pass', message: `${name} leads to ${wanted.name}, and elsewhere as well.` };
  if (outcome === 'none')
    return {
      ...about,
      outcome: 'fail',
      message: `${name} is to be served by ${wanted.name}, but has no address: ${why || 'there is none'}.`,
    };
  if (addresses.length > 0 && addresses.every(({ proxied }) => proxied))
    return { ...untold("it goes through Cloudflare's proxy, which hides where it leads"), severity: 'low' };
  const other = providerOf(host.provider) ?? addresses.map(({ provider }) => providerOf(provider)).find((one) => one !== undefined);
  const shown = andList(addresses.map(({ address }) => address));
  if (other || (wanted.exact && chain.length === 0))
    return {
      ...about,
      outcome: 'fail',
      message: `${name} is to be served by ${wanted.name}, but leads to ${other ? `${other.name} (${shown})` : shown}.`,
    };
  return { ...untold(`${shown} may be its address or not`), severity: 'low' };
}
