import { encode } from '../../../src/collect/access/wire/body.ts';
import type { Observe } from '../../../src/collect/access/wire/sender.ts';
import type { Said } from './rules.ts';

/** One request of somebody, and the answer. */
export interface Exchange extends Said {
  /** Name of one of the people; `visitor`. */
  readonly who: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The body that was sent; empty where there was none. */
  readonly sent: string;
}

/** Longer answers are cut: scripts and pictures, which no rule reads. */
const longest = 512 * 1024;

/** Keeps what people of a run ask and are answered, in its order. Requests of nobody in particular, as those of a sign-in, are left out. */
export function keepExchanges(): { readonly observe: Observe; readonly exchanges: readonly Exchange[] } {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    observe({ method, path, body, raw }, session, { status, text }) {
      if (session?.who === undefined) return;
      const sent = raw ?? (body && encode(body));
      exchanges.push({
        who: session.who,
        method,
        path,
        sent: sent ? Buffer.from(sent.bytes).toString('utf8') : '',
        status,
        text: text.slice(0, longest),
      });
    },
  };
}
