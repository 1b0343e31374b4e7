import { setMaxListeners } from 'node:events';
import { exitCodes } from '../core/gate.ts';
import { parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { type CommandName, commands } from './outlines.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** Exit code of a run the user stopped, as shells report it (128 + SIGINT). */
const interrupted = 130;

const loaders: Record<CommandName, () => Promise<Command>> = {
  audit: async () => (await import('./commands/audit.ts')).audit,
  access: async () => (await import('./commands/access.ts')).access,
  'access cleanup': async () => (await import('./commands/access-cleanup.ts')).accessCleanup,
  edge: async () => (await import('./commands/edge.ts')).edge,
  'edge plan': async () => (await import('./commands/edge-plan.ts')).edgePlan,
  'edge apply': async () => (await import('./commands/edge-apply.ts')).edgeApply,
  'edge undo': async () => (await import('./commands/edge-undo.ts')).edgeUndo,
  email: async () => (await import('./commands/email.ts')).email,
  'email verify': async () => (await import('./commands/email-verify.ts')).emailVerify,
  'email reports': async () => (await import('./commands/email-reports.ts')).emailReports,
  record: async () => (await import('./commands/record.ts')).record,
  regress: async () => (await import('./commands/regress.ts')).regress,
  generate: async () => (await import('./commands/generate.ts')).generate,
  explain: async () => (await import('./commands/explain.ts')).explain,
  replay: async () => (await import('./commands/replay.ts')).replay,
  gate: async () => (await import('./commands/gate.ts')).gate,
  init: async () => (await import('./commands/init.ts')).init,
  demo: async () => (await import('./commands/demo.ts')).demo,
};

/** Runs one command and sets the exit code. Never throws: mistakes of the user give 2, errors of ours 70. */
export async function dispatch(name: string, argv: readonly string[]): Promise<void> {
  // A reader that closes early (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : exitCodes.bug));
  process.on('uncaughtException', (error) => {
    report(error);
    process.exit(exitCodes.bug);
  });
  const stop = new AbortController();
  // Everything that runs side by side listens to it; Node would take that for a leak and say so on the terminal.
  setMaxListeners(0, stop.signal);
  process.on('SIGINT', () => interrupt(stop));
  process.on('SIGTERM', () => interrupt(stop));
  try {
    if (!Object.hasOwn(commands, name)) throw unknownCommand(name);
    const args = parseArguments(name as CommandName, argv);
    const command = await loaders[name as CommandName]();
    process.exitCode = await command(args, { signal: stop.signal });
  } catch (error) {
    process.exitCode = stop.signal.aborted ? interrupted : report(error);
  }
  // Sockets kept alive or a parser's thread must not hold the process once the answer is out.
  await drained();
  process.exit();
}

function interrupt(stop: AbortController): void {
  if (stop.signal.aborted) process.exit(interrupted);
  process.stderr.write('\nStopping. Press Ctrl-C again to leave at once.\n');
  stop.abort();
}

function unknownCommand(name: string): UsageError {
  const looksLikeTarget = name.startsWith('.') || name.includes('/');
  const remedy = looksLikeTarget ? `Did you mean launch-ready audit ${name}?` : didYouMean(name, Object.keys(commands));
  return new UsageError(`There is no command ${name}.`, remedy ?? 'launch-ready --help lists the commands.');
}

function report(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n${error.remedy === undefined ? '' : `${error.remedy}\n`}`);
    return exitCodes.usage;
  }
  const debug = process.env['LAUNCH_READY_DEBUG'];
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`launch-ready stopped with an error of its own: ${message}\n`);
  process.stderr.write(
    debug && error instanceof Error
      ? `${error.stack ?? ''}\n`
      : 'Please report it, with what LAUNCH_READY_DEBUG=1 in front of the same command prints.\n',
  );
  return exitCodes.bug;
}

const drained = (): Promise<void[]> =>
  Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => void stream.write('', () => resolve()))));
