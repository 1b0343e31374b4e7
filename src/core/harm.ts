import type { Finding } from './finding.ts';

/** What an open finding does to a customer, worst first. */
export const harms = ['exposure', 'secret', 'takeover', 'forgery', 'abuse', 'hygiene'] as const;
export type Harm = (typeof harms)[number];

/** Layers of protection in the order they have to be built: each one is void while an earlier one is open. */
export const layers = ['secret', 'identity', 'row-security', 'ownership', 'role', 'other'] as const;
export type Layer = (typeof layers)[number];

interface Rule<T> {
  readonly is: T;
  /** Words of the check's own name. */
  readonly id: RegExp;
  /** Requirement ids it covers (roadmap, OWASP, ASVS). */
  readonly covers: RegExp;
}

// The name decides before the requirements: a rate limit on the login covers authentication rows, yet its harm is abuse.
const never = /(?!)/;
const harmRules: readonly Rule<Harm>[] = [
  { is: 'hygiene', id: /source-?map|header|search-path|banner|^(?:spf|dkim|dmarc|mail|sender|non-sending)-/, covers: never },
  {
    is: 'abuse',
    id: /rate-limit|throttl|relay|flood|open-mail|paid|request-forgery|ssrf|fetch/,
    covers: /^(API4|API6|API7|RM-throttle|RM-max-retry|AUTHN-throttle|AUTHN-lockout)/,
  },
  { is: 'forgery', id: /webhook/, covers: /^(WH-|S1-C5|S4-C4)/ },
  {
    is: 'secret',
    id: /secret|credential|private-key|service-key|service-role|(^|-)(env|keys?)(-|$)/,
    covers: /^(NT-1|MB-3|S1-C4|AU-1$|SEC-(no-hardcode|history|client-prefix|ci-masked|logs-clean|dotgit))/,
  },
  { is: 'exposure', id: /debug|dev-server|directory-listing/, covers: never },
  { is: 'takeover', id: /takeover|privilege|password|reset|invite|sign-?up|csrf|magic|jwt|escalat|mass-assign|first-user/, covers: never },
  {
    is: 'exposure',
    id: /rls|policy|tenant|owner|idor|bucket|definer|firebase|unauthenticated|(no|without|missing|only)-auth|auth-(missing|only)|unguarded|middleware|server-action|edge-function|client-role/,
    covers: /^(S1-F|S2-F|NT-2|NT-3|MB-2|MT-|AZ-|API1|API3-read|API5|RP-1|RP-2|S2-C[123]|FILE-scoped|SEC-service-role)/,
  },
  {
    is: 'takeover',
    id: /session|login|cookie|role/,
    covers: /^(MB-1|AUTHN|SESS|RESET|INVITE|MAGIC|JWT|OAUTH|CSRF|REDIR|API2|API3|S2-C[45]|RP-[35])/,
  },
];

const layerRules: readonly Rule<Layer>[] = [
  { is: 'other', id: /source-?map|header|search-path|banner|webhook/, covers: never },
  { is: 'secret', id: /secret|credential|private-key|service-key|(^|-)(env|keys?)(-|$)/, covers: never },
  { is: 'row-security', id: /rls-(off|disabled|missing|not-enabled)|no-rls|without-rls|(^|-)rls$/, covers: /^MT-rls-enabled/ },
  { is: 'role', id: /role|admin/, covers: never },
  { is: 'ownership', id: /rls|policy|tenant|owner|idor|bucket|definer|firebase|scope|view/, covers: /^(MT-|API1|AZ-horizontal|S2-C2)/ },
  { is: 'identity', id: /auth|middleware|session|guard|action|edge-function/, covers: /^(NT-2|RP-1|API2|RM-endpoint-auth|REST-access)/ },
  { is: 'role', id: never, covers: /^(API5|S2-C1|AZ-vertical)/ },
];

/** What leaving this open does to a customer. Told from the check's name and the requirements it covers; `hygiene` when neither says. */
export const harmOf = (finding: Pick<Finding, 'check' | 'covers'>): Harm => match(harmRules, finding) ?? 'hygiene';

/** Which layer of protection the finding is about. */
export const layerOf = (finding: Pick<Finding, 'check' | 'covers'>): Layer => match(layerRules, finding) ?? 'other';

function match<T>(rules: readonly Rule<T>[], { check, covers }: Pick<Finding, 'check' | 'covers'>): T | undefined {
  const name = check.slice(check.indexOf('/') + 1);
  const rule = rules.find((item) => item.id.test(name)) ?? rules.find((item) => covers.some((id) => item.covers.test(id)));
  return rule?.is;
}
