import { evidence } from '../core/evidence.ts';

/** A header that changed what an app answers, or did not, and what a cache made of it. */
export interface PoisonTry {
  /** `x-forwarded-host`. */
  readonly header: string;
  /** `kept`: whoever asked for the same address without it was given the changed answer. `untold`: no answer that says anything. */
  readonly outcome: 'kept' | 'withstood' | 'untold';
  /** What was different, in words. */
  readonly text: string;
}

/** A page of a host, asked for at addresses that nobody else asks for. */
export interface PoisonedPage {
  /** As sent, what was unique in it left out: `https://app.example.com/?launch-ready=…`. */
  readonly url: string;
  readonly tries: readonly PoisonTry[];
}

export interface PoisonedHost {
  readonly name: string;
  readonly pages: readonly PoisonedPage[];
  /** Why it could not be told. */
  readonly why?: string;
}

export const edgePoison = evidence<readonly PoisonedHost[]>()('edge.poison', 'what a cache keeps of answers that a header changed');
