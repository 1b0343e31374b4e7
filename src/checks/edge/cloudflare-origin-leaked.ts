import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known, unread } from '../../evidence/cloudflare-samples.ts';
import { hostedBy, isWithoutServer } from '../../evidence/edge-records.ts';
import { unreadPart } from '../edge-setting.ts';

export const cloudflareOriginLeaked = defineCheck({
  id: 'edge/cloudflare-origin-leaked',
  severity: 'low',
  covers: ['CF-origin-hidden'],
  doc: {
    title: 'Another record gives away the server behind Cloudflare',
    why: 'The app hides behind the edge, but a record beside it (often ftp, dev, direct or mail) names the same server in the open. Attackers look there first.',
    fix: 'Delete the record if nobody needs it, put it behind the proxy if it is a website, or give mail a server of its own. Lock the server to Cloudflare in any case: addresses get known.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/fundamentals/security/protect-your-origin-server/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [{ name: 'dev names the server', given: { zones: [beside({ name: 'dev.example.com', proxied: false })] } }],
    passes: [{ name: 'another server', given: { zones: [beside({ name: 'dev.example.com', content: '192.0.2.99', proxied: false })] } }],
    unknowns: [{ name: 'the token may not look', given: { zones: [edgeZoneSample({ records: unread })] } }],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed({ records }: EdgeZone): Generator<Observation, void> {
  if (records.value === undefined) return yield unreadPart('records', records);
  const servers = new Set(
    records.value
      .filter((one) => one.proxied && (one.type === 'A' || one.type === 'AAAA') && hostedBy(one) === undefined && !isWithoutServer(one))
      .map(({ content }) => content),
  );
  for (const server of servers) {
    const open = records.value.filter(({ proxied, content, type }) => !proxied && content === server && (type === 'A' || type === 'AAAA'));
    const about = { subject: server, place: { name: server } };
    if (open.length === 0) yield { ...about, outcome: 'pass', message: `No other record names ${server}.` };
    else
      yield {
        ...about,
        outcome: 'fail',
        message: `${open.map(({ name }) => name).join(', ')} ${open.length === 1 ? 'names' : 'name'} the server that hides behind Cloudflare.`,
        proof: open.map(({ type, name }) => ({ kind: 'step' as const, text: `${type} ${name} ${server}: DNS only` })),
      };
  }
}

function beside(change: Parameters<typeof edgeRecord>[0]): EdgeZone {
  return edgeZoneSample({ records: known([edgeRecord(), edgeRecord(change)]) });
}
