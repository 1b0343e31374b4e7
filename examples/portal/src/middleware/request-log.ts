import type { NextFunction, Request, Response } from 'express';
import { log, loggedPath } from '../log.ts';

/** One line per request. */
export function requestLog(req: Request, res: Response, next: NextFunction): void {
  const started = performance.now();
  res.on('finish', () => {
    log.info('request', {
      method: req.method,
      path: loggedPath(req),
      status: res.statusCode,
      ms: Math.round(performance.now() - started),
      requestId: req.id,
      userId: req.user?.id,
    });
  });
  next();
}
