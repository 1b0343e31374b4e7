import { evidence } from '../core/evidence.ts';

/** An address that was asked with a foreign address in it. */
export interface ReturnTry {
  readonly host: string;
  /** As asked, e.g. `https://app.example.com/login`; of a whole address in the path, `https://www.example.com//…`. */
  readonly at: string;
  /** `led`: it leads to the foreign address. `kept`: it does not. `failed`: no answer that tells. */
  readonly is: 'led' | 'kept' | 'failed';
  /** Of `led`: the parameter that it was in; absent where it was the path. */
  readonly parameter?: string;
  /** Of `led`: as the foreign address was written, e.g. `//launch-ready-probe.invalid/`. */
  readonly written?: string;
  readonly status?: number;
  /** Of `failed`. */
  readonly why?: string;
}

export const openRedirects = evidence<readonly ReturnTry[]>()(
  'edge.open-redirects',
  'whether the app leads visitors to foreign addresses that stand in a link',
);

/** A name that nobody can have (RFC 6761). */
export const foreignHost = 'launch-ready-probe.invalid';
