import { dirname, resolve } from 'node:path';
import type { GivenDomains } from '../core/target.ts';
import type { Arguments } from './arguments.ts';
import { type Config, loadConfig } from './config.ts';
import { domainsOf } from './domains.ts';
import { teller } from './progress.ts';
import { aimAt, parseAddress } from './target.ts';

/** The config and the domain map of a call that is about a domain and judges nothing. Nothing is sent, and no secret has to be set. Throws `UsageError`. */
export function domainCall(args: Arguments): { readonly config: Config; readonly domains: GivenDomains | undefined } {
  const { notice } = teller(process.stderr, args.on('quiet') ?? false);
  const aim = aimAt(args.operands, true);
  const config = loadConfig(aim.root ?? process.cwd(), args.text('config'), notice);
  const base = config.file === undefined ? (aim.root ?? process.cwd()) : dirname(resolve(config.file));
  const url = aim.url ?? (config.url === undefined ? undefined : parseAddress(config.url));
  return { config, domains: domainsOf(config, { url, isName: aim.isName, base }) };
}
