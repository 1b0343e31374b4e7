import { lookup, resolveTxt } from 'node:dns/promises';
import { reachOf } from '../../http/address.ts';

/** What is beyond this machine. Only tests give another one, which names a server of theirs: no flag and no setting leads there. */
export interface Outside {
  /** IP addresses of a name, the preferred one first. Throws the error of the resolver. */
  addresses(hostname: string): Promise<readonly string[]>;
  /** TXT records of a name, each put together of its parts; none where there are none. */
  texts(name: string): Promise<readonly string[]>;
  /** Whether an address lies on the internet. */
  isPublic(address: string): boolean;
  /** Certificates of further authorities to trust, PEM. */
  readonly authorities: readonly string[];
  /** Requests at once, and milliseconds between the starts of two: others use the app too. */
  readonly pace: { readonly concurrency: number; readonly delayMs: number };
}

export const theInternet: Outside = {
  addresses: async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address),
  async texts(name) {
    try {
      return (await resolveTxt(name)).map((parts) => parts.join(''));
    } catch {
      // No such name, no such record, no answer: none of them proves anything.
      return [];
    }
  },
  isPublic: (address) => reachOf(address) === 'public',
  authorities: [],
  pace: { concurrency: 2, delayMs: 200 },
};
