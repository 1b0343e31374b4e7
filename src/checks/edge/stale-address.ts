import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { type PlacedAddress, type PlacedHost, placement } from '../../evidence/placement.ts';
import { placedSample, placementSample } from '../../evidence/placement-samples.ts';
import { providerOf } from '../../evidence/providers.ts';

const lovable: PlacedAddress = { address: '185.158.133.1', provider: 'lovable', proxied: false };

export const staleAddress = defineCheck({
  id: 'edge/stale-address',
  severity: 'high',
  covers: ['S3-C1', 'CF-dangling-a'],
  doc: {
    title: 'A host has an address left over from before beside the new one',
    why: 'Browsers take any of the addresses: a part of the visitors ends at the old host, and it looks as if the app works only at times. Certificates are often not issued either.',
    fix: 'Remove the A and AAAA records of the old host; keep only those that the host of today asks for.',
    effort: 'minutes',
  },
  needs: { placed: placement },
  examples: {
    fails: [
      {
        name: 'addresses of two services',
        given: {
          placed: placementSample([placedSample({ addresses: [lovable, { address: '76.76.21.21', provider: 'vercel', proxied: false }] })]),
        },
      },
      {
        name: 'an old IPv6 address',
        given: {
          placed: placementSample([placedSample({ addresses: [lovable, { address: '2001:db8::7', provider: '', proxied: false }] })]),
        },
      },
    ],
    passes: [{ name: 'addresses of one service', given: { placed: placementSample([placedSample()]) } }],
    unknowns: [
      {
        name: 'nobody could ask',
        given: { placed: placementSample([placedSample({ outcome: 'failed', addresses: [], why: '192.0.2.53 answered SERVFAIL' })]) },
      },
    ],
  },
  *evaluate({ placed: { hosts, drafted, apex } }) {
    for (const host of hosts) {
      const { name, outcome, why, addresses } = host;
      const about = { subject: name, place: { name } };
      if (outcome === 'failed') {
        if (!drafted || name === apex)
          yield {
            ...about,
            outcome: 'unknown',
            message: `Nobody could tell which addresses ${name} has: ${why || 'no answer came'}.`,
            toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
          };
        continue;
      }
      // What an alias leads to is kept by the service itself.
      if (host.provider !== '') continue;
      const first = addresses.map(({ provider }) => providerOf(provider)).find((one) => one !== undefined);
      if (!first) continue;
      const old = strangers(host, first.id, first.exact, first.onlyIPv4);
      const proof = addresses.map(({ address, provider }) => ({
        kind: 'step' as const,
        text: `${name} ${address.includes(':') ? 'AAAA' : 'A'} ${address}: ${providerOf(provider)?.name ?? 'not known whose'}`,
      }));
      if (old.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          message: `${name} leads to ${first.name}, and beside it to ${andList(old.map(({ address, provider }) => `${address}${provider === '' ? '' : ` (${providerOf(provider)?.name ?? provider})`}`))}.`,
          proof,
        };
      else yield { ...about, outcome: 'pass', message: `All addresses of ${name} are those of ${first.name}.`, proof };
    }
  },
});

/** Addresses that are none of the service: of another one, of nobody known where it has no others, and by IPv6 where it has none. */
const strangers = ({ addresses }: PlacedHost, id: string, exact: boolean, onlyIPv4: boolean): PlacedAddress[] =>
  addresses.filter(({ address, provider }) => provider !== id && (provider !== '' || exact || (onlyIPv4 && address.includes(':'))));
