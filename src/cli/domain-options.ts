import type { Stage } from '../core/stage.ts';
import type { Target } from '../core/target.ts';
import type { Arguments } from './arguments.ts';
import { cloudflareOf } from './cloudflare.ts';
import type { Config } from './config.ts';
import { domainsOf } from './domains.ts';
import { emailOptions } from './email-options.ts';
import { existing } from './existing.ts';

export interface DomainQuestion {
  readonly stages: readonly Stage[];
  readonly url: URL | undefined;
  /** Folder that files of the config are named from. */
  readonly base: string;
}

/** What the stages edge and email are given by flags and config: the domain map, the zone at Cloudflare, reports of receivers. Throws `UsageError`. */
export function domainOptions(config: Config, args: Arguments, { stages, url, base }: DomainQuestion): Partial<Target> {
  const [edge, email] = [stages.includes('edge'), stages.includes('email')];
  if (!edge && !email) return {};
  const map = domainsOf(config, url, base);
  const adding = args.takes('add-sender') ? args.all('add-sender') : [];
  const domains = map && adding.length > 0 ? { ...map, adding } : map;
  const reports = args.takes('reports') ? existing(args.all('reports')) : [];
  const cloudflare = edge ? cloudflareOf(config, domains) : undefined;
  return {
    ...(domains && { domains }),
    ...(reports.length > 0 && { reports }),
    ...(cloudflare && { cloudflare }),
    // Where the app is tried as well, it is that stage's to say what of it may be changed.
    ...(email && !stages.includes('access') && args.on('allow-writes') === true && emailOptions(config)),
  };
}
