/** Error of a statement that was ended from outside. */
export class LimitError extends Error {
  /** As PostgreSQL would have said it. */
  readonly code: string;
  /** True when the database went with it: on PGlite a statement cannot be ended without its engine. */
  readonly lost: boolean;

  constructor(code: string, message: string, lost = false) {
    super(message);
    this.name = 'LimitError';
    this.code = code;
    this.lost = lost;
  }
}
