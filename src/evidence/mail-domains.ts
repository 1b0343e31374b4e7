import { evidence } from '../core/evidence.ts';

/** Whether a domain that mail is sent from is in the DNS at all. */
export interface MailDomain {
  readonly domain: string;
  /** `no`: neither it nor the registered domain it belongs to is there (RFC 8020). `unclear`: nobody could tell. */
  readonly exists: 'yes' | 'no' | 'unclear';
  /** The registered domain that is not there, of `no`. */
  readonly registered?: string;
  /** What was asked, and what was said. */
  readonly text: string;
}

export const mailDomains = evidence<readonly MailDomain[]>()('mail.domains', 'whether the domains that mail is sent from are in the DNS');
