import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample } from '../../evidence/cloudflare-samples.ts';

export const cloudflareZoneInactive = defineCheck({
  id: 'edge/cloudflare-zone-inactive',
  severity: 'high',
  covers: ['S3-C1'],
  doc: {
    title: 'The zone at Cloudflare is not in use',
    why: 'Records and protection that are set up there do nothing: the world still asks the old name servers, or Cloudflare is paused and hands visitors straight to your server.',
    fix: 'Enter the name servers that Cloudflare names at your registrar, and take away the old ones. Where another DNS host keeps the domain (CNAME setup), enter the TXT record there that Cloudflare shows. Where it is paused: Overview, Advanced Actions, Resume.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/dns/zone-setups/reference/domain-status/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'the registrar still names others', given: { zones: [edgeZoneSample({ status: 'pending' })] } },
      { name: 'paused', given: { zones: [edgeZoneSample({ paused: true })] } },
    ],
    passes: [{ name: 'active', given: { zones: [edgeZoneSample()] } }],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed({ name, status, paused, nameServers, isPartial }: EdgeZone): Generator<Observation, void> {
  if (name === '' || status === '') return;
  const about = {
    subject: name,
    place: { name },
    proof: [{ kind: 'step' as const, text: `Cloudflare says: ${status}${paused ? ', paused' : ''}` }],
  };
  if (status === 'active' && !paused) yield { ...about, outcome: 'pass', message: `${name} is served by Cloudflare.` };
  else if (paused) yield { ...about, outcome: 'fail', message: `Cloudflare is paused for ${name}: visitors reach your server directly.` };
  else
    yield {
      ...about,
      outcome: 'fail',
      message: isPartial
        ? `The zone of ${name} is ${status}: the DNS host of ${name} does not have the TXT record cloudflare-verify.${name} yet.`
        : `The zone of ${name} is ${status}: the registrar does not name ${nameServers.join(' and ') || 'the name servers of Cloudflare'} yet.`,
    };
}
