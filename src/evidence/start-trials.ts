/** What the app did when it was started without one of the settings that it needs. */
export interface StartTrial {
  /** Name of the environment variable that was taken away. */
  readonly variable: string;
  readonly outcome: 'refused-by-name' | 'refused-without-name' | 'started' | 'unknown';
  /** For whoever reads it. */
  readonly text: string;
}
