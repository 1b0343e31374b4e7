import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { type EdgeRecord, edgeZones, type EdgeZone, type OriginFacts } from '../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known } from '../../evidence/cloudflare-samples.ts';
import { unreadPart } from '../edge-setting.ts';
import { hostedBy, isWithoutServer } from '../../evidence/edge-records.ts';

export const cloudflareOriginReachable = defineCheck({
  id: 'edge/cloudflare-origin-reachable',
  severity: 'medium',
  covers: ['CF-origin-lockdown', 'S3-C3'],
  doc: {
    title: 'The server behind Cloudflare answers those who go around it',
    why: 'Addresses of servers are found within minutes (old records, certificates, scans of the whole internet). Whoever has it goes past every rule, limit and protection at the edge.',
    fix: 'Let the server take connections from the networks of Cloudflare alone (https://www.cloudflare.com/ips/), or with its client certificate (Authenticated Origin Pulls), or connect it by a Tunnel, which needs no open port.',
    effort: 'hours',
    references: ['https://developers.cloudflare.com/fundamentals/security/protect-your-origin-server/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [{ name: 'it answers everybody', given: { zones: [asked({ outcome: 'answered', why: 'it answered 200' })] } }],
    passes: [{ name: 'it closes the connection', given: { zones: [asked({ outcome: 'refused', why: 'it closes the connection' })] } }],
    unknowns: [
      { name: 'nobody could connect', given: { zones: [asked({ outcome: 'failed', why: 'nobody could connect (EHOSTUNREACH)' })] } },
      {
        name: 'another server, that nothing leads to',
        given: {
          zones: [
            {
              ...asked({ outcome: 'refused', why: 'it does not answer' }),
              records: known([edgeRecord({ content: '192.0.2.99' })]),
            },
          ],
        },
      },
      {
        name: 'another server whose address ends alike',
        given: {
          zones: [
            {
              ...asked({ outcome: 'refused', why: 'it does not answer' }),
              records: known([edgeRecord({ content: '2.0.2.7' }), edgeRecord({ name: 'dev.example.com', content: '192.0.2.7' })]),
            },
          ],
        },
      },
      { name: 'nobody said which server it is', given: { zones: [edgeZoneSample({ records: known([edgeRecord()]) })] } },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed({ origins, records }: EdgeZone): Generator<Observation, void> {
  for (const { address, host, outcome, why } of origins) {
    const about = {
      subject: `${address} ${host}`,
      place: { name: address },
      cause: address,
      proof: [{ kind: 'step' as const, text: `asked ${address} for https://${host}/ directly: ${why}` }],
    };
    if (outcome === 'answered') yield { ...about, outcome: 'fail', message: `${address} answers for ${host} without Cloudflare: ${why}.` };
    else if (outcome === 'refused' && records.value === undefined) yield { ...about, ...unreadPart(about.subject, records) };
    else if (outcome === 'refused' && isBehind(address, host, records.value))
      yield { ...about, outcome: 'pass', message: `${address} does not answer those who go around Cloudflare: ${why}.` };
    else if (outcome === 'refused')
      yield {
        ...about,
        outcome: 'unknown',
        message: `${address} does not answer, but no record of ${host} that is proxied is known to lead there.`,
        toKnow: 'See under DNS, Records, which server the host leads to, and name that one under cloudflare.origins.',
      };
    else
      yield {
        ...about,
        outcome: 'unknown',
        message: `Whether ${address} answers without Cloudflare could not be told: ${why}.`,
        toKnow: 'Run it from another network.',
      };
  }
  if (origins.length > 0 || records.value === undefined) return;
  const servers = [
    ...new Set(
      records.value
        .filter((one) => one.proxied && one.type !== 'CNAME' && hostedBy(one) === undefined && !isWithoutServer(one))
        .map(({ content }) => content),
    ),
  ];
  if (servers.length > 0)
    yield {
      outcome: 'unknown',
      subject: 'origins',
      message: `Whether ${servers.slice(0, 3).join(', ')} ${servers.length === 1 ? 'answers' : 'answer'} those who go around Cloudflare was not tried.`,
      toKnow: `Name the servers that are yours under cloudflare.origins, e.g. [${servers[0] ?? ''}].`,
    };
}

/** A server that nothing leads to, or that is off, refuses everybody: that proves nothing. Where a CNAME leads is not looked up; there the user is believed. */
const isBehind = (address: string, host: string, records: readonly EdgeRecord[] = []): boolean =>
  records.some(
    ({ proxied, type, name, content }) => proxied && name === host && (type === 'CNAME' || addressOf(address) === content.toLowerCase()),
  );

/** `192.0.2.7:8443` or `[2001:db8::1]:8443` without its port. */
const addressOf = (address: string): string => address.replace(/^\[([^\]]*)\].*$|^([^:]*):\d+$/, '$1$2').toLowerCase();

function asked(facts: Pick<OriginFacts, 'outcome' | 'why'>): EdgeZone {
  return edgeZoneSample({
    origins: [{ address: '192.0.2.7:443', host: 'app.example.com', certificate: 'valid', ...facts }],
  });
}
