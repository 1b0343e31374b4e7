import { chosenPower, makesAccount } from '../../../../evidence/questions.ts';
import type { Place } from '../../../../core/finding.ts';
import type { DataAccess, Route, SideEffect } from '../../../../evidence/routes.ts';

type Purpose = Route['purposes'][number];

const patterns: readonly [Purpose, RegExp][] = [
  ['logout', /log-?out|sign-?out/i],
  [
    'login',
    /log-?in\b|authorize\/(?:oidc|saml|sso)\b|(?:oidc|saml|sso)\/(?:authorize|callback|acs|start)\b|sign-?in|\/webauthn\/authenticat|\/verify(?:$|[\s?])|\/session(?:s)?$|authenticate|\/token$|magic-?link|otp/i,
  ],
  ['signup', /sign-?up|register|registration|create-?account|onboard|^\/?(?:(?:api|auth|account|v\d+)\/)*join(?:$|[\s?])/i],
  ['reset', /reset|forgot|recover|(?:set|change|setup|update)-?password/i],
  ['invite', /invit/i],
  ['webhook', /webhook|\bhooks?\b(?!s?\/use)|\/callbacks?\/(?:stripe|payment)|\/ipn\b|stripe-?events?/i],
  ['admin', /(?:^|[/.\s])(?:admin|superadmin|super-admin|backoffice|back-office|platform-admin|staff-only)(?:[/.\-\s]|$)/i],
  ['health', /(?:^|\/)(?:health|healthz|readyz|livez|ready|live|ping|status|version|heartbeat|alive)(?:$|\/|\b)/i],
  [
    'debug',
    /(?:^|\/)(?:debug|_debug|tests?|testing|diagnos\w*|dump|phpinfo|dev-only|seeds?|seed-\w+|playground|sandbox|test-[\w-]+|debug-[\w-]+)(?:\/|$)/i,
  ],
  ['cron', /(?:^|[/.\-_])(?:cron|jobs?|scheduled?|tasks\/run|worker)(?:[/.\-_]|$)/i],
  [
    'public',
    /(?:^|\/)(?:public|robots|sitemap|manifest|favicon|opengraph|og|contact|newsletter|subscribe|feedback|landing|waitlist|pricing|plans|blog|docs|openapi|swagger|embed|logos?|avatars?|\.well-known)(?:$|[/.-])/i,
  ],
];

/** A code is mailed or texted to whoever logs in or signs up, or typed in again: `/auth/send-code`, `/send-verification-code`. */
const codeSent =
  /(?:^|[/.\s-])(?:re-?send|send|request|verify|check|confirm)-(?:(?:verification|verify|access|log-?in|sign-?in|sign-?up|auth|security|confirmation|e-?mail|phone|sms|otp)-){0,2}code(?:$|[/\s?])|(?:^|[/.\s-])(?:re-?send|send)-(?:e-?mail-)?verification(?:-e-?mail)?(?:$|[/\s?])/i;

const publicFolder = /[^/]\/public\/(?:.*\/)?[^/]+\.[cm]?[jt]sx?$/;

const folderOf = (path: string): string => path.replace(/\/[^/]*\/?$/, '');

/** Segments that say nothing of what a route is about. */
const frame = /^(?:api|rest|v\d+|admin|internal|dev|public|functions|auth|app|server|database|db)$/i;
const settled =
  /(?:settings?|config(?:uration)?s?|connections?|connectors?|integrations?|webhooks?|providers?|channels?|gateways?|templates?)$/i;

/** A button of the product: what was saved or is about to be is tried out (`/routers/:id/test`, `/mail-settings/test-connection`). */
function isTrial(path: string): boolean {
  const segments = path.split('/').filter((segment) => segment !== '');
  const [last = '', before = ''] = [segments.at(-1), segments.at(-2)];
  if (before === '' || frame.test(before)) return false;
  if (/^test-?(?:connection|e?mail|sms|message|notification|webhook|send|print|credentials|call)$/i.test(last)) return true;
  return (
    /^test$/i.test(last) &&
    (before.startsWith(':') ? segments.slice(0, -2).some((one) => !one.startsWith(':') && !frame.test(one)) : settled.test(before))
  );
}

const signs = /(?:log-?in|log-?out|sign-?in|sign-?out)\/?(?:\?.*)?$/i;

/**
 * What a route is for, as far as its path, name and effects tell. `begins` says that it makes a session for a caller it did not know, and
 * whether all who are given one have shown a password or code.
 */
export function purposesOf(
  spec: { readonly path: string; readonly id?: string; readonly method: string; readonly place?: Place },
  effects: readonly SideEffect[],
  data: readonly DataAccess[] = [],
  begins?: 'proved' | 'unproved',
): Purpose[] {
  const name = `${spec.path} ${spec.id ?? ''}`.trim().replace(/([a-z])([A-Z])/g, '$1-$2');
  const trial = isTrial(spec.path);
  const found = patterns
    .filter(([purpose, pattern]) => pattern.test(name) && !(purpose === 'debug' && trial && !pattern.test(folderOf(spec.path))))
    .map(([purpose]) => purpose);
  // Handlers kept apart from the others in a folder of that name.
  if (publicFolder.test(spec.place?.file ?? '') && !found.includes('public')) found.push('public');
  if (codeSent.test(name) && !found.includes('login')) found.push('login');
  if ((begins !== undefined || effects.some((effect) => effect.kind === 'session')) && !found.includes('login')) found.push('login');
  if (isSignUp(data)) found.push('signup');
  if (mailsCode(data, effects)) found.push('reset');
  // The staff's own login form is for whoever logs in.
  return signs.test(spec.path) || begins === 'proved' ? found.filter((purpose) => purpose !== 'admin') : found;
}

const openWrites = (data: readonly DataAccess[]): DataAccess[] =>
  data.filter(({ auth, operation }) => operation !== 'read' && (auth === 'none' || auth === 'presence'));

// Whoever comes makes an account with a password of their own, and touches no row that was there. Where they may say what the account
// can do, it is no sign-up but a door.
const isSignUp = (data: readonly DataAccess[]): boolean => {
  const writes = openWrites(data);
  return writes.some(makesAccount) && writes.every((access) => access.operation === 'create' && chosenPower(access).length === 0);
};

const codeTable = /token|otp|verif|reset|confirm|activat|(?:^|_)codes?$|[a-z]Codes?$/i;

// A new code for an account that is there, mailed to its address.
const mailsCode = (data: readonly DataAccess[], effects: readonly SideEffect[]): boolean => {
  const writes = openWrites(data);
  return (
    writes.length > 0 &&
    writes.every(({ operation, name }) => operation === 'create' && codeTable.test(name)) &&
    effects.some(({ kind, registered }) => kind === 'mail' && registered === true)
  );
};
