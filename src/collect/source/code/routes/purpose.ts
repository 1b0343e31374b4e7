import type { Route, SideEffect } from '../../../../evidence/routes.ts';

type Purpose = Route['purposes'][number];

const patterns: readonly [Purpose, RegExp][] = [
  ['logout', /log-?out|sign-?out/i],
  ['login', /log-?in\b|sign-?in|\/session(?:s)?$|authenticate|\/token$|magic-?link|otp/i],
  ['signup', /sign-?up|register|registration|create-?account|onboard/i],
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
    /(?:^|\/)(?:public|robots|sitemap|manifest|favicon|opengraph|og|contact|newsletter|subscribe|feedback|landing|waitlist|pricing|plans|blog|docs|openapi|swagger|\.well-known)(?:$|[/.-])/i,
  ],
];

/** What a route is for, as far as its path, name and effects tell. */
export function purposesOf(
  spec: { readonly path: string; readonly id?: string; readonly method: string },
  effects: readonly SideEffect[],
): Purpose[] {
  const name = `${spec.path} ${spec.id ?? ''}`.replace(/([a-z])([A-Z])/g, '$1-$2');
  const found = patterns.filter(([, pattern]) => pattern.test(name)).map(([purpose]) => purpose);
  if (effects.some((effect) => effect.kind === 'session') && !found.includes('login')) found.push('login');
  return found;
}
