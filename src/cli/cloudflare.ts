import type { GivenCloudflare, GivenDomains } from '../core/target.ts';
import type { Config } from './config.ts';
import { UsageError } from './usage-error.ts';

const api = 'https://api.cloudflare.com/client/v4';

/** The zone at Cloudflare that the config names; `undefined` where it names none. Throws `UsageError` where nobody says which. */
export function cloudflareOf(
  { cloudflare, file }: Config,
  domains: GivenDomains | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): GivenCloudflare | undefined {
  if (!cloudflare) return undefined;
  const { tokenFrom, zone = domains?.apex, base = api, origins = [], privatePaths = [] } = cloudflare;
  if (zone === undefined)
    throw new UsageError(
      `cloudflare in ${file ?? 'the config'} does not say which zone is meant.`,
      'Write the domain as domains.apex, or name the zone as cloudflare.zone.',
    );
  const token = environment[tokenFrom];
  return {
    tokenFrom,
    ...(token !== undefined && token !== '' && { token }),
    zone: zone.toLowerCase(),
    base: base.replace(/\/$/, ''),
    origins,
    privatePaths,
  };
}
