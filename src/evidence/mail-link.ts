/** What a mailed link or code is for. `page`: no more than to be opened. */
export type LinkPurpose = 'confirmation' | 'password reset' | 'sign-in by mail' | 'invitation' | 'page';

/** What came of one question that was tried with a mailed link. `text` goes on after “the link”, `leads to a page that is not there (404)`; of what is unknown it says why. */
export interface LinkTrial {
  readonly outcome: 'holds' | 'broken' | 'unknown';
  readonly text: string;
  /** For `unknown`: what it would take to know. */
  readonly toKnow?: string;
}

/** What came of using the link or the code of a mail. Neither it nor its path stands in here. */
export interface TriedLink {
  readonly purpose: LinkPurpose;
  readonly what: 'link' | 'code';
  /** Whether it leads to where it works. */
  readonly works: LinkTrial;
  /** Whether it works once; absent where there is nothing that could be used up, or it does not work. */
  readonly once?: LinkTrial;
  /** Whether it still works after a program that looks through mails has opened it; absent where that was not tried. */
  readonly looked?: LinkTrial;
  /** What was done, in order. */
  readonly steps: readonly string[];
}

/** A link in few words, as a table shows it. */
export function linkInWords({ works, once, looked, steps }: TriedLink): string {
  if (works.outcome === 'broken') return `dead: it ${works.text}`;
  if (works.outcome === 'unknown') return `${steps.length > 0 ? 'not known' : 'not tried'}: ${works.text}`;
  const again =
    once &&
    { holds: 'works once', broken: 'works again after use', unknown: `not known whether it works once: ${once.text}` }[once.outcome];
  return [works.text, again, looked?.outcome === 'broken' ? 'used up by a mere look' : undefined]
    .filter((one) => one !== undefined)
    .join(', ');
}
