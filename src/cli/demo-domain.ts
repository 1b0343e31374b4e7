import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GivenDomains, GivenEmail, GivenMail, GivenPerson } from '../core/target.ts';
import { packageRoot } from './package-root.ts';

/** The domain of the demo while it runs. */
export interface DemoDomain {
  readonly domains: GivenDomains;
  /** Its app. */
  readonly url: URL;
  /** Two customers. */
  readonly people: readonly GivenPerson[];
  /** The mailbox that its mails arrive in, and how they are had. */
  readonly mail: GivenMail;
  readonly email: GivenEmail;
  /** Its code, as far as it is about mail. */
  readonly root: string;
  stop(): Promise<void>;
}

/** What is wrong with it; each leaves the others to be seen. */
const flaws = [
  'dangling-cname',
  'old-a-record-left',
  'callback-loses-code',
  'cache-everything',
  'cors-echoes-origin',
  'certificate-not-renewed',
  'spf-eleven-lookups',
  'invite-link-over-http',
  'newsletter-link-dead',
] as const;

/** Starts the example domain that the build bundled (scripts/build.mjs), broken, on loopback. Throws what keeps it from starting; nothing is left running then. */
export async function startDemoDomain(): Promise<DemoDomain> {
  const file = pathToFileURL(join(packageRoot(), 'dist/domain/start.mjs')).href;
  const { startDomain } = (await import(file)) as { startDomain(options: { flaws: readonly string[] }): Promise<DemoDomain> };
  return startDomain({ flaws });
}
