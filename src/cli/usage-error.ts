/** A mistake in what the user asked for: told in plain words, exit code 2. */
export class UsageError extends Error {
  /** What to do instead; printed on a line of its own. */
  readonly remedy: string | undefined;
  constructor(message: string, remedy?: string) {
    super(message);
    this.name = 'UsageError';
    this.remedy = remedy;
  }
}
