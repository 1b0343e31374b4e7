import type { ProvenMail } from './mail-proof.ts';
import { rewritten } from './mail-rewritten.ts';

/** The chain of those who handed a mail on, as each of them sealed it (ARC, RFC 8617). */
export interface ProvenChain {
  /** `temperror`: a key could not be asked for. */
  readonly result: 'pass' | 'fail' | 'temperror';
  readonly why?: string;
  /** Domains that sealed it, the first of them first; empty unless the chain is whole. */
  readonly sealers: readonly string[];
  /** Who says that the mail was what it says when it came in there. Only where it no longer shows by itself. */
  readonly vouched?: Vouched;
}

export interface Vouched {
  /** Domain of the seal. */
  readonly by: string;
  /** `dkim=pass`, of the domain of From. */
  readonly says: readonly string[];
  /**
   * What we saw of it ourselves. `spf`: a server that may send for the domain handed it in there. `dkim`: the key of the domain made the signature that the mail
   * still carries. None: nobody could tell. What we saw to be wrong is no word for the mail: services seal what they send themselves, too.
   */
  readonly shown: readonly ('spf' | 'dkim')[];
}

/** Who handed the mail on, where that is why it no longer shows whom it is from; `undefined` where it fails by itself. */
export function forwardedBy(mail: ProvenMail): Vouched | undefined {
  const { dmarc, receiver, arc } = mail;
  const fails = dmarc.result === 'fail' || receiver?.results.includes('dmarc=fail') === true;
  // Receivers seal what comes in, too: one that changed a mail in its own box is nobody who handed it on.
  return fails && !rewritten(mail) ? arc?.vouched : undefined;
}
