/** What is tried on a running app; each may be left out. */
export const liveParts = ['routes', 'power', 'sessions', 'accounts', 'webhooks'] as const;
export type LivePart = (typeof liveParts)[number];

const ofPart: readonly (readonly [RegExp, LivePart])[] = [
  [/^access\/webhook-/, 'webhooks'],
  [/^access\/(?:route-privilege-escalation)$/, 'power'],
  [/^access\/session-after-(?:password-change|removal|lowered-role)$/, 'accounts'],
  [/^access\/(?:session-|second-factor-|sso-|token-forged$|cross-site-write$|account-enumeration$)/, 'sessions'],
  [/^access\/(?:reset-|invite-|magic-|mail-|login-|password-)/, 'accounts'],
];

/** The parts that these checks judge, by their ids: what nobody asks about need not be tried. A check that is not known here asks for what routes give. */
export const livePartsFor = (checks: readonly string[]): LivePart[] => [
  ...new Set(checks.map((id) => ofPart.find(([name]) => name.test(id))?.[1] ?? 'routes')),
];
