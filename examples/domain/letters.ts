import { sendingServer } from './mail.ts';

/** What the app writes to people. */
export const letterNames = ['sign-up', 'reset', 'sign-in', 'invite', 'newsletter'] as const;
export type LetterName = (typeof letterNames)[number];

/** Where customers have their mailboxes; the app has a test account at each. */
export const seedNames = ['gmail', 'outlook', 'yahoo'] as const;

/** One mail of the app before it is sent. */
export interface Letter {
  readonly subject: string;
  /** Where it leads to; `{token}` is what only its receiver knows. */
  link: string;
  /** Whether its link works again after it was used. */
  worksAgain: boolean;
  /** What uses its link up. */
  spentBy: 'pressing the button' | 'opening the page';
  /** Whether a plain text stands beside the HTML. */
  hasText: boolean;
  /** Asked for, and never sent. */
  forgotten: boolean;
  headers: Record<string, string>;
  /** What the app hands to the mail service, as its mail library wrote it. */
  asWritten: (raw: string) => string;
}

/** How mails of the app go out, and what becomes of them. A flaw changes it. */
export interface Letters {
  readonly of: Record<LetterName, Letter>;
  /** What stands in From. */
  from: string;
  /** What they come back to, MAIL FROM. */
  returnsTo: string;
  /** Whose signature (DKIM) the mail service puts under them. */
  signer: { domain: string; selector: string } | undefined;
  /** Header fields that the signature covers besides those that it usually does. */
  alsoSigned: string[];
  /** What happens to a signed mail on its way. */
  onTheWay: (raw: string) => string;
  /** What the mail service answers to whoever hands it a mail; absent: it takes it. */
  refusal?: string;
  /** Where the mailbox puts them. */
  folder: 'INBOX' | 'Junk';
  /** Where the test accounts at the providers put them. */
  readonly folderAt: Record<(typeof seedNames)[number], 'INBOX' | 'Junk'>;
  /** How a receiver elsewhere sees the server that hands them in: its address, and the protocol (RFC 3848). */
  readonly handedIn: { readonly ip: string; protocol: 'ESMTPS' | 'ESMTP' };
  /** What the server of the mailbox writes on top of them (RFC 8601). */
  results: string;
}

/** Mails by the app from a subdomain of its own, through a service that signs them. */
export function cleanLetters(apex: string): Letters {
  const from = `mail.${apex}`;
  const app = `https://app.${apex}`;
  const letter = (subject: string, path: string, headers: Record<string, string> = {}): Letter => ({
    subject,
    link: `${app}${path}`,
    worksAgain: false,
    spentBy: 'pressing the button',
    hasText: true,
    forgotten: false,
    headers,
    asWritten: (raw) => raw,
  });
  return {
    of: {
      'sign-up': letter('Welcome aboard', '/account'),
      reset: letter('A new password', '/reset?token={token}'),
      'sign-in': letter('Your way in', '/enter?token={token}'),
      invite: letter('You are invited', '/join?token={token}'),
      newsletter: letter('Berths in December', '/news', {
        'List-Unsubscribe': `<${app}/unsubscribe?id=7d21c0>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
    from: `Harbourline <hello@${from}>`,
    returnsTo: `bounces@send.${from}`,
    signer: { domain: from, selector: 'resend' },
    alsoSigned: ['List-Unsubscribe-Post'],
    onTheWay: (raw) => raw,
    folder: 'INBOX',
    folderAt: { gmail: 'INBOX', outlook: 'INBOX', yahoo: 'INBOX' },
    handedIn: { ip: sendingServer.ip, protocol: 'ESMTPS' },
    results: 'spf=pass; dkim=pass; dmarc=pass',
  };
}
