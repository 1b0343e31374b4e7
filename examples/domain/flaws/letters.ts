import { apex, type Draft } from '../draft.ts';
import type { LetterName, Letters } from '../letters.ts';
import { dkim, sendingServer, txt } from '../mail.ts';
import type { DomainFlaw } from './flaw.ts';

const service = 'amazonses.com';
const other = 'harbourline-berths.test';

/** The service signs in its own name, with a key that is there. */
function signedByService({ letters, elsewhere }: Draft): void {
  letters.signer = { domain: service, selector: 'ses' };
  elsewhere[`ses._domainkey.${service}`] = [dkim()];
}

/** Leads to another place. */
const leads =
  (name: LetterName, link: string) =>
  ({ letters }: Draft): void =>
    void (letters.of[name].link = link);

/** Its link works again after it was used. */
const worksAgain =
  (name: LetterName) =>
  ({ letters }: Draft): void =>
    void (letters.of[name].worksAgain = true);

/** Whoever opens its link has used it. */
const spentByOpening =
  (name: LetterName) =>
  ({ letters }: Draft): void =>
    void (letters.of[name].spentBy = 'opening the page');

const letters =
  (change: (letters: Letters) => void) =>
  (draft: Draft): void =>
    change(draft.letters);

/** What the app itself gets wrong in a mail. */
const written =
  (name: LetterName, change: (raw: string) => string) =>
  ({ letters: all }: Draft): void =>
    void (all.of[name].asWritten = change);

/** What mails of the app are like when they arrive. Each is sent. */
export const letterFlaws: readonly DomainFlaw[] = [
  {
    id: 'mail-goes-to-spam',
    title: 'Mails of the app are put into the folder for spam.',
    checks: ['email/mail-arrives'],
    change: letters((all) => void (all.folder = 'Junk')),
  },
  {
    id: 'spam-at-one-provider',
    title: 'Outlook puts the mails into spam that Gmail and Yahoo put into the inbox.',
    checks: ['email/mail-placement'],
    change: letters((all) => void (all.folderAt.outlook = 'Junk')),
  },
  {
    id: 'mail-handed-over-without-tls',
    title: 'The server that sends does not use TLS, though the receiver offers it.',
    checks: ['email/mail-handed-over'],
    change: letters((all) => void (all.handedIn.protocol = 'ESMTP')),
  },
  {
    id: 'sending-server-without-name',
    title: 'The address that mails come from has no name in the DNS.',
    checks: ['email/mail-handed-over'],
    change: ({ elsewhere }) => void delete elsewhere[sendingServer.reverse],
  },
  {
    id: 'sending-server-name-leads-elsewhere',
    title: 'The name of the address that mails come from leads to another address.',
    checks: ['email/mail-handed-over'],
    change: ({ elsewhere }) => void (elsewhere[sendingServer.name] = [{ type: 'A', data: '203.0.113.99' }]),
  },
  {
    id: 'mail-without-message-id',
    title: 'The invitation is sent without a Message-ID.',
    checks: ['email/mail-form'],
    change: written('invite', (raw) => raw.replace(/^Message-ID:.*\r\n/im, '')),
  },
  {
    id: 'mail-dated-1970',
    title: 'The invitation is dated 1970, since the app took a clock that counts in another unit.',
    checks: ['email/mail-form'],
    change: written('invite', (raw) => raw.replace(/^Date:.*$/im, 'Date: Wed, 21 Jan 1970 18:33:20 +0000')),
  },
  {
    id: 'mail-with-two-subjects',
    title: 'The invitation has two subjects, since the app added one of its own.',
    checks: ['email/mail-form'],
    change: written('invite', (raw) => `Subject: Invitation\r\n${raw}`),
  },
  {
    id: 'mail-refused-by-service',
    title: 'The mail service takes no mail, since the domain was not verified there.',
    checks: ['email/mail-arrives'],
    change: letters((all) => void (all.refusal = `5.7.1 The domain mail.${apex} is not verified`)),
  },
  {
    id: 'invite-never-sent',
    title: 'The app says that the invitation is on its way, and sends none.',
    checks: ['email/mail-arrives'],
    change: letters((all) => void (all.of.invite.forgotten = true)),
  },
  {
    id: 'receiver-sees-forgery',
    title: 'The receiver takes the mails for forged.',
    checks: ['email/mail-arrives'],
    change: letters((all) => void (all.results = 'spf=pass; dkim=fail; dmarc=fail')),
  },
  {
    id: 'mail-in-the-name-of-the-service',
    title: 'Neither what mails come back to nor their signature is of the domain in From: DMARC fails.',
    checks: ['email/mail-arrives', 'email/mail-signed'],
    change(draft) {
      signedByService(draft);
      draft.letters.returnsTo = `0100018c@eu-west-1.${service}`;
      draft.elsewhere[`eu-west-1.${service}`] = [txt(`v=spf1 ip4:${sendingServer.ip} -all`)];
    },
  },
  {
    id: 'mail-signed-by-service-alone',
    title: 'Mails are signed by the mail service and not by the domain.',
    checks: ['email/mail-signed'],
    change: signedByService,
  },
  {
    id: 'mail-unsigned',
    title: 'Mails are not signed, and so the way out of the newsletter is not either.',
    checks: ['email/mail-form', 'email/mail-signed'],
    change: letters((all) => void (all.signer = undefined)),
  },
  {
    id: 'mail-signed-with-revoked-key',
    title: 'The DKIM key of the mail service was taken back, and the service still signs with it.',
    checks: ['email/dkim-rotation', 'email/mail-form', 'email/mail-signed'],
    change({ zone, letters: { signer } }) {
      if (signer) zone[`${signer.selector}._domainkey.${signer.domain}`] = [txt('v=DKIM1; k=rsa; p=')];
    },
  },
  {
    id: 'mail-changed-after-signing',
    title: 'A footer is put under mails that are signed already, which breaks the signature.',
    checks: ['email/mail-form', 'email/mail-signed'],
    change: letters((all) => void (all.onTheWay = (raw) => `${raw}-- \r\nSent by Harbourline\r\n`)),
  },
  {
    id: 'html-only-mail',
    title: 'The mail for a new password has no plain text.',
    checks: ['email/mail-form'],
    change: letters((all) => void (all.of.reset.hasText = false)),
  },
  {
    id: 'newsletter-without-unsubscribe',
    title: 'Nobody can unsubscribe from the newsletter.',
    checks: ['email/mail-form'],
    change: letters((all) => void (all.of.newsletter.headers = {})),
  },
  {
    id: 'unsubscribe-without-one-click',
    title: 'Whoever wants to unsubscribe from the newsletter has to open a page.',
    checks: ['email/mail-form'],
    change: letters((all) => void delete all.of.newsletter.headers['List-Unsubscribe-Post']),
  },
  {
    id: 'unsubscribe-not-signed',
    title: 'The signature of the newsletter leaves List-Unsubscribe-Post out, and receivers show no way out.',
    checks: ['email/mail-form'],
    change: letters((all) => void all.alsoSigned.splice(0)),
  },
  {
    id: 'invite-link-over-http',
    title: 'The link of the invitation leads to the app without encryption.',
    checks: ['email/mail-links'],
    change: leads('invite', `http://app.${apex}/join?token={token}`),
  },
  {
    id: 'reset-link-to-localhost',
    title: 'The link to set a new password leads to localhost.',
    checks: ['email/mail-links'],
    change: leads('reset', 'http://localhost:3000/reset?token={token}'),
  },
  {
    id: 'invite-link-to-preview',
    title: 'The link of the invitation leads to a preview of the app.',
    checks: ['email/mail-links'],
    change: leads('invite', 'https://harbourline-git-main.vercel.app/join?token={token}'),
  },
  {
    id: 'reset-link-works-twice',
    title: 'The link for a new password sets another one after it was used.',
    checks: ['email/mail-link-reusable'],
    change: worksAgain('reset'),
  },
  {
    id: 'sign-in-link-works-twice',
    title: 'The link to sign in signs in whoever finds it, again and again.',
    checks: ['email/mail-link-reusable'],
    change: worksAgain('sign-in'),
  },
  {
    id: 'invite-link-works-twice',
    title: 'An invitation that was accepted lets somebody else set another password.',
    checks: ['email/mail-link-reusable'],
    change: worksAgain('invite'),
  },
  {
    id: 'invite-link-dead',
    title: 'The page that the invitation leads to is not there any more.',
    checks: ['email/mail-link-dead'],
    change: leads('invite', `https://app.${apex}/welcome?token={token}`),
  },
  {
    id: 'newsletter-link-dead',
    title: 'The page that the newsletter leads to was never published.',
    checks: ['email/mail-link-dead'],
    change: leads('newsletter', `https://app.${apex}/news/december`),
  },
  {
    id: 'sign-in-link-spent-by-opening',
    title: 'Whoever opens the link to sign in is signed in, and it is used up: a program that looks through mails comes first.',
    checks: ['email/mail-link-spent-by-scanner'],
    change: spentByOpening('sign-in'),
  },
  {
    id: 'reset-link-spent-by-opening',
    title: 'The page for a new password is shown once: a program that looks through mails has seen it before its reader.',
    checks: ['email/mail-link-spent-by-scanner'],
    change: spentByOpening('reset'),
  },
  {
    id: 'mail-from-domain-outside-map',
    title: 'Mails are from a domain that was bought for them, is set up, and stands nowhere.',
    checks: ['email/mail-outside-map'],
    change({ letters: all, elsewhere }) {
      all.from = `Harbourline <hello@${other}>`;
      all.returnsTo = `bounces@${other}`;
      all.signer = { domain: other, selector: 'resend' };
      elsewhere[other] = [txt(`v=spf1 ip4:${sendingServer.ip} -all`)];
      elsewhere[`resend._domainkey.${other}`] = [dkim()];
      elsewhere[`_dmarc.${other}`] = [txt('v=DMARC1; p=reject')];
    },
  },
  {
    id: 'mail-from-two-domains',
    title: 'Two domains stand in From, and receivers refuse to say whose mail it is.',
    checks: ['email/mail-outside-map'],
    change: letters((all) => void (all.from = `hello@mail.${apex}, berths@${other}`)),
  },
];
