import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartOfApp } from '../collect/access/app/start.ts';
import type { Rates } from '../core/estimate.ts';
import type { Waiver } from '../core/gate.ts';
import type { LinkSeconds } from '../core/link-seconds.ts';
import type { Severity } from '../core/stage.ts';
import type { GivenWebhook } from '../core/given-webhook.ts';
import type { GivenDomains, GivenPerson, GivenRecording } from '../core/target.ts';
import { readYaml } from './config-reader.ts';
import { configSchema } from './config-schema.ts';
import type { ConfiguredEmail } from './email-options.ts';
import { reasonOf } from './file-error.ts';
import { UsageError } from './usage-error.ts';

/** launch-ready.yaml, as read. Every part is optional. */
export interface Config {
  /** The file it came from; absent when there is none. */
  readonly file?: string;
  readonly url?: string;
  readonly scope?: { readonly hosts?: readonly string[]; readonly requests?: number; readonly history?: boolean };
  readonly domains?: ConfiguredDomains;
  readonly email?: ConfiguredEmail;
  readonly cloudflare?: ConfiguredCloudflare;
  readonly access?: {
    readonly people?: readonly ConfiguredPerson[];
    readonly webhooks?: readonly ConfiguredWebhook[];
    readonly recordings?: readonly Omit<GivenRecording, 'path'>[];
    readonly allow?: readonly string[];
    readonly browser?: boolean;
    readonly mail?: ConfiguredMail;
    readonly idleSeconds?: number;
    readonly identityProvider?: ConfiguredIdentity;
    readonly start?: StartOfApp;
  };
  readonly off?: readonly { readonly check: string; readonly reason: string }[];
  readonly waivers?: readonly Waiver[];
  readonly gate?: { readonly failOn?: Severity; readonly unknown?: 'block' | 'warn'; readonly baseline?: string };
  readonly rates?: Rates;
}

/** The domain map; what is reached elsewhere stands as `host=address:port`, and certificates as names of files. */
export type ConfiguredDomains = Pick<GivenDomains, 'apex'> &
  Partial<Pick<GivenDomains, 'hosts' | 'mail' | 'resolvers' | 'roots' | 'rdap' | 'authorities' | 'records'>> & {
    readonly connect?: readonly string[];
  };

/** The zone at Cloudflare; its token stands in an environment variable. */
export interface ConfiguredCloudflare {
  readonly tokenFrom: string;
  readonly zone?: string;
  readonly base?: string;
  readonly origins?: readonly string[];
  readonly privatePaths?: readonly string[];
}

/** Somebody who can sign in; his secrets stand in environment variables. */
export type ConfiguredPerson = Omit<GivenPerson, 'password' | 'totp' | 'headers' | 'key'> & {
  readonly passwordFrom?: string;
  readonly totpFrom?: string;
  /** `X-Tenant: acme`. */
  readonly headers?: readonly string[];
  readonly key?: { readonly from: string; readonly header?: string; readonly scheme?: string; readonly query?: string };
};

/** Where mails of the app can be read: one of the three; the password of a mailbox stands in an environment variable. */
export interface ConfiguredMail extends LinkSeconds {
  readonly smtp?: string;
  readonly mailbox?: string;
  readonly imap?: {
    readonly host: string;
    readonly port?: number;
    readonly user: string;
    readonly passwordFrom?: string;
    readonly tokenFrom?: string;
    readonly tls?: boolean;
  };
  readonly address?: string;
}

/** Where people sign in elsewhere: one of the four. */
export interface ConfiguredIdentity {
  readonly oidc?: string;
  readonly supabase?: string;
  readonly firebase?: string;
  /** A publishable key, or `app`: the pages of the app tell it. */
  readonly clerk?: string;
  readonly keyFrom?: string;
}

/** A webhook; its secret stands in an environment variable. */
export type ConfiguredWebhook = Omit<GivenWebhook, 'secret'> & { readonly secretFrom: string };

/** The names we look for, in this order. */
const names = ['launch-ready.yaml', 'launch-ready.yml'];
const executable = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `launch-ready.config.${ending}`);

/**
 * The config of `folder`, or the file the user named. Throws `UsageError` when it cannot be read or is wrong.
 * Config files that are programs are not run: an audited repo is not trusted. `notice` is told when one lies there.
 */
export function loadConfig(folder: string, named: string | undefined, notice: (message: string) => void): Config {
  if (named !== undefined) {
    if (/\.[cm]?[jt]s$/.test(named))
      throw new UsageError(
        `${named} is a program; launch-ready does not run code to read its settings.`,
        'Write them as data: launch-ready init makes a launch-ready.yaml.',
      );
    return readConfig(named, named);
  }
  const program = executable.find((name) => existsSync(join(folder, name)));
  if (program !== undefined)
    notice(`${program} was not read: launch-ready does not run code of the repo it looks at. Settings go into launch-ready.yaml.`);
  const name = names.find((candidate) => existsSync(join(folder, candidate)));
  return name === undefined ? {} : readConfig(join(folder, name), name);
}

function readConfig(file: string, shown: string): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`The config ${shown} cannot be read: ${reasonOf(error)}.`);
  }
  return { ...(readYaml(text, configSchema, shown) as Config), file };
}
