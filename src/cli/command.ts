import type { Arguments } from './arguments.ts';

/** What a command is given besides its arguments. */
export interface Session {
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A command's entry point; resolves with the exit code. */
export type Command = (args: Arguments, session: Session) => Promise<number>;
