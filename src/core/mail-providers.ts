/** Those whom customers have their mailboxes at, whose verdict on a mail counts. */
export interface MailProvider {
  readonly id: 'gmail' | 'outlook' | 'yahoo';
  readonly name: string;
  /** Server that their mailboxes are read at by IMAP, port 993. */
  readonly host: string;
  /** Other names of it. */
  readonly others: readonly string[];
  /** Whether `name+anything@` reaches the box of `name@`. */
  readonly plus: boolean;
  /**
   * Registered domains of the names under which its servers say what they make of a mail (authserv-id, RFC 8601 §2.5). Empty text: they leave the name out.
   */
  readonly speaksAs: readonly string[];
  /** How a program is let in. */
  readonly access: string;
}

export const mailProviders: readonly MailProvider[] = [
  {
    id: 'gmail',
    name: 'Gmail',
    host: 'imap.gmail.com',
    others: ['imap.googlemail.com'],
    plus: true,
    speaksAs: ['google.com'],
    access: 'Gmail: an app password from myaccount.google.com/apppasswords, which 2-Step Verification makes possible.',
  },
  {
    id: 'outlook',
    name: 'Outlook',
    host: 'outlook.office365.com',
    others: ['imap-mail.outlook.com', 'outlook.office.com'],
    plus: true,
    speaksAs: ['', 'outlook.com', 'microsoft.com'],
    access: 'Outlook: an OAuth access token (tokenFrom), since it takes no password any more, app passwords included.',
  },
  {
    id: 'yahoo',
    name: 'Yahoo',
    host: 'imap.mail.yahoo.com',
    others: [],
    plus: false,
    speaksAs: ['yahoo.com'],
    access: 'Yahoo: an app password from Account security.',
  },
];

/** The provider whose server that is. */
export const providerAt = (host: string): MailProvider | undefined =>
  mailProviders.find((one) => [one.host, ...one.others].includes(host.toLowerCase()));

/** The provider of a box: by its server, else by the name that its user gave it. */
export const providerOf = (host: string, name?: string): MailProvider | undefined =>
  providerAt(host) ?? mailProviders.find(({ id }) => id === name);
