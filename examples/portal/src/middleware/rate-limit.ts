import type { Request, RequestHandler } from 'express';
import { hashToken } from '../auth/tokens.ts';
import { db } from '../db.ts';
import { logAuthFailure } from '../log.ts';
import { HttpError } from './errors.ts';

export interface RateLimit {
  name: string;
  /** Requests allowed per window. */
  max: number;
  windowSeconds: number;
  /** What is counted, for example the address the request comes from. */
  by: (req: Request) => string;
}

/** Refuses requests above the limit. Counted in the database, so that it holds for any number of servers. */
export function rateLimit({ name, max, windowSeconds, by }: RateLimit): RequestHandler {
  return async (req, res, next) => {
    const { rows } = await db.query<{ hits: number; left: number }>(
      `insert into rate_limits as r (key, hits) values ($1, 1)
       on conflict (key) do update set
         hits = case when r.window_started_at < now() - make_interval(secs => $2) then 1 else r.hits + 1 end,
         window_started_at = case when r.window_started_at < now() - make_interval(secs => $2) then now() else r.window_started_at end
       returning hits, ceil(extract(epoch from window_started_at - now()) + $2)::int as left`,
      [hashToken(`${name}:${by(req)}`), windowSeconds],
    );
    const count = rows[0];
    if (count && count.hits > max) {
      logAuthFailure(req, 'rate_limited', { limit: name });
      res.set('Retry-After', String(count.left));
      throw new HttpError(429, 'Too many attempts. Wait a while and try again');
    }
    next();
  };
}

export const byAddress = (req: Request): string => req.ip ?? '';
export const byAddressAndEmail = (req: Request): string => `${req.ip} ${String(req.body?.email ?? '').toLowerCase()}`;
export const byEmail = (req: Request): string => String(req.body?.email ?? '').toLowerCase();
