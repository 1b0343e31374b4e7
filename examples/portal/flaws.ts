import type { Flaw } from '../flaws.ts';
import { exposureFlaws } from './flaws/exposure.ts';
import { linkFlaws } from './flaws/links.ts';
import { operationFlaws } from './flaws/operations.ts';
import { publishedFlaws } from './flaws/published.ts';
import { sessionFlaws } from './flaws/sessions.ts';
import { signInFlaws } from './flaws/sign-in.ts';
import { tenantFlaws } from './flaws/tenants.ts';
import { webhookFlaws } from './flaws/webhooks.ts';

/** Every flaw that can be switched on in the portal, by `PORTAL_FLAWS=id,id npm run portal` or in a twin. */
export const flaws: Flaw[] = [
  ...tenantFlaws,
  ...sessionFlaws,
  ...signInFlaws,
  ...linkFlaws,
  ...webhookFlaws,
  ...exposureFlaws,
  ...operationFlaws,
  ...publishedFlaws,
];
