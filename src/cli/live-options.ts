import { resolve } from 'node:path';
import { allowedName } from '../collect/access/surface/allowed.ts';
import type { AnyCheck } from '../core/check.ts';
import type { Evidence } from '../core/evidence.ts';
import type { GivenRecording, Target } from '../core/target.ts';
import { liveAccess } from '../evidence/live-access.ts';
import type { Arguments } from './arguments.ts';
import type { Config } from './config.ts';
import { identityOf } from './identity.ts';
import { mailOf } from './mail.ts';
import { peopleOf } from './people.ts';
import { snapshotOf } from './started-app.ts';
import { shellQuote } from './shell-quote.ts';
import { UsageError } from './usage-error.ts';
import { webhooksOf } from './webhooks.ts';

/** How the running app is tried, by flags and config. Throws `UsageError` for all that is wrong with them. `base`: the folder that files are named from. */
export function liveOptions(
  config: Config,
  args: Arguments,
  base: string,
): Pick<Target, 'people' | 'webhooks' | 'writes' | 'mail' | 'identity' | 'recordings' | 'allow' | 'browser' | 'idleSeconds' | 'snapshot'> {
  const recordings = recordingsOf(config, base, args.all('recording'));
  const mail = mailOf(config);
  const allow = allowOf(config, args.all('allow'));
  const identity = identityOf(config);
  const snapshot = args.on('start') === true && config.access?.start ? snapshotOf(config.access.start, base) : undefined;
  return {
    people: peopleOf(config),
    webhooks: webhooksOf(config),
    writes: args.on('allow-writes') === true,
    ...(mail && { mail }),
    ...(identity && { identity }),
    ...(config.access?.idleSeconds !== undefined && { idleSeconds: config.access.idleSeconds }),
    ...(snapshot !== undefined && { snapshot }),
    ...(recordings.length > 0 && { recordings }),
    ...(allow.length > 0 && { allow }),
    ...(usesBrowser(config, args) && { browser: true }),
  };
}

/** Whether a check judges the running app, and nothing without it. */
export const isAboutTheRunningApp = ({ needs }: AnyCheck): boolean =>
  Object.values<Evidence>(needs).some(({ id, absent }) => id === liveAccess.id && absent === undefined);

const usesBrowser = ({ access }: Config, args: Arguments): boolean => args.on('browser') ?? access?.browser ?? false;

/** Operations that the user named, of the config and of `--allow`. Throws `UsageError` for what is no method and path. */
export function allowOf({ access }: Config, named: readonly string[]): string[] {
  for (const name of named)
    if (!allowedName.test(name))
      throw new UsageError(
        `--allow ${name}: that is no method and path.`,
        "Write it as the report does: --allow 'POST /api/invoices/{id}/send'.",
      );
  return [...new Set([...(access?.allow ?? []), ...named])];
}

/** The same options again, for the commands that show a finding again. */
export const liveArguments = (args: Arguments): string[] => [
  ...(['allow-writes', 'browser'] as const).flatMap((flag) => (args.on(flag) === true ? [`--${flag}`] : [])),
  ...(['allow', 'recording'] as const).flatMap((flag) => args.all(flag).map((value) => `--${flag} ${shellQuote(value)}`)),
];

/** The recordings of the config and of `--recording`, each of somebody who can be signed in. */
export function recordingsOf({ access, file }: Config, base: string, named: readonly string[] = []): GivenRecording[] {
  const names = (access?.people ?? []).map(({ name }) => name);
  const given = [
    ...(access?.recordings ?? []).map((one) => ({ ...one, path: resolve(base, one.file) })),
    ...named.map((text) => {
      const [, person, har] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      if (person === undefined || har === undefined)
        throw new UsageError(`--recording ${text}: that is no name and file.`, 'Write it like --recording anna=anna.har.');
      return { person, file: har, path: resolve(har) };
    }),
  ];
  for (const { person, file: har } of given)
    if (!names.includes(person))
      throw new UsageError(
        `The recording ${har} is of ${person}, and nobody under access.people has that name.`,
        names.length === 0
          ? `Name the people under access.people in ${file ?? 'launch-ready.yaml'} first.`
          : `They are called ${names.join(', ')} in ${file ?? 'the config'}.`,
      );
  return given;
}
