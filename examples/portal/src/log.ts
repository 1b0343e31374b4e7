import type { Request } from 'express';

type Fields = Record<string, unknown>;

function write(level: 'info' | 'warn' | 'error', event: string, fields: Fields): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
}

/** Structured logs, one JSON object a line. Never pass passwords, tokens, cookies or request bodies. */
export const log = {
  info: (event: string, fields: Fields = {}) => write('info', event, fields),
  warn: (event: string, fields: Fields = {}) => write('warn', event, fields),
  error: (event: string, error: unknown, fields: Fields = {}) =>
    write('error', event, {
      ...fields,
      message: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error ? error.stack : undefined,
    }),
};

/** The path without its query, and without the tokens that one-time links carry in it. */
export function loggedPath(req: Request): string {
  return req.originalUrl.replace(/\?.*/, '').replace(/[\w-]{43}/g, '***');
}

/** Refused sign-ins, sessions, tokens and permissions are an event of their own, so that an alert can count them. */
export function logAuthFailure(req: Request, reason: string, fields: Fields = {}): void {
  write('warn', 'auth_failure', {
    reason,
    method: req.method,
    path: loggedPath(req),
    ip: req.ip,
    requestId: req.id,
    userId: req.user?.id,
    ...fields,
  });
}
