import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { findApiUser } from '../auth/api-tokens.ts';
import { findSession } from '../auth/sessions.ts';
import { logAuthFailure } from '../log.ts';
import type { Role } from '../request.ts';
import { HttpError } from './errors.ts';

/** Pages: whoever has no valid session is sent to the sign-in page and back afterwards. */
export async function requireSession(req: Request, res: Response, next: NextFunction): Promise<void> {
  const user = await findSession(req);
  if (!user) {
    logAuthFailure(req, 'no_session');
    const back = req.method === 'GET' ? `?next=${encodeURIComponent(req.originalUrl)}` : '';
    res.redirect(303, `/login${back}`);
    return;
  }
  req.user = user;
  next();
}

/** API: a bearer token, or the session cookie of the portal's own pages. */
export async function requireUser(req: Request, _res: Response, next: NextFunction): Promise<void> {
  const bearer = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
  const user = bearer ? await findApiUser(bearer) : await findSession(req);
  if (!user) {
    logAuthFailure(req, bearer ? 'bad_api_token' : 'no_session');
    throw new HttpError(401, 'Sign in or send a valid API token');
  }
  req.user = user;
  next();
}

/** Only members with one of these roles in the organisation they work in. Use after requireSession or requireUser. */
export function requireRole(...roles: Role[]): RequestHandler {
  return (req, _res, next) => {
    if (!req.user.role || !roles.includes(req.user.role)) {
      logAuthFailure(req, 'wrong_role', { role: req.user.role });
      throw new HttpError(403, 'You are not allowed to do this');
    }
    next();
  };
}

/** Only the people who run the platform. Use after requireSession or requireUser. */
export function requirePlatformAdmin(req: Request, _res: Response, next: NextFunction): void {
  if (!req.user.isPlatformAdmin) {
    logAuthFailure(req, 'not_platform_admin');
    throw new HttpError(403, 'You are not allowed to do this');
  }
  next();
}
