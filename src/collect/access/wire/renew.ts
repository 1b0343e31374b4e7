import { claimsOf } from './claims.ts';
import type { Session } from './session.ts';

/** Seconds before its end at which a token is brought anew; of one that lives shorter than twice that, half of its life. */
const ahead = 15;

const underWay = new WeakMap<Session, Promise<void>>();

/** Brings a new token where that of now ends within seconds: one of a minute is gone long before a run is. Requests at one time wait for the same. */
export async function renewed(session: Session): Promise<void> {
  const { token, renew } = session;
  if (!renew || token === undefined) return;
  const { exp, iat } = claimsOf(token) ?? {};
  if (typeof exp !== 'number') return;
  const early = typeof iat === 'number' ? Math.min(ahead, (exp - iat) / 2) : ahead;
  if (exp - Date.now() / 1000 > early) return;
  const known = underWay.get(session);
  if (known) return known;
  const bringing = renew()
    .then((fresh) => {
      if (fresh !== undefined) session.token = fresh;
    })
    .finally(() => underWay.delete(session));
  underWay.set(session, bringing);
  return bringing;
}
