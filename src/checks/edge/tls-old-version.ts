import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { looksOf, type TlsHost, tlsHosts } from '../../evidence/tls.ts';
import { tlsOf } from '../../evidence/tls-samples.ts';

const offering = (...versions: readonly string[]): TlsHost['versions'] =>
  (['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const).map((version) => ({ version, offered: versions.includes(version) ? 'yes' : 'no' }));
const shown = (version: string): string => version.replace(/^TLSv(\d)$/, 'TLS $1.0').replace('TLSv', 'TLS ');

export const tlsOldVersion = defineCheck({
  id: 'edge/tls-old-version',
  severity: 'medium',
  covers: ['S3-C4', 'RM-use-https', 'CF-min-tls'],
  doc: {
    title: 'A host speaks a version of TLS that is given up, or none that is in use',
    why: 'TLS 1.0 and 1.1 have known breaks and are forbidden where cards are paid with (PCI DSS). A host that speaks nothing newer is refused by every browser.',
    fix: 'Set the minimum to TLS 1.2 and switch TLS 1.3 on: SSL/TLS, Edge Certificates in Cloudflare; ssl_protocols TLSv1.2 TLSv1.3 in nginx.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc8996', 'https://wiki.mozilla.org/Security/Server_Side_TLS'],
  },
  needs: { tls: tlsHosts },
  examples: {
    fails: [
      { name: 'TLS 1.0 beside the new ones', given: { tls: tlsOf({ versions: offering('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3') }) } },
      { name: 'nothing newer than TLS 1.1', given: { tls: tlsOf({ versions: offering('TLSv1.1') }) } },
    ],
    passes: [{ name: 'TLS 1.2 and 1.3', given: { tls: tlsOf() } }],
    unknowns: [
      {
        name: 'one question was not answered',
        given: {
          tls: tlsOf({ versions: offering('TLSv1.3').map((one) => (one.version === 'TLSv1' ? { ...one, offered: 'untold' } : one)) }),
        },
      },
    ],
  },
  *evaluate({ tls: { hosts } }) {
    for (const { name, subject, at, versions } of hosts.flatMap((host) => looksOf(host).map((look) => ({ ...look, name: host.name })))) {
      const about = { subject, place: { name } };
      const those = (offered: string): string[] => versions.filter((one) => one.offered === offered).map(({ version }) => version);
      const offered = those('yes');
      const isOld = (version: string): boolean => version === 'TLSv1' || version === 'TLSv1.1';
      const old = offered.filter(isOld);
      const proof = [
        {
          kind: 'step' as const,
          text: `began connections with each version: ${versions.map((one) => `${shown(one.version)} ${one.offered === 'untold' ? 'not told' : one.offered}`).join(', ')}`,
        },
      ];
      if (offered.length > 0 && old.length === offered.length)
        yield {
          ...about,
          outcome: 'fail',
          severity: 'blocker',
          message: `${name} speaks${at} nothing newer than ${shown(old.at(-1) ?? '')}: browsers refuse it.`,
          proof,
        };
      else if (old.length > 0) yield { ...about, outcome: 'fail', message: `${name} still speaks ${andList(old.map(shown))}${at}.`, proof };
      else if (those('untold').some(isOld))
        yield {
          ...about,
          outcome: 'unknown',
          message: `Whether ${name} speaks old versions of TLS${at} could not be told: some connections got no answer.`,
          toKnow: 'Run it again.',
        };
      else if (offered.length > 0)
        yield { ...about, outcome: 'pass', message: `${name} speaks ${andList(offered.map(shown))}${at}.`, proof };
    }
  },
});
