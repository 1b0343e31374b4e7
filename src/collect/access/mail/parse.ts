import type { Mail } from './mailbox.ts';

/** Reads a mail as it was sent (RFC 5322, MIME): the first text and the first HTML part, decoded. */
export async function parseMail(
  id: string,
  raw: Uint8Array,
  where: Pick<Mail, 'folder' | 'box' | 'envelope' | 'caught'> = {},
): Promise<Mail> {
  // Loaded with the first mail: most runs have no mailbox.
  const { default: PostalMime } = await import('postal-mime');
  const { subject = '', text = '', html = '' } = await PostalMime.parse(raw);
  return { id, subject, text, html, raw, ...where };
}
