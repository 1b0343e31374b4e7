import { cloudflareFlaws } from '../../examples/domain/cloudflare-flaws.ts';
import { domainFlaws } from '../../examples/domain/flaws.ts';
import type { Flaw } from '../../examples/flaws.ts';
import { examples } from './examples.ts';
import { liveTwins } from './live/twins.ts';

/** What turns a check red: a flaw that can be put into the files of an example app or into the example domain, or one that shows where an app runs. */
export interface Switch {
  readonly check: string;
  readonly flaw: string;
  /** The example app; `live` for a running one, `domain` for the example domain. */
  readonly where: string;
}

/** Every switch there is. */
export const switches = (): Switch[] => [
  ...examples.flatMap(({ name, flaws }) => flaws.flatMap(({ id, checks }) => checks.map((check) => ({ check, flaw: id, where: name })))),
  ...examples.flatMap(({ name, flaws }) => flaws.flatMap(({ id, tried = [] }) => tried.map((check) => ({ check, flaw: id, where: name })))),
  // A delivery counts twice in the portal too (test/live/webhooks.test.ts).
  { check: 'access/webhook-takes-replay', flaw: 'flaw-counts-twice', where: 'the small app of the webhook trials' },
  // The portal has no second factor; the small app of the sign-ins has (people/totp.test.ts).
  { check: 'access/second-factor-skipped', flaw: 'skips', where: 'the small app of the sign-ins' },
  { check: 'access/second-factor-code-reusable', flaw: 'reuses', where: 'the small app of the sign-ins' },
  // Nor has it tokens that are refreshed; the small app of the sessions has (sessions/sessions.test.ts).
  { check: 'access/session-refresh-after-logout', flaw: 'refresh kept', where: 'the small app of the sessions' },
  // The portal ends no session that nobody uses; the small app of the sessions does (sessions/sessions.test.ts).
  { check: 'access/session-after-idle-time', flaw: 'renews: never ends', where: 'the small app of the sessions' },
  // Its sessions ask for the role each time; those of the small app of teams may remember it (accounts/team.test.ts).
  { check: 'access/session-after-lowered-role', flaw: 'remembersRole', where: 'the small app of teams' },
  // In the portal nobody changes his address; in the small app of teams everybody does (accounts/team.test.ts).
  { check: 'access/reset-link-after-address-change', flaw: 'linksOutliveAddress', where: 'the small app of teams' },
  // The provider of the portal's tests lets everybody in as the same person; oidc-provider has people (people/elsewhere.test.ts).
  { check: 'access/sso-state-unchecked', flaw: 'ignoresState', where: 'the small app of the identity provider' },
  { check: 'access/sso-code-reusable', flaw: 'replays', where: 'the small app of the identity provider' },
  { check: 'access/sso-request-unbound', flaw: 'ignoresState', where: 'the small app of the identity provider' },
  { check: 'access/sso-redirect-uri-unchecked', flaw: 'loose', where: 'the small app of the identity provider' },
  ...cloudflareFlaws.flatMap(({ id, checks }) => checks.map((check) => ({ check, flaw: id, where: 'the zone at Cloudflare' }))),
  // That each turns red what it says, and nothing else, examples/domain/domain.test.ts holds.
  ...domainFlaws.flatMap(({ id, checks }) => checks.map((check) => ({ check, flaw: id, where: 'domain' }))),
  ...liveTwins().flatMap(({ name, flaws, expected }) => [
    ...expected.map((check) => ({ check, flaw: name, where: 'live' })),
    ...flaws.flatMap(({ id, live = [] }) => live.map((check) => ({ check, flaw: id, where: 'live' }))),
  ]),
];

/** The first flaw of each check, as far as they can be in one twin; the others of `flaws` are left over. */
export function oneForEachCheck(flaws: readonly Flaw[], checks: ReadonlySet<string>): Flaw[] {
  const chosen: Flaw[] = [];
  const wanted = new Set(checks);
  for (const flaw of flaws) {
    const alone = (other: Flaw): boolean =>
      flaw.conflictsWith?.includes(other.id) === true || other.conflictsWith?.includes(flaw.id) === true;
    if (!flaw.checks.some((check) => wanted.has(check)) || chosen.some(alone)) continue;
    chosen.push(flaw);
    for (const check of flaw.checks) wanted.delete(check);
  }
  return chosen;
}
