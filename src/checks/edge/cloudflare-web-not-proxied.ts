import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import type { GivenHost } from '../../core/target.ts';
import { type EdgeRecord, edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known, unread } from '../../evidence/cloudflare-samples.ts';
import { endsOf, hostedBy, isAddress, isWithoutServer, ownEdgeOf, purposeOf } from '../../evidence/edge-records.ts';
import { providerNamed } from '../../evidence/providers.ts';
import { unreadPart } from '../edge-setting.ts';

export const cloudflareWebNotProxied = defineCheck({
  id: 'edge/cloudflare-web-not-proxied',
  severity: 'medium',
  covers: ['CF-proxied-web', 'CF-origin-hidden', 'S3-C3'],
  doc: {
    title: 'A host of the app does not go the way it should through Cloudflare',
    why: 'Without the proxy none of the rules, limits and certificates at the edge are for this host, and everybody sees the address of your server. In front of a builder with an edge of its own it is the other way round: behind a second one, its certificates are not renewed.',
    fix: 'Click the cloud of the record under DNS, Records: orange for a server of your own, grey ("DNS only") for builders that say so. launch-ready edge plan does it too.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/dns/proxy-status/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'the app is DNS only', given: { zones: [withRecord({ proxied: false })] } },
      {
        name: 'a tunnel without the proxy',
        given: { zones: [withRecord({ type: 'CNAME', content: '6ff42ae2.cfargotunnel.com', proxied: false })] },
      },
      { name: 'Lovable behind the proxy', given: { zones: [withRecord({ content: '185.158.133.1' })] } },
    ],
    passes: [
      { name: 'a server behind the proxy', given: { zones: [withRecord({})] } },
      {
        name: 'Cloudflare Pages without it',
        given: { zones: [withRecord({ type: 'CNAME', content: 'portal.pages.dev', proxied: false })] },
      },
      { name: 'Render without it, by its address', given: { zones: [withRecord({ content: '216.24.57.1', proxied: false })] } },
      {
        name: 'an alias of the domain, which is at Vercel',
        given: {
          zones: [
            edgeZoneSample({
              records: known([
                edgeRecord({ name: 'example.com', content: '76.76.21.21', proxied: false }),
                edgeRecord({ type: 'CNAME', content: 'example.com', proxied: false }),
              ]),
            }),
          ],
        },
      },
      { name: 'Framer without it', given: { zones: [withRecord({ type: 'CNAME', content: 'sites.framer.app', proxied: false })] } },
    ],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ records: unread })] } },
      {
        name: 'a host that nobody knows, without it',
        given: { zones: [withRecord({ type: 'CNAME', content: 'shops.example.net', proxied: false })] },
      },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed(zone: EdgeZone): Generator<Observation, void> {
  if (zone.records.value === undefined) return yield unreadPart('records', zone.records);
  const all = zone.records.value;
  for (const record of all) {
    if (!isAddress(record) || purposeOf(record, all, zone) !== 'web') continue;
    // Only what somebody wrote down is meant to be a host of the app.
    const host = zone.hosts.find(({ name }) => name === record.name);
    const builder = ownEdgeOf(record);
    const subject = `${record.type} ${record.name}`;
    const about = {
      subject,
      place: { name: subject },
      proof: [{ kind: 'step' as const, text: `${subject} ${record.content}: ${record.proxied ? 'proxied' : 'DNS only'}` }],
    };
    if (builder !== undefined && record.proxied)
      yield {
        ...about,
        outcome: 'fail',
        // Some put up with a second edge, though they advise against it.
        ...(providerNamed(builder.toLowerCase())?.proxy === 'fine' && { severity: 'low' as const }),
        message: `${record.name} leads to ${builder}, which wants to be reached without a proxy in front of it.`,
      };
    else if (record.proxied) yield { ...about, outcome: 'pass', message: `${record.name} goes through Cloudflare.` };
    else if (host !== undefined) yield { ...about, ...withoutProxy(record, zone, builder ?? host, all) };
    else if (builder !== undefined) yield { ...about, outcome: 'pass', message: `${record.name} leads to ${builder} directly.` };
  }
}

/** What a record without the proxy comes to. `host`: the host that it is for, or the builder that it is known to lead to. */
function withoutProxy(
  record: EdgeRecord,
  { name: zone }: EdgeZone,
  host: GivenHost | string,
  all: readonly EdgeRecord[],
): Pick<Observation, 'outcome' | 'message' | 'toKnow'> {
  const { name, content, type } = record;
  const target = content.toLowerCase().replace(/\.$/, '');
  // An alias within the zone is hosted by whoever hosts what it leads to.
  const ends = endsOf(record, all).map(hostedBy);
  const hosted =
    typeof host === 'string'
      ? host
      : (ends.find((one) => one !== undefined && !ends.includes(undefined)) ??
        (host.on === undefined ? undefined : providerNamed(host.on)?.name));
  if (hosted !== undefined) return { outcome: 'pass', message: `${name} leads to ${hosted} directly.` };
  if (isWithoutServer(record))
    return { outcome: 'fail', message: `${name} leads to ${content}, which is reached through the proxy alone.` };
  if (type === 'CNAME' && target !== zone && !target.endsWith(`.${zone}`))
    return {
      outcome: 'unknown',
      message: `${name} goes around Cloudflare to ${content}; whether that wants a proxy in front of it is not known.`,
      toKnow: 'See in the documentation of that host, and set the cloud of the record as it says.',
    };
  return { outcome: 'fail', message: `${name} goes around Cloudflare, and shows the address of the server: ${content}.` };
}

function withRecord(change: Parameters<typeof edgeRecord>[0]): EdgeZone {
  return edgeZoneSample({ records: known([edgeRecord(change)]) });
}
