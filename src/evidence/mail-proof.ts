import { evidence } from '../core/evidence.ts';
import type { MailProvider } from '../core/mail-providers.ts';
import type { DkimKey } from './dkim.ts';
import type { ProvenChain } from './mail-forwarded.ts';
import type { TriedLink } from './mail-link.ts';
import type { MailLook } from './mail-picture.ts';

/** One signature of a mail that came. */
export interface ProvenSignature {
  readonly domain: string;
  readonly selector: string;
  readonly result: 'pass' | 'fail' | 'policy' | 'neutral' | 'permerror' | 'temperror';
  readonly why?: string;
  /** It fails by the hash of the body alone, as far as that was looked at: somebody changed the body after it was signed. */
  readonly bodyChanged?: true;
  readonly bits?: number;
  /** As it lies in the DNS; absent where it was not asked for. */
  readonly key?: Omit<DkimKey, 'told'>;
  /** Of the same organisation as From. */
  readonly aligned: 'strict' | 'relaxed' | 'no' | 'unclear';
  /** Whether it covers List-Unsubscribe and List-Unsubscribe-Post. */
  readonly coversUnsubscribe: boolean;
}

/** A link in a mail; what stands behind the path is left out, since it may be a secret. */
export interface ProvenLink {
  readonly host: string;
  readonly secure: boolean;
  /** On a host of the domain map, or below its domain. */
  readonly inMap: boolean;
}

/** How a mail was handed to its receiver, as the receiver wrote it on top. */
export interface HandedOver {
  /** Of the server that handed it in, on the internet. */
  readonly ip: string;
  /** Whether that was by TLS (RFC 3848). `unclear`: the receiver does not say. */
  readonly tls: 'yes' | 'no' | 'unclear';
  /** Forward-confirmed reverse DNS: a name of the address that leads back to it. `unclear`: a name server failed. */
  readonly reverse: { readonly state: 'confirmed' | 'none' | 'not-back' | 'unclear'; readonly name?: string; readonly why?: string };
}

/** What the receiving server itself said of a mail as it came in, before anything in its box could change it. */
export interface ReceiverWord {
  /** `pass`, `fail`, `none`, `bestguesspass`; absent where it says nothing of DMARC. */
  readonly dmarc?: string;
  /** Domains whose signatures it found to fit, lower case. */
  readonly signed: readonly string[];
}

/** A mail that was sent and judged as it arrived. */
export interface ProvenMail {
  /** `test mail`, `password reset`, `invite`. */
  readonly name: string;
  /** Sent by us through the given server, or by the app. */
  readonly by: 'us' | 'app';
  /** `refused`: the mail server said no to it. `unsent`: nothing was sent, whatever the reason. `lost`: it was taken and did not come in time. */
  readonly outcome: 'arrived' | 'refused' | 'unsent' | 'lost';
  readonly why?: string;
  /** It was not asked for, or not waited for long enough, for a reason of ours (`why`): nothing is told of the app. Only with `unsent`. */
  readonly unseen?: true;
  /** Seconds from when it was asked for until it was seen. */
  readonly seconds?: number;
  /** Absent where the mailbox has no folders. */
  readonly folder?: 'inbox' | 'spam';
  /** Our own server on this machine took it: nothing on its way could judge it. */
  readonly caught?: true;
  readonly bulk?: boolean;
  /** Domain of From; absent where it names none or several. */
  readonly from?: string;
  /** Domain that it comes back to. */
  readonly returnPath?: string;
  /** `none`: no domain to ask. `unclear`: the address of the server that handed it in is not known. */
  readonly spf: {
    readonly result: string;
    readonly ip?: string;
    readonly why?: string;
    readonly aligned?: 'strict' | 'relaxed' | 'no' | 'unclear';
  };
  readonly dkim: readonly ProvenSignature[];
  readonly dmarc: { readonly result: 'pass' | 'fail' | 'none' | 'temperror'; readonly policy?: string };
  /** Absent where nobody who handed it on sealed it. */
  readonly arc?: ProvenChain;
  /** Absent where it was handed in from this machine or a network that is not the internet, or nothing tells. */
  readonly handedOver?: HandedOver;
  /** What is wrong with its header and parts by RFC 5322 and MIME, in words; absent: nothing. */
  readonly formFaults?: readonly string[];
  /** What the receiver itself said (Authentication-Results), e.g. `dkim=pass`. */
  readonly receiver?: {
    readonly name: string;
    readonly results: readonly string[];
    /** Absent where it may be somebody else who wrote that. */
    readonly itself?: ReceiverWord;
  };
  /** Absent where no pictures were asked for, or it has no HTML. */
  readonly look?: MailLook;
  readonly links: readonly ProvenLink[];
  /** What came of using the link or the code that it is about; absent where it has none, or nothing was tried. */
  readonly link?: TriedLink;
  readonly hasText: boolean;
  readonly hasHtml: boolean;
  /** `one-click`: List-Unsubscribe by https with List-Unsubscribe-Post (RFC 8058). */
  readonly unsubscribe: 'none' | 'mail' | 'link' | 'one-click';
}

/** A box at a provider, and what came of the mails that were sent there as well. */
export interface SeedBox {
  /** `gmail`. */
  readonly name: string;
  /** Which of those it is that customers have their mailboxes at; absent: another. */
  readonly provider?: MailProvider['id'];
  /** Why it could not be read, and what to do; absent: it was. */
  readonly fault?: { readonly why: string; readonly remedy: string };
  readonly mails: readonly ProvenMail[];
}

/** What came of sending mails. */
export interface MailProof {
  /** Whether there was a mailbox to read. */
  readonly mailbox: boolean;
  /** Name of the seed box that the mailbox is, and where it is; absent: another, or not known. */
  readonly mailboxAt?: { readonly seed?: string; readonly provider?: MailProvider['id'] };
  /** Boxes that mails went to besides the mailbox. */
  readonly seeds: readonly SeedBox[];
  /** Whether there was something to send with: a server, an app, a request. */
  readonly sending: boolean;
  readonly mails: readonly ProvenMail[];
  /** Mails of the app that nothing asks for, and the like. */
  readonly notes: readonly string[];
  /** What is left in the app. */
  readonly leftovers: readonly string[];
}

export const mailProof = evidence<MailProof>()('mail.proof', 'mails as they arrived');

/** Where no mail was looked at. */
export const noMails: MailProof = { mailbox: false, sending: false, seeds: [], mails: [], notes: [], leftovers: [] };
