import { defineCheck } from '../../core/check.ts';
import { type PlacedHost, placement } from '../../evidence/placement.ts';
import { placedSample, placementSample } from '../../evidence/placement-samples.ts';
import { providerOf } from '../../evidence/providers.ts';

const apexSample = placedSample({ name: 'example.com', role: 'marketing' });
const www = (change: Partial<PlacedHost>): PlacedHost => placedSample({ name: 'www.example.com', role: 'marketing', ...change });

export const apexWwwApart = defineCheck({
  id: 'edge/apex-www-apart',
  severity: 'medium',
  covers: ['S3-C1', 'S3-C2'],
  doc: {
    title: 'The domain with and without www leads to different services',
    why: 'One half of the visitors gets the new site and the other half the old one, with other sign-ins and other cookies.',
    fix: 'Let both lead to the same service and set one of them there to redirect; or write redirectsTo in the domain map where it is meant to be so.',
    effort: 'minutes',
  },
  needs: { placed: placement },
  examples: {
    fails: [
      {
        name: 'www was left behind',
        given: {
          placed: placementSample([
            apexSample,
            www({
              chain: ['acme.webflow.io'],
              provider: 'webflow',
              addresses: [{ address: '198.202.211.1', provider: 'webflow', proxied: false }],
            }),
          ]),
        },
      },
    ],
    passes: [{ name: 'both lead to one service', given: { placed: placementSample([apexSample, www({})]) } }],
    unknowns: [
      {
        name: 'www could not be asked for',
        given: { placed: placementSample([apexSample, www({ outcome: 'failed', addresses: [], why: '192.0.2.53 answered SERVFAIL' })]) },
      },
    ],
  },
  *evaluate({ placed: { apex, hosts } }) {
    const bare = hosts.find(({ name }) => name === apex);
    const twin = hosts.find(({ name }) => name === `www.${apex}`);
    if (!bare || !twin || bare.redirectsTo !== '' || twin.redirectsTo !== '') return;
    const about = { subject: apex, place: { name: apex } };
    if (bare.outcome === 'failed' || twin.outcome === 'failed') {
      yield {
        ...about,
        outcome: 'unknown',
        message: `Nobody could tell whether ${apex} and www.${apex} lead to the same service.`,
        toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
      };
      return;
    }
    const [one, other] = [serviceOf(bare), serviceOf(twin)];
    const proof = [bare, twin].map(({ name, chain, addresses }) => ({
      kind: 'step' as const,
      text: `${[name, ...chain].join(' → ')}: ${addresses.map(({ address }) => address).join(', ')}`,
    }));
    // Addresses that nobody knows say nothing about who stands behind them.
    if (!one || !other) return;
    if (one.id === other.id) yield { ...about, outcome: 'pass', message: `${apex} and www.${apex} both lead to ${one.name}.`, proof };
    else yield { ...about, outcome: 'fail', message: `${apex} leads to ${one.name}, but www.${apex} to ${other.name}.`, proof };
  },
});

const serviceOf = ({ provider, addresses }: PlacedHost) =>
  providerOf(provider || (addresses.find((one) => one.provider !== '')?.provider ?? ''));
