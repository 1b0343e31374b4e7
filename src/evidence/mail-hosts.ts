import { evidence } from '../core/evidence.ts';

/** A server that takes mail for a domain, and whether it offers TLS. */
export interface MailHost {
  readonly name: string;
  /** `unclear`: it could not be reached from here, which says nothing: many networks close port 25. */
  readonly startTls: 'yes' | 'no' | 'unclear';
  readonly why?: string;
}

/** What a TXT record says that lies at a fixed name, e.g. `_mta-sts`. */
export interface MailText {
  readonly state: 'found' | 'none' | 'failed';
  readonly text?: string;
  readonly problem?: string;
}

/** What a domain says of mail to it, and of TLS on its way. */
export interface MailHostFacts {
  readonly domain: string;
  /** Services that the user says send for it; an empty list: none does. */
  readonly senders?: readonly string[];
  /** The zone that it lies in, and its name servers; absent where nobody could tell. */
  readonly zone?: { readonly name: string; readonly servers: readonly string[] };
  /** `null`: it says that it takes no mail (RFC 7505). */
  readonly mx: 'found' | 'none' | 'null' | 'failed';
  readonly hosts: readonly MailHost[];
  /** Services behind its mail servers. */
  readonly services: readonly string[];
  /** What is wrong with its MX records, in words. */
  readonly problem?: string;
  readonly fault?: string;
  /** MTA-STS (RFC 8461); `mode` where its policy could be read. */
  readonly mtaSts: MailText & { readonly mode?: string };
  /** TLS-RPT (RFC 8460). */
  readonly tlsRpt: MailText;
  /** BIMI: a logo, for later. */
  readonly bimi: MailText;
  /** Names that mails of its services come back to, with their SPF records. */
  readonly returnPaths: readonly { readonly sender: string; readonly name: string; readonly state: 'fits' | 'other' | 'none' | 'failed' }[];
}

export const mailHosts = evidence<readonly MailHostFacts[]>()('mail.hosts', 'the mail servers of the domains that mail is sent from');

/** A service that the code sends mail with. */
export interface CodeSender {
  readonly sender: string;
  readonly file: string;
  /** Package, variable or host that told. */
  readonly what: string;
}

/** An address that stands as the sender in the code. */
export interface CodeFrom {
  readonly address: string;
  readonly domain: string;
  readonly file: string;
  readonly line: number;
}

/** What the code says of the mail it sends. */
export interface CodeMail {
  readonly senders: readonly CodeSender[];
  readonly from: readonly CodeFrom[];
}

export const codeMail = evidence<CodeMail>()('source.mail', 'the mail that the code sends');
