import { STATUS_CODES } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { log, loggedPath } from '../log.ts';
import { errorPage } from '../views/error.ts';

/** An error whose message may be shown to the person who caused it. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function notFound(): never {
  throw new HttpError(404, 'Not found');
}

/** Answers every error. What is not an HttpError is logged in full and shown as nothing more than "went wrong". */
export function errorHandler(error: unknown, req: Request, res: Response, next: NextFunction): void {
  if (res.headersSent) return next(error);
  const status = statusOf(error);
  const message =
    error instanceof HttpError
      ? error.message
      : status < 500
        ? (STATUS_CODES[status] ?? 'Bad request')
        : 'Something went wrong on our side';
  if (status >= 500) log.error('request_failed', error, { method: req.method, path: loggedPath(req), requestId: req.id });
  res.status(status);
  if (req.path.startsWith('/api/') || req.path.startsWith('/webhooks/')) {
    res.json({ error: { message, requestId: req.id } });
  } else {
    res.send(errorPage(status, message, req.id));
  }
}

/** Express and its body parsers put the status on the errors they throw. */
function statusOf(error: unknown): number {
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
