import { readHtml } from '../../http/html.ts';
import type { Mail } from '../../access/mail/mailbox.ts';
import { withoutEnd } from '../../access/mail/read.ts';
import type { ProvenLink } from '../../../evidence/mail-proof.ts';

/** Links of one mail. */
const mostLinks = 200;

/** The links of a mail, each host once for each way. `isOurs`: a host of the domain map. */
export function linksIn({ html, text }: Pick<Mail, 'html' | 'text'>, isOurs: (host: string) => boolean): ProvenLink[] {
  const found = new Map<string, ProvenLink>();
  for (const address of addressesIn(html, text).slice(0, mostLinks)) {
    const url = URL.parse(address);
    if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) continue;
    const link = { host: url.hostname, secure: url.protocol === 'https:', inMap: isOurs(url.hostname) };
    found.set(`${url.protocol}${url.hostname}`, link);
  }
  return [...found.values()];
}

/** The addresses that a mail leads to, as they stand in it. */
export function addressesIn(html: string, text: string): string[] {
  const tags = html === '' ? [] : readHtml(html).tags.filter(({ name }) => name === 'a' || name === 'area');
  const plain = [...text.matchAll(/https?:\/\/[^\s<>"'\]]+/g)].map(([one]) => withoutEnd(one));
  return [...tags.flatMap(({ attributes }) => attributes.get('href')?.trim() ?? []), ...plain];
}
