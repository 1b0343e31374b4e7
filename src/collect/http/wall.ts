import type { Fault } from '../../core/evidence.ts';
import type { Reply } from './client.ts';

type Answer = Pick<Reply, 'url' | 'status' | 'headers' | 'setCookies'>;

/**
 * Tells an answer that is not the app's: a bot check, a login in front of the whole deployment, a bare refusal.
 * What such an answer lacks or holds says nothing about the app, so it must never be judged.
 */
export function wallBefore({ url, status, headers, setCookies }: Answer): Fault | undefined {
  const who = botCheck(headers);
  if (who !== undefined)
    return {
      kind: 'blocked',
      message: `${who} in front of ${url.host} answered with a check for humans instead of the app.`,
      remedy: 'Let this machine through the bot protection, or look at an address without it (a preview deployment, localhost).',
    };
  if (status === 401 && setCookies.some((cookie) => cookie.startsWith('_vercel_sso_nonce')))
    return {
      kind: 'denied',
      message: `${url.host} is a protected Vercel deployment: it asks for a Vercel login before it shows the app.`,
      remedy: 'Give the production address, or switch off Deployment Protection for this one.',
    };
  if (status === 401 || status === 407) {
    const basic = /^basic/i.test(headers['www-authenticate'] ?? '');
    return {
      kind: 'denied',
      message: `${url.host} asks for a password before it shows any page (${status}).`,
      remedy: basic
        ? 'Put name and password into the address: https://name:password@host/.'
        : 'Give an address that shows the app’s first page without a login.',
    };
  }
  if (status === 403)
    return {
      kind: 'denied',
      message: `${url.host} refuses to show us the page (403).`,
      remedy: 'Let this machine through the firewall, or give an address that anybody can open.',
    };
  return undefined;
}

/** The bot protection that answered in place of the app, by the headers it sets; documented by Cloudflare, seen at Vercel and AWS. */
export function botCheck(headers: Readonly<Record<string, string>>): string | undefined {
  if (headers['cf-mitigated']?.toLowerCase() === 'challenge') return 'Cloudflare';
  if (headers['x-vercel-mitigated'] !== undefined) return 'Vercel';
  if (headers['x-amzn-waf-action'] !== undefined) return 'AWS';
  return undefined;
}

/** Titles of the pages that check for humans, as Cloudflare, Vercel, DDoS-Guard, Sucuri and Imperva have them. */
const checkTitles =
  /^(?:just a moment(?:\.\.\.|…)?|attention required! \| cloudflare|checking your browser\b.*|please wait\.\.\. \| cloudflare|vercel security checkpoint|ddos-guard|sucuri website firewall.*|pardon our interruption\.*)$/i;

/** The bot protection that answered in place of the app, by its headers or by the title of its page. `text`: the body. */
export function botPage({
  status,
  headers,
  text,
}: {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}): string | undefined {
  const who = botCheck(headers);
  if (who !== undefined) return who;
  // Answered as the app, such a title is the app's own.
  if (status < 400) return undefined;
  const title = /<title[^>]*>([^<]{1,200})/i.exec(text.slice(0, 20_000))?.[1]?.trim() ?? '';
  if (!checkTitles.test(title)) return undefined;
  return /cloudflare/i.test(headers['server'] ?? '') || headers['cf-ray'] !== undefined ? 'Cloudflare' : 'A bot protection';
}
