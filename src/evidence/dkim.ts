import { evidence } from '../core/evidence.ts';

/** A DKIM key in the DNS. */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  /** Who says that this selector is in use: the config, a mail that came, or only the habit of a service that sends for the domain. */
  readonly told: 'config' | 'mail' | 'habit';
  /** `none` says nothing of selectors that are told by habit alone. */
  readonly state: 'found' | 'none' | 'failed';
  /** `rsa`, `ed25519`, or what the record says. */
  readonly type?: string;
  readonly bits?: number;
  /** `t=y`: receivers treat the mail as if it were not signed. */
  readonly test: boolean;
  /** An empty `p=`: the key was taken back. */
  readonly revoked: boolean;
  /** Where it lies, or is to lie, when the domain only leads there. */
  readonly at?: string;
  /** Registered domain of whoever runs the name where it lies, if that is not whoever runs the domain: they can change the key by themselves. */
  readonly runBy?: string;
  /** Of the key itself: the same under another selector is the same key. */
  readonly fingerprint?: string;
  /** What is wrong with the record, in words. */
  readonly problem?: string;
  /** What the servers said; of `failed`. */
  readonly fault?: string;
}

/** The keys of a domain that mail is sent from. */
export interface DkimFacts {
  readonly domain: string;
  /** Services that the user says send for it; an empty list: none does. */
  readonly senders?: readonly string[];
  /** Those of the config and those that were found by habit. */
  readonly keys: readonly DkimKey[];
  /** Selectors that were looked for by habit and are not there. */
  readonly missed: readonly string[];
}

export const dkimKeys = evidence<readonly DkimFacts[]>()('mail.dkim', 'the DKIM keys of the domains that mail is sent from');
