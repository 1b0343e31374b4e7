import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { readHtml } from '../../http/html.ts';
import type { Page } from '../people/enter.ts';
import { broken, holds, none, unknown } from './ground.ts';
import { isPage } from '../wire/content.ts';

const about = { question: 'reset-page', flow: 'password reset' } as const;
/** Policies by which another site is not told the whole address (W3C Referrer Policy). */
const discreet = /^(?:no-referrer|same-origin|origin|strict-origin|origin-when-cross-origin|strict-origin-when-cross-origin)$/i;

/** Whether the page that a reset link opens loads something from elsewhere and may tell that site its address (OWASP Forgot Password Cheat Sheet, WSTG-ATHN-09). */
export function judgePage(page: Page | undefined, origin: string): AccountTrial {
  if (!page) return unknown(about, 'the page of the link could not be opened');
  const { text, headers, status } = page.answer;
  if (status >= 300 || !isPage(text)) return none('reset-page', about.flow, 'the link opens no page');
  const { tags } = readHtml(text);
  const policies = [
    ...(headers['referrer-policy'] ?? '').split(','),
    ...tags
      .filter(({ name, attributes }) => name === 'meta' && attributes.get('name')?.toLowerCase() === 'referrer')
      .map(({ attributes }) => attributes.get('content') ?? ''),
  ]
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const others = new Set(
    tags.flatMap(({ name, attributes }) => {
      const source = /^(?:script|img|iframe|video|audio|source|embed)$/.test(name)
        ? attributes.get('src')
        : isSheet(name, attributes)
          ? attributes.get('href')
          : undefined;
      const url = source === undefined ? null : URL.parse(source, origin);
      return url && /^https?:$/.test(url.protocol) && url.origin !== origin && loads(headers['content-security-policy'], url)
        ? [url.host]
        : [];
    }),
  );
  const steps = [
    `opened the link: its page loads from ${others.size === 0 ? 'nobody else' : [...others].join(', ')}`,
    `referrer policy: ${policies.join(', ') || 'none'}`,
  ];
  // The last one that is known counts.
  if (others.size === 0) return holds(about, 'the page of the reset link loads nothing from elsewhere', steps);
  if (discreet.test(policies.at(-1) ?? '')) return holds(about, 'the page of the reset link does not tell others its address', steps);
  return broken(
    about,
    `the page of the reset link loads from ${[...others].join(', ')} and does not forbid telling them its address, token and all`,
    steps,
  );
}

const isSheet = (name: string, attributes: ReadonlyMap<string, string>): boolean =>
  name === 'link' && /stylesheet|icon|preload/i.test(attributes.get('rel') ?? '');

/** Whether the browser loads it at all: a content security policy that names neither the host nor everybody stops it. */
const loads = (policy: string | undefined, { host, protocol }: URL): boolean =>
  policy === undefined ||
  policy.includes(host) ||
  new RegExp(String.raw`(?:^|\s)(?:\*|${protocol})(?:\s|;|$)`).test(policy) ||
  !/default-src|script-src|img-src/.test(policy);
