import type { GivenWebhook } from '../core/given-webhook.ts';
import type { Config } from './config.ts';
import { UsageError } from './usage-error.ts';

/** Webhooks that rightly signed messages are sent to, with their secrets out of the environment. Throws `UsageError` where one is not set. */
export function webhooksOf({ access, file }: Config, environment: NodeJS.ProcessEnv = process.env): GivenWebhook[] {
  return (access?.webhooks ?? []).map(({ secretFrom, ...webhook }) => {
    const secret = environment[secretFrom];
    if (secret === undefined || secret === '')
      throw new UsageError(
        `The secret of the webhook ${webhook.path} is to be found in the environment variable ${secretFrom}, which is not set.`,
        `Set it before the call (it is named in ${file ?? 'the config'}) to the secret that the app on this machine has.`,
      );
    return { ...webhook, secret };
  });
}
