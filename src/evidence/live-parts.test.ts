import { expect, it } from 'vitest';
import { livePartsFor } from './live-parts.ts';

it.each<[string, string]>([
  ['access/route-stranger-reads', 'routes'],
  ['access/shared-by-design', 'routes'],
  ['access/route-privilege-escalation', 'power'],
  ['access/session-after-logout', 'sessions'],
  ['access/token-forged', 'sessions'],
  ['access/session-after-password-change', 'accounts'],
  ['access/login-not-throttled', 'accounts'],
  ['access/webhook-takes-stale', 'webhooks'],
])('%s is judged by what %s give', (check, part) => {
  expect(livePartsFor([check])).toEqual([part]);
});

it('several checks ask for each part once', () => {
  expect(livePartsFor(['access/token-forged', 'access/session-fixation', 'access/webhook-takes-stale'])).toEqual(['sessions', 'webhooks']);
});
