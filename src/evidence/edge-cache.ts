import { evidence } from '../core/evidence.ts';

/** How somebody else was asked for what a person had been shown. */
export interface CacheTry {
  /** `query`: the same address. `head`: the same, after a HEAD. `suffix`: an address that looks like a file (`/account/x.css`). `seen`: met while looking around. */
  readonly way: 'query' | 'head' | 'suffix' | 'seen';
  /** As sent, what was unique in it left out: `/api/me?launch-ready=…`. */
  readonly request: string;
  /** Name of the person, or `visitor`. */
  readonly who: string;
  /** What he sent besides, in words: `no cookie and no Authorization`. */
  readonly sending?: string;
  /** `shown`: what is another's was in the answer. `untold`: no answer that says anything. */
  readonly outcome: 'shown' | 'withstood' | 'untold';
  readonly status: number;
  /** What was shown, without showing it: `his e-mail address`. */
  readonly shows: readonly string[];
  /** What the answer said of caches: `x-cache: HIT`, `age: 12`. They are notes, and decide nothing. */
  readonly notes: readonly string[];
}

/** An address that shows somebody what is his. */
export interface CachedRoute {
  /** `/api/orders/{id}`; of another host with it in front, `api.example.com/me`. */
  readonly path: string;
  /** Of another host: whether its edge keeps anything at all, in words. */
  readonly control?: string;
  readonly whose: string;
  /** Cache-Control of the answer to its owner, as it came. */
  readonly cacheControl?: string;
  /** Seconds from the answer to its owner to its Expires; 0 or less where that is over, or no date. */
  readonly expiresIn?: number;
  readonly tries: readonly CacheTry[];
  /** Everybody is given the same, out of a cache, and nothing tells whether that is meant. */
  readonly unclear?: string;
}

export interface EdgeCache {
  readonly origin: string;
  /** Whether this edge keeps anything at all, by asking twice for a file that everybody may see. */
  readonly control: { readonly caches: 'yes' | 'no' | 'untold'; readonly text: string };
  readonly routes: readonly CachedRoute[];
  /** Hosts of the API that were not asked, and why. */
  readonly unasked?: readonly { readonly name: string; readonly why: string }[];
  /** Why nothing private could be asked for. */
  readonly why?: string;
  readonly requests: number;
}

export const edgeCache = evidence<EdgeCache>()('edge.cache', 'what a cache in front of the app gives to others');
