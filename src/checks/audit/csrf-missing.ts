import { defineCheck } from '../../core/check.ts';
import { accessText, isOpen, isSignInFlow } from '../../evidence/questions.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const post = {
  id: 'POST /invoices',
  path: '/invoices',
  method: 'POST',
  data: [sampleAccess({ operation: 'create', scope: 'owner' })],
} as const;

export const csrfMissing = defineCheck({
  id: 'audit/csrf-missing',
  severity: 'medium',
  covers: ['S2-C4', 'MB-1'],
  doc: {
    title: 'Another website can act in the name of a signed-in customer',
    why: 'The browser sends the session cookie along with forms of any website. A customer who opens a bad page then pays, invites or deletes without knowing.',
    fix: 'Set `SameSite=Lax` (or Strict) on the session cookie and demand a token in every form, or compare the Origin header with your own address.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [{ name: 'a cookie session and no token', given: { inventory: sampleInventory(sampleRoute({ ...post, csrf: 'none' })) } }],
    passes: [{ name: 'a token is checked', given: { inventory: sampleInventory(sampleRoute({ ...post, csrf: 'token' })) } }],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      // What anybody may write needs no customer's browser: other checks speak of that.
      const writes = route.data.filter((access) => access.operation !== 'read' && !isOpen(access.auth));
      if (writes.length === 0 || route.csrf === 'not-cookie' || route.webhook || isSignInFlow(route)) continue;
      const about = { subject: route.id, place: { ...route.place, name: route.id } };
      if (route.csrf === 'unknown')
        yield {
          ...about,
          outcome: 'unknown',
          message: `${route.id}: could not tell whether requests from other websites are refused.`,
          toKnow: 'Send it a form from another site on a test system.',
        };
      else if (route.csrf !== 'none')
        yield { ...about, outcome: 'pass', message: `${route.id} refuses requests from other websites (${route.csrf}).` };
      else
        yield {
          ...about,
          outcome: 'fail',
          message: `${route.id} ${accessText(writes)} on a request from any website: it trusts the session cookie alone.`,
        };
    }
  },
});
