/** The roadmap's seven stages, in its order. The stage is the first part of a check's id. */
export const stages = ['audit', 'access', 'edge', 'deploy', 'email', 'monitor', 'handover'] as const;
export type Stage = (typeof stages)[number];

/** How much a finding hurts customers: a blocker stops the launch, `high` must be fixed before customers log in. */
export const severities = ['blocker', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** Rough size of a fix for one person who knows the code. `core/estimate.ts` turns it into hours. */
export type Effort = 'minutes' | 'hours' | 'days';

/** True when `a` is at least as severe as `b`. */
export const atLeast = (a: Severity, b: Severity): boolean => severities.indexOf(a) <= severities.indexOf(b);
