/**
 * Why PostgreSQL could not be started.
 * - `absent`: the binaries are not installed (the message names the package to install);
 * - `denied`: a folder may not be entered, read or written by the user PostgreSQL runs as;
 * - `failed`: it was started and gave up (the message ends with what it said).
 */
export type PostgresFailure = 'absent' | 'denied' | 'failed';

/** Thrown by `startPostgres`; `reason` lets a collector turn it into a failure value without reading prose. */
export class PostgresStartError extends Error {
  readonly reason: PostgresFailure;

  constructor(reason: PostgresFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PostgresStartError';
    this.reason = reason;
  }
}
