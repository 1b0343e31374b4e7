import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { config, servedOverHttps } from '../config.ts';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export function securityHeaders(req: Request, res: Response, next: NextFunction): void {
  req.id = randomUUID();
  res.set({
    'X-Request-Id': req.id,
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Not 'no-referrer': browsers would send the Origin of our own forms as "null", and requireSameOrigin needs it.
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
  });
  if (servedOverHttps) res.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  next();
}

/** Nothing that depends on who asks may be kept by a cache. */
export function noStore(_req: Request, res: Response, next: NextFunction): void {
  res.set('Cache-Control', 'no-store');
  next();
}

/** Pages of other origins may call the API only when they are listed. */
export function cors(req: Request, res: Response, next: NextFunction): void {
  const origin = req.get('origin');
  res.vary('Origin');
  if (origin && config.corsOrigins.includes(origin)) {
    res.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-CSRF-Token',
      'Access-Control-Allow-Methods': 'GET, POST, PATCH, DELETE',
    });
  }
  if (req.method === 'OPTIONS') {
    res.status(204).end();
    return;
  }
  next();
}
