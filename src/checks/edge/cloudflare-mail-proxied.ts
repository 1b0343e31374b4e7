import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { type EdgeRecord, edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeRecord, edgeZoneSample, known, unread } from '../../evidence/cloudflare-samples.ts';
import { isAddress, purposeOf } from '../../evidence/edge-records.ts';
import { unreadPart } from '../edge-setting.ts';

export const cloudflareMailProxied = defineCheck({
  id: 'edge/cloudflare-mail-proxied',
  severity: 'blocker',
  covers: ['CF-dnsonly-mail', 'S5-C1', 'S3-C3'],
  doc: {
    title: 'A record for mail or verification goes through the proxy',
    why: 'The proxy carries web traffic alone. Behind it mail servers are not found, DKIM keys cannot be read, so that mail lands in spam, and services that look for your proof of ownership do not see it.',
    fix: 'Open DNS, Records, and click the orange cloud of the record, so that it says "DNS only"; launch-ready edge plan does it too.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/dns/proxy-status/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      {
        name: 'a DKIM key',
        given: { zones: [beside({ type: 'CNAME', name: 's1._domainkey.example.com', content: 's1.domainkey.u1.wl.sendgrid.net' })] },
      },
      {
        name: 'where programs look up a mail service',
        given: { zones: [beside({ type: 'CNAME', name: 'autodiscover.example.com', content: 'autodiscover.outlook.com' })] },
      },
      {
        name: 'the mail server itself',
        given: {
          zones: [
            edgeZoneSample({
              records: known([
                edgeRecord({ name: 'post.example.com' }),
                edgeRecord({ type: 'MX', name: 'example.com', content: 'post.example.com', proxied: false }),
              ]),
            }),
          ],
        },
      },
    ],
    passes: [
      {
        name: 'they are DNS only',
        given: { zones: [beside({ type: 'CNAME', name: 's1._domainkey.example.com', content: 's1.example.net', proxied: false })] },
      },
      {
        name: 'what a registrar left over, the web page of a mail service, and a server that tells programs how to set up mail',
        given: {
          zones: [
            edgeZoneSample({
              records: known([
                edgeRecord({ type: 'MX', name: 'example.com', content: 'aspmx.l.google.com', proxied: false }),
                edgeRecord({ type: 'CNAME', name: '_domainconnect.example.com', content: '_domainconnect.gd.domaincontrol.com' }),
                edgeRecord({ type: 'CNAME', name: 'mail.example.com', content: 'ghs.googlehosted.com' }),
                edgeRecord({ name: 'autodiscover.example.com' }),
              ]),
            }),
          ],
        },
      },
      {
        name: 'a web page called mail',
        given: {
          zones: [
            edgeZoneSample({
              records: known([edgeRecord({ name: 'mail.example.com' }), edgeRecord({ name: 'smtp.example.com', proxied: false })]),
              hosts: [{ name: 'mail.example.com', role: 'app' }],
            }),
          ],
        },
      },
    ],
    unknowns: [{ name: 'the token may not look', given: { zones: [edgeZoneSample({ records: unread })] } }],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed(zone: EdgeZone): Generator<Observation, void> {
  if (zone.records.value === undefined) return yield unreadPart('records', zone.records);
  const all = zone.records.value;
  for (const record of all) {
    const purpose = purposeOf(record, all, zone);
    if (!isAddress(record) || (purpose !== 'mail' && purpose !== 'verification')) continue;
    const subject = `${record.type} ${record.name}`;
    const about = {
      subject,
      place: { name: subject },
      proof: [{ kind: 'step' as const, text: `${subject} ${record.content}: ${record.proxied ? 'proxied' : 'DNS only'}` }],
    };
    if (record.proxied)
      yield {
        ...about,
        outcome: 'fail',
        ...(!isSure(record, all) && { severity: 'medium' as const }),
        message: `${record.name} is for ${purpose === 'mail' ? 'mail' : 'the proof of ownership'}, but goes through the proxy, where it cannot work.`,
      };
    else yield { ...about, outcome: 'pass', message: `${record.name} is DNS only.` };
  }
  for (const { name } of all.filter(({ type }) => type === 'MX').slice(0, 1))
    yield { outcome: 'pass', subject: `MX ${name}`, message: 'Mail records themselves are never proxied.' };
}

/** Keys and servers that mail needs are known by their name or by an MX record; for others only the label or the target speaks. */
const isSure = ({ name }: EdgeRecord, all: readonly EdgeRecord[]): boolean =>
  name.includes('._domainkey.') || all.some(({ type, content }) => type === 'MX' && content.replace(/\.$/, '').toLowerCase() === name);

function beside(change: Parameters<typeof edgeRecord>[0]): EdgeZone {
  return edgeZoneSample({ records: known([edgeRecord(), edgeRecord(change)]) });
}
