import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample } from '../../evidence/cloudflare-samples.ts';

export const cloudflareTokenWide = defineCheck({
  id: 'edge/cloudflare-token-wide',
  severity: 'low',
  covers: ['CF-api-token-scoped'],
  doc: {
    title: 'The token of Cloudflare reaches more domains than this one',
    why: 'Whoever gets hold of it, on a laptop or in a log of CI, can read or change them all.',
    fix: 'Make a token for this zone alone: under "Zone Resources" choose Include, Specific zone; give it an end date of a few days. docs/guide/edge.md lists the rows it needs.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/fundamentals/api/get-started/create-token/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [{ name: 'three zones', given: { zones: [edgeZoneSample({ reached: 3 })] } }],
    passes: [{ name: 'this zone alone', given: { zones: [edgeZoneSample()] } }],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed({ reached, name }: EdgeZone): Generator<Observation, void> {
  if (reached < 1 || name === '') return;
  yield {
    subject: 'token',
    place: { name: 'token of Cloudflare' },
    outcome: reached === 1 ? 'pass' : 'fail',
    message: reached === 1 ? `The token reaches ${name} alone.` : `The token reaches ${reached} zones, of which only ${name} is meant.`,
  };
}
