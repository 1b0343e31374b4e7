import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Sandbox } from '../core/target.ts';
import type { Arguments } from './arguments.ts';
import { reasonOf } from './file-error.ts';
import { shellQuote } from './shell-quote.ts';
import { UsageError } from './usage-error.ts';

const engines = ['postgresql', 'pglite'] as const;

/** How the user wants the database rebuilt. Throws `UsageError` for an engine we do not have and a dump that is not there. */
export function sandboxOf(args: Arguments): Sandbox {
  const wanted = args.text('sandbox');
  const engine = engines.find((name) => name === wanted);
  if (wanted !== undefined && !engine)
    throw new UsageError(`--sandbox ${wanted}: there is no such engine.`, `It is one of ${engines.join(', ')}.`);
  const dump = args.text('dump');
  if (dump !== undefined) checkDump(dump);
  return {
    ...(engine && { engine }),
    ...(args.on('seed') === true && { seed: true }),
    ...(dump !== undefined && { dump: resolve(dump) }),
  };
}

function checkDump(dump: string): void {
  let isFile: boolean;
  try {
    isFile = statSync(dump).isFile();
  } catch (error) {
    throw new UsageError(
      `The dump ${dump} cannot be read: ${reasonOf(error)}.`,
      'supabase db dump --schema public -f schema.sql writes one.',
    );
  }
  if (!isFile) throw new UsageError(`The dump ${dump} is no file.`, 'supabase db dump --schema public -f schema.sql writes one.');
}

/** The same options again, for the commands that show a finding again. */
export const sandboxArguments = (args: Arguments): string[] => [
  ...(['sandbox', 'dump', 'lock'] as const).flatMap((flag) => {
    const value = args.text(flag);
    return value === undefined ? [] : [`--${flag} ${shellQuote(value)}`];
  }),
  ...(args.on('seed') === true ? ['--seed'] : []),
];
