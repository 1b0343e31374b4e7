import { apex, type Draft } from '../draft.ts';
import { dkim, mx, txt } from '../mail.ts';
import { mailFile, sendsFrom } from '../repo.ts';
import { html, type Shown } from '../web.ts';
import type { DomainFlaw } from './flaw.ts';

const key = `google._domainkey.${apex}`;
const silent = `status.${apex}`;

const sends =
  (from: string) =>
  ({ code }: Draft): void =>
    void (code[mailFile] = sendsFrom(from));

/** Announces a policy of MTA-STS, which is answered so. */
function mtaSts({ zone, web }: Draft, shown: Shown): void {
  const host = `mta-sts.${apex}`;
  zone[`_mta-sts.${apex}`] = [txt('v=STSv1; id=20261201')];
  zone[host] = [{ type: 'A', data: '203.0.113.22' }];
  web.leaves[host] = {};
  web.pages.unshift((visit) => (visit.scheme === 'https' && visit.host === host ? shown : undefined));
}
const policy = (exchange: string): Shown => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body: ['version: STSv1', 'mode: enforce', `mx: ${exchange}`, 'max_age: 604800', ''].join('\r\n'),
});

/** Keys, servers that take mail, domains that send none, and whom the code sends from. */
export const mailFlaws: readonly DomainFlaw[] = [
  {
    id: 'dkim-key-missing',
    title: 'The key that Google signs with was never written into the DNS.',
    checks: ['email/dkim-key'],
    change: ({ zone }) => void delete zone[key],
  },
  {
    id: 'dkim-key-512-bit',
    title: 'The DKIM key has 512 bits, and receivers count none so short.',
    checks: ['email/dkim-key'],
    change: ({ zone }) => void (zone[key] = [dkim(512)]),
  },
  {
    id: 'dkim-key-1024-bit',
    title: 'The DKIM key has 1024 bits, of years ago.',
    checks: ['email/dkim-key'],
    change: ({ zone }) => void (zone[key] = [dkim(1024)]),
  },
  {
    id: 'dkim-key-revoked',
    title: 'The DKIM key that Google is said to sign with was taken back.',
    checks: ['email/dkim-key'],
    change: ({ zone }) => void (zone[key] = [txt('v=DKIM1; k=rsa; p=')]),
  },
  {
    id: 'mail-domain-mistyped',
    title: 'One of the domains that mail is said to be sent from is written wrongly, and nobody has it.',
    checks: ['email/domain-not-found'],
    change: ({ mailDomains }) => void mailDomains.push({ name: 'harbourlime.example', senders: ['google'], selectors: ['google'] }),
  },
  {
    id: 'dkim-key-under-two-selectors',
    title: 'The new selector holds the old key, so that changing to it changed nothing.',
    checks: ['email/dkim-rotation'],
    change({ zone, mailDomains }) {
      zone[`google2._domainkey.${apex}`] = zone[key] ?? [];
      mailDomains[0] = { ...mailDomains[0]!, selectors: ['google', 'google2'] };
    },
  },
  {
    id: 'dkim-key-test-mode',
    title: 'The DKIM key is still marked as a test.',
    checks: ['email/dkim-key'],
    change: ({ zone }) => void (zone[key] = [dkim(2048, 't=y; ')]),
  },
  {
    id: 'dkim-key-cut-off',
    title: 'The field of the DNS host cut the DKIM key off at 255 characters.',
    checks: ['email/dkim-key'],
    change: ({ zone }) => void (zone[key] = [txt(String([dkim().data].flat().join('')).slice(0, 255))]),
  },
  {
    id: 'mx-without-starttls',
    title: 'The server that takes mail has no TLS.',
    checks: ['email/mail-transport'],
    change: ({ mail }) => void (mail.exchange.startTls = false),
  },
  {
    id: 'mta-sts-names-old-server',
    title: 'The MTA-STS policy still names the mail server of the service before: careful senders keep mail back.',
    checks: ['email/mail-transport'],
    change: (draft) => mtaSts(draft, policy('mx.zoho.eu')),
  },
  {
    id: 'mta-sts-policy-missing',
    title: 'The MTA-STS policy that the DNS announces is not there.',
    checks: ['email/mail-transport'],
    change: (draft) => mtaSts(draft, html('Not found', '', 404)),
  },
  {
    id: 'tls-rpt-two-records',
    title: 'There are two records for reports about TLS, so none counts.',
    checks: ['email/mail-transport'],
    change: ({ zone }) =>
      void (zone[`_smtp._tls.${apex}`] = [txt(`v=TLSRPTv1; rua=mailto:tls@${apex}`), txt(`v=TLSRPTv1; rua=mailto:it@${apex}`)]),
  },
  {
    id: 'null-mx-beside-another',
    title: 'The domain says that it takes no mail, and names a mail server.',
    checks: ['edge/mail-record-broken', 'email/mail-transport'],
    change: ({ zone }) => void zone[apex]?.push(mx('.', 0)),
  },
  {
    id: 'non-sending-domain-without-spf',
    title: 'A domain that sends nothing has no SPF record.',
    checks: ['email/non-sending-domain'],
    change: ({ zone }) => void (zone[silent] = [mx('.', 0)]),
  },
  {
    id: 'non-sending-domain-lets-send',
    title: 'A domain that sends nothing has an SPF record that lets others send.',
    checks: ['email/non-sending-domain'],
    change: ({ zone }) => void (zone[silent] = [mx('.', 0), txt('v=spf1 include:amazonses.com -all')]),
  },
  {
    id: 'non-sending-domain-only-watched',
    title: 'What is forged in the name of a domain that sends nothing is only watched.',
    checks: ['email/non-sending-domain'],
    change: ({ zone }) => void (zone[`_dmarc.${silent}`] = [txt(`v=DMARC1; p=none; rua=mailto:dmarc@${apex}`)]),
  },
  {
    id: 'non-sending-domain-without-null-mx',
    title: 'A domain that sends nothing does not say whether it takes mail.',
    checks: ['email/non-sending-domain'],
    change: ({ zone }) => void (zone[silent] = [txt('v=spf1 -all')]),
  },
  {
    id: 'sends-from-trial-address',
    title: 'The code sends from the trial address of the mail service, which reaches only its owner.',
    checks: ['email/sender-outside-map'],
    change: sends('Harbourline <onboarding@resend.dev>'),
  },
  {
    id: 'sends-from-freemail',
    title: 'The code sends from an address at Gmail, which lets no app send in its name.',
    checks: ['email/sender-outside-map'],
    change: sends('harbourline.berths@gmail.com'),
  },
  {
    id: 'sends-from-domain-outside-map',
    title: 'The code sends from a name of the domain that nobody set up for mail.',
    checks: ['email/sender-outside-map'],
    change: sends(`Harbourline <hello@notices.${apex}>`),
  },
];
