/** What is asked of a webhook of the running app. */
export type WebhookQuestion = 'unsigned' | 'stale' | 'replay';

/** What came of one question about one webhook. `none`: it does not arise there. */
export interface WebhookTrial {
  /** `POST /webhooks/payments`. */
  readonly route: string;
  /** Whose messages it takes: `stripe`, `github` ..., `generic` where nothing tells. */
  readonly provider: string;
  readonly question: WebhookQuestion;
  readonly outcome: 'holds' | 'broken' | 'none' | 'unknown';
  /** For whoever reads it: what was seen, or why nothing can be said. */
  readonly text: string;
  /** What was sent and answered, in order. */
  readonly steps: readonly string[];
  /** Whether the secret was given, so that rightly signed messages could be sent. */
  readonly signed: boolean;
}
