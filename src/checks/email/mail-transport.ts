import { defineCheck } from '../../core/check.ts';
import { mailHosts } from '../../evidence/mail-hosts.ts';
import { sampleMailHosts } from '../../evidence/mail-samples.ts';

export const mailTransport = defineCheck({
  id: 'email/mail-transport',
  severity: 'medium',
  covers: ['S5-C5', 'MAIL-mx-intact', 'MAIL-mtasts-tlsrpt'],
  doc: {
    title: 'Mail to the domain is lost, or travels unencrypted',
    why: 'Answers of customers, bounces and DMARC reports come to the domain. Servers without STARTTLS take them in the clear; an MTA-STS policy that does not fit has careful senders keep the mail back.',
    fix: 'Name in the MX records the hosts that your mail service asks for, and those alone. Have the MTA-STS policy name them too, or take the record _mta-sts out.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc8461', 'https://www.rfc-editor.org/rfc/rfc3207'],
  },
  needs: { hosts: mailHosts },
  examples: {
    fails: [
      { name: 'a server without STARTTLS', given: { hosts: [sampleMailHosts({ hosts: [{ name: 'mx.example.com', startTls: 'no' }] })] } },
      {
        name: 'a policy that names another server',
        given: {
          hosts: [
            sampleMailHosts({
              mtaSts: { state: 'found', mode: 'enforce', problem: 'its policy does not name the mail server mx.example.com' },
            }),
          ],
        },
      },
      {
        name: 'an MX record that names an address',
        given: { hosts: [sampleMailHosts({ problem: 'an MX record names an address; it must name a host' })] },
      },
    ],
    passes: [{ name: 'STARTTLS everywhere', given: { hosts: [sampleMailHosts()] } }],
    unknowns: [
      {
        name: 'port 25 is closed from here',
        given: { hosts: [sampleMailHosts({ hosts: [{ name: 'mx.example.com', startTls: 'unclear', why: 'it did not answer in time' }] })] },
      },
    ],
  },
  *evaluate({ hosts }) {
    for (const { domain, mx, hosts: servers, problem, fault, mtaSts, tlsRpt } of hosts) {
      const about = { subject: domain, place: { name: domain } };
      const open = servers.filter(({ startTls }) => startTls === 'no');
      const unclear = servers.filter(({ startTls }) => startTls === 'unclear');
      if (mx === 'failed')
        yield {
          ...about,
          outcome: 'unknown',
          severity: 'low',
          message: `The mail servers of ${domain} could not be asked for: ${fault ?? 'no answer'}.`,
          toKnow: 'Try again later.',
        };
      else if (problem !== undefined) yield { ...about, outcome: 'fail', message: `Mail to ${domain} may be lost: ${problem}.` };
      else if (mtaSts.problem !== undefined)
        yield {
          ...about,
          outcome: 'fail',
          severity: mtaSts.mode === 'enforce' ? 'medium' : 'low',
          message: `MTA-STS of ${domain} does not work: ${mtaSts.problem}.`,
        };
      else if (tlsRpt.problem !== undefined)
        yield { ...about, outcome: 'fail', severity: 'low', message: `TLS-RPT of ${domain} does not work: ${tlsRpt.problem}.` };
      else if (open.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          message: `${open.map(({ name }) => name).join(' and ')} takes mail to ${domain} without encryption (no STARTTLS).`,
        };
      else if (unclear.length > 0)
        yield {
          ...about,
          outcome: 'unknown',
          severity: 'low',
          message: `Whether ${unclear.map(({ name }) => name).join(' and ')} takes mail by TLS could not be told: ${unclear[0]?.why ?? 'it could not be reached'}.`,
          toKnow: 'Many networks close port 25: run it from a server that may use it.',
        };
      else if (servers.length > 0)
        yield { ...about, outcome: 'pass', message: `Mail to ${domain} goes by TLS to ${servers.map(({ name }) => name).join(', ')}.` };
    }
  },
});
