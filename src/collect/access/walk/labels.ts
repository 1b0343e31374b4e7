import { dangerOf } from '../surface/safety.ts';

/** What cannot be undone by whoever clicked it by mistake, beside what addresses say. */
const harmful =
  /\b(?:delete|remove|trash|bin|discard|clear|empty|archive|close account|log ?out|sign ?out|log ?off|leave|disconnect|block|report)\b/i;
/** Makes or changes something. */
const changing =
  /\b(?:add|new|create|save|submit|update|edit|set|apply|like|follow|rate|vote|post|comment|reply|upload|book|order|approve|reject|accept|confirm|assign|complete|mark|toggle|enable|disable|increase|decrease)\b|[+✎✓]/i;
/** Things that are only named like deeds: pages of a menu. */
const things =
  /\b(?:payments?|invitations|invites|webhooks|jobs|imports|exports|backups|refunds|payouts|transfers|e?-?mails|tokens|notifications)\b/gi;
const signsIn = /\b(?:log ?in|sign ?in|anmelden|einloggen|connexion|acceder|iniciar sesi[oó]n|enter)\b/i;
const waysAround = /google|github|facebook|apple|microsoft|sso|saml|passkey|magic|forgot|register|sign ?up|create/i;
const closes =
  /^(?:accept|accept all|allow all|agree|i agree|got it|ok|okay|dismiss|close|close .{0,30}|me want it!?|understood|i understand|no,? thanks|not now|later|maybe later|skip|continue|×|x)$/i;

/** Whether a button may be clicked: the words of addresses that promise harm, applied to what it says. Nothing said, nothing clicked. */
export function isHarmless(label: string, writes: boolean): boolean {
  const words = label.replace(things, '').trim();
  if (words === '' || harmful.test(words)) return false;
  const danger = dangerOf({ method: 'POST', path: `/${words.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}` });
  return danger === undefined && (writes || !changing.test(words));
}

export const leadsToSignIn = (label: string): boolean => signsIn.test(label) && !waysAround.test(label);
export const opensAccountMenu = (label: string): boolean => /\b(?:account|profile|user|menu)\b/i.test(label) && label.length < 40;
export const closesOverlay = (label: string): boolean => closes.test(label.trim());
