import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known, unread } from '../../evidence/cloudflare-samples.ts';
import { isWithoutServer, purposeOf } from '../../evidence/edge-records.ts';
import { unreadPart } from '../edge-setting.ts';

export const cloudflareCertificateDepth = defineCheck({
  id: 'edge/cloudflare-certificate-depth',
  severity: 'high',
  covers: ['CF-universal-cert'],
  doc: {
    title: 'No certificate at the edge is for this host',
    why: 'The free certificate is for the domain and one level below it. Browsers refuse to open a host deeper than that (eu.app.example.com), whatever your own server has.',
    fix: 'Move the host up one level (eu-app.example.com), or order a certificate for it under SSL/TLS, Edge Certificates (Advanced Certificate Manager), or take the record off the proxy.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/ssl/edge-certificates/universal-ssl/limitations/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [{ name: 'two levels down', given: { zones: [withHost('eu.app.example.com')] } }],
    passes: [
      { name: 'one level down', given: { zones: [withHost('app.example.com')] } },
      {
        name: 'a DKIM key two levels down, which no browser opens',
        given: {
          zones: [edgeZoneSample({ records: known([edgeRecord(), edgeRecord({ type: 'CNAME', name: 's1._domainkey.example.com' })]) })],
        },
      },
    ],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ certificates: unread })] } },
      { name: 'the token may not look at the records', given: { zones: [edgeZoneSample({ records: unread })] } },
      {
        name: 'the order is under way',
        given: { zones: [edgeZoneSample({ certificates: known([{ hosts: ['example.com'], status: 'pending_validation' }]) })] },
      },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed(zone: EdgeZone): Generator<Observation, void> {
  const { records, certificates } = zone;
  if (certificates.value === undefined) return yield unreadPart('certificates', certificates);
  if (records.value === undefined) return yield unreadPart('records', records);
  const names = certificates.value.filter(({ status }) => status === 'active').flatMap(({ hosts }) => hosts);
  const isUnderWay = certificates.value.some(({ hosts, status }) => hosts.length > 0 && /^(?:initializing|pending)/.test(status));
  const all = records.value;
  // What is for mail or a proof of ownership, and what has an underscore, is not opened in a browser; that it is proxied at all is told by another check.
  const opened = all.filter(
    (one) => one.proxied && !/^\*|(?:^|\.)_/.test(one.name) && !['mail', 'verification'].includes(purposeOf(one, all, zone)),
  );
  const hosts = new Set(opened.map(({ name }) => name));
  for (const host of hosts) {
    const isCovered = names.some(
      (name) => name === host || (name.startsWith('*.') && host.split('.').slice(1).join('.') === name.slice(2)),
    );
    const about = {
      subject: host,
      place: { name: host },
      proof: [{ kind: 'step' as const, text: `certificates: ${names.slice(0, 8).join(', ') || 'none'}` }],
    };
    if (!isCovered && isUnderWay)
      yield {
        ...about,
        outcome: 'unknown',
        message: `No certificate at the edge is for ${host} yet; one is being made.`,
        toKnow: 'Run it again when all are active under SSL/TLS, Edge Certificates.',
      };
    else if (!isCovered && opened.some((one) => one.name === host && isWithoutServer(one, all)))
      yield {
        ...about,
        outcome: 'unknown',
        message: `No certificate of the zone is for ${host}; what Pages and Workers serve may have one of its own.`,
        toKnow: `Open https://${host}/ in a browser.`,
      };
    else
      yield {
        ...about,
        outcome: isCovered ? 'pass' : 'fail',
        message: isCovered
          ? `A certificate at the edge is for ${host}.`
          : names.length === 0
            ? `There is no certificate at the edge, so that no browser opens ${host}.`
            : `The certificates at the edge are for ${names.slice(0, 4).join(', ')}, not for ${host}.`,
      };
  }
}

function withHost(name: string): EdgeZone {
  return edgeZoneSample({ records: known([edgeRecord({ name })]) });
}
