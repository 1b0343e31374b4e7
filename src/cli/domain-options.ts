import type { Stage } from '../core/stage.ts';
import type { Target } from '../core/target.ts';
import type { Arguments } from './arguments.ts';
import { cloudflareOf } from './cloudflare.ts';
import type { Config } from './config.ts';
import { domainsOf } from './domains.ts';
import { emailTarget } from './email-options.ts';

export interface DomainQuestion {
  readonly stages: readonly Stage[];
  readonly url: URL | undefined;
  readonly isName?: true | undefined;
  /** Folder that files of the config are named from. */
  readonly base: string;
}

/** What the stages edge and email are given by flags and config: the domain map, the zone at Cloudflare, reports of receivers. Throws `UsageError`. */
export function domainOptions(config: Config, args: Arguments, { stages, ...call }: DomainQuestion): Partial<Target> {
  const [edge, email] = [stages.includes('edge'), stages.includes('email')];
  if (!edge && !email) return {};
  const domains = domainsOf(config, call);
  const cloudflare = edge ? cloudflareOf(config, domains) : undefined;
  return {
    ...(domains && { domains }),
    ...(cloudflare && { cloudflare }),
    // Where the app is tried as well, it is that stage's to say what of it may be changed.
    ...(email && !stages.includes('access') && emailTarget(args, config, domains)),
  };
}
