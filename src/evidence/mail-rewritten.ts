import type { ProvenMail, ProvenSignature } from './mail-proof.ts';

/**
 * Signatures that fitted when the mail came in, as the receiving server itself says, and no longer do since the body was changed in its box: Exchange and Outlook write the parts of a
 * mail anew when they store it, and what they give out by IMAP has another hash. Empty where that is no more than a guess, or where the receiver says that DMARC fails.
 */
export function fittedAtReceipt({ dkim, dmarc, receiver }: ProvenMail): readonly ProvenSignature[] {
  const word = receiver?.itself;
  if (!word || receiver.results.includes('dmarc=fail')) return [];
  // Where the domain has no policy there is nothing to pass.
  if (word.dmarc !== 'pass' && dmarc.result !== 'none') return [];
  return dkim.filter(({ bodyChanged, domain }) => bodyChanged === true && word.signed.includes(domain));
}

/** The one of them that is of the domain of From, by which the mail passes. */
export const rewritten = (mail: ProvenMail): ProvenSignature | undefined =>
  fittedAtReceipt(mail).find(({ aligned }) => aligned === 'strict' || aligned === 'relaxed');
