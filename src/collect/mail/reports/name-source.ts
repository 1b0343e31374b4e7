import { mailSender, sendersAt } from '../../../evidence/mail-senders.ts';
import type { ReportSource } from '../../../evidence/dmarc-reports.ts';
import type { DnsClient } from '../../dns/client.ts';
import { reverseOf } from '../reverse.ts';
import { checkSpf } from '../spf/check-host.ts';
import type { SpfCheck } from '../spf/verdict.ts';

/** Ends of the names of sending servers, by service. */
const servers: Readonly<Record<string, string>> = {
  'google.com': 'google',
  'outlook.com': 'microsoft',
  'sendgrid.net': 'sendgrid',
  'mtasv.net': 'postmark',
  'mailgun.net': 'mailgun',
  'mailgun.org': 'mailgun',
  'amazonses.com': 'ses',
  'sendinblue.com': 'brevo',
  'brevo.com': 'brevo',
  'brevosend.com': 'brevo',
  'mandrillapp.com': 'mandrill',
  'mcsv.net': 'mailchimp',
  'mailersend.net': 'mailersend',
  'sparkpostmail.com': 'sparkpost',
  'zoho.com': 'zoho',
  'messagingengine.com': 'fastmail',
};

/** Says whose an address is: by its name in the DNS, where that leads back to it, and by the SPF record of the domain. */
export async function nameSource(dns: DnsClient, source: ReportSource): Promise<ReportSource> {
  const [reverse, spf] = await Promise.all([
    reverseOf(dns, source.ip),
    checkSpf(dns, { ip: source.ip, sender: `postmaster@${source.domain}`, helo: source.domain }),
  ]);
  const host = reverse.state === 'confirmed' ? reverse.name : undefined;
  const by = host === undefined ? undefined : Object.entries(servers).find(([end]) => host === end || host.endsWith(`.${end}`))?.[1];
  const include = spf.result === 'pass' ? includeOf(spf) : undefined;
  const [listed] = include === undefined ? [] : sendersAt(include);
  const service = (by === undefined ? undefined : mailSender(by)?.name) ?? listed?.name;
  const isTold = spf.result !== 'temperror' && spf.result !== 'permerror';
  return {
    ...source,
    ...(host !== undefined && { host }),
    ...(service !== undefined && { service }),
    ...(isTold && { named: spf.result === 'pass' }),
  };
}

/** The outermost include that matched. */
function includeOf({ steps }: SpfCheck): string | undefined {
  const match = steps.find(({ came }) => came === 'match');
  return match ? /^[-+~?]?(?:include:|redirect=)(.+)$/i.exec(match.term)?.[1] : undefined;
}
