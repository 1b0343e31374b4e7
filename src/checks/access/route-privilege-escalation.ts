import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { liveAccess, noLiveAccess, type LiveAccess } from '../../evidence/live-access.ts';
import { routePlace } from '../../evidence/live-chart.ts';

const sample = (change: Partial<LiveAccess>): LiveAccess => ({ ...noLiveAccess, origin: 'http://localhost:3000', writes: true, ...change });
const climbed = {
  route: 'PATCH /api/me',
  who: 'anna',
  field: 'is_admin',
  value: 'true',
  told: 'his own profile shows it afterwards',
  steps: ['PATCH /api/me with is_admin: true as anna → 200', 'his own profile shows it afterwards'],
};

export const routePrivilegeEscalation = defineCheck({
  id: 'access/route-privilege-escalation',
  severity: 'blocker',
  covers: ['AU-3', 'S2-C1'],
  tripwire: true,
  doc: {
    title: 'A user of the running app can become an administrator by sending one extra field',
    why: 'The app takes all that a request holds and writes it into the account. Whoever adds a field that no form has gets the power that goes with it.',
    fix: 'Take from the request only the fields that its form has, by name; set roles in a place of their own that asks who is calling.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/'],
  },
  needs: { live: liveAccess },
  examples: {
    fails: [{ name: 'the profile takes is_admin', given: { live: sample({ escalations: [climbed] }) } }],
    passes: [{ name: 'the profile takes the name alone', given: { live: sample({ withstood: ['PATCH /api/me'] }) } }],
    unknowns: [{ name: 'nobody may be changed', given: { live: sample({ untriedPower: 'nothing may be changed in the app' }) } }],
  },
  *evaluate({ live }) {
    const { origin, escalations, withstood, untriedPower } = live;
    for (const { route, who, field, value, told, steps } of escalations)
      yield {
        outcome: 'fail',
        subject: `route ${route} ${field}`,
        place: routePlace(live, route),
        message: `With ${field}: ${value} added to ${route}, ${who} gets more power. It was tried on the running app, and it worked: ${told}.`,
        proof: steps.map((text) => ({ kind: 'step' as const, text })),
      };
    if (escalations.length === 0 && withstood.length > 0)
      yield {
        outcome: 'pass',
        subject: 'power',
        place: { url: origin },
        message: `Nobody got more power by sending more fields to ${andList(withstood.slice(0, 3))}.`,
      };
    if (untriedPower !== undefined)
      yield {
        outcome: 'unknown',
        severity: 'low',
        subject: 'power',
        place: { url: origin },
        message: `Could not try whether somebody can give himself more power: ${untriedPower}.`,
        toKnow: 'Mark an account made for testing as expendable under access.people in launch-ready.yaml, and allow writes.',
      };
  },
});
