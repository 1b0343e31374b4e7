import type { NextFunction, Request, Response } from 'express';
import { sameToken } from '../auth/tokens.ts';
import { config } from '../config.ts';
import { logAuthFailure } from '../log.ts';
import { HttpError } from './errors.ts';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Writes with a session cookie must carry the session's CSRF token, in the form field `_csrf` or the header
 * X-CSRF-Token. Use after requireSession or requireUser. API tokens need none: no browser sends them by itself.
 */
export function requireCsrf(req: Request, _res: Response, next: NextFunction): void {
  if (SAFE_METHODS.includes(req.method) || req.user.csrfToken === null) return next();
  const sent: unknown = req.get('x-csrf-token') ?? req.body?._csrf;
  if (typeof sent !== 'string' || !sameToken(sent, req.user.csrfToken)) {
    logAuthFailure(req, 'csrf');
    throw new HttpError(403, 'This page is out of date. Go back, reload it and try again');
  }
  next();
}

/** Forms that are sent before there is a session (sign-in, reset): browsers tell which site the form came from. */
export function requireSameOrigin(req: Request, _res: Response, next: NextFunction): void {
  const origin = req.get('origin');
  const site = req.get('sec-fetch-site');
  const foreign = (origin !== undefined && origin !== new URL(config.appUrl).origin) || site === 'cross-site';
  if (foreign && !SAFE_METHODS.includes(req.method)) {
    logAuthFailure(req, 'foreign_origin');
    throw new HttpError(403, 'This form was sent from another site');
  }
  next();
}
