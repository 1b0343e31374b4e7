import { frontendApiOf } from '../collect/access/people/publishable-key.ts';
import type { GivenIdentity } from '../core/target.ts';
import type { Config } from './config.ts';
import { UsageError } from './usage-error.ts';

/** Where people of the app sign in elsewhere; `undefined` where nothing is said. Throws `UsageError` where it is said twice or half. */
export function identityOf({ access, file }: Config, environment: NodeJS.ProcessEnv = process.env): GivenIdentity | undefined {
  if (!access?.identityProvider) return undefined;
  const { oidc, supabase, firebase, clerk, keyFrom } = access.identityProvider;
  const where = file ?? 'the config';
  if ([oidc, supabase, firebase, clerk].filter((one) => one !== undefined).length !== 1)
    throw new UsageError(
      `access.identityProvider in ${where} must name one of oidc, supabase, firebase and clerk.`,
      'E.g. oidc: http://localhost:9000.',
    );
  if (oidc !== undefined) return { kind: 'oidc', url: new URL(oidc) };
  if (clerk === 'app') return { kind: 'clerk' };
  if (clerk !== undefined) {
    const url = frontendApiOf(clerk);
    if (url) return { kind: 'clerk', url };
    throw new UsageError(
      `access.identityProvider.clerk in ${where} is not the publishable key of a development instance of Clerk.`,
      'It begins with pk_test_ and is found under API keys in the dashboard of Clerk; customers sign in at the instance of a pk_live_ key.',
    );
  }
  const key = keyFrom === undefined ? undefined : environment[keyFrom];
  if (key === undefined || key === '')
    throw new UsageError(
      keyFrom === undefined
        ? 'access.identityProvider.keyFrom is missing: which environment variable holds the public key of the project?'
        : `The public key of the project is to be found in the environment variable ${keyFrom}, which is not set.`,
      `Set it before the call (it is named in ${where}).`,
    );
  return { kind: supabase === undefined ? 'firebase' : 'supabase', url: new URL(supabase ?? firebase ?? ''), key };
}
