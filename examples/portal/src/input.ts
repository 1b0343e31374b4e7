import { HttpError } from './middleware/errors.ts';

type Body = Record<string, unknown> | undefined;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A required text of 1 to `max` characters. */
export function text(body: Body, name: string, max = 200): string {
  const value = body?.[name];
  if (typeof value !== 'string' || value.trim() === '') throw new HttpError(422, `${name} is required`);
  if (value.length > max) throw new HttpError(422, `${name} is longer than ${max} characters`);
  return value.trim();
}

/** An optional text; "" when left out. */
export function optionalText(body: Body, name: string, max = 5000): string {
  return body?.[name] === undefined || body[name] === '' ? '' : text(body, name, max);
}

export function email(body: Body, name = 'email'): string {
  const value = text(body, name, 254).toLowerCase();
  if (!/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(value)) throw new HttpError(422, `${name} is not an email address`);
  return value;
}

export function oneOf<T extends string>(body: Body, name: string, allowed: readonly T[]): T {
  const value = body?.[name];
  if (!allowed.includes(value as T)) throw new HttpError(422, `${name} must be one of ${allowed.join(', ')}`);
  return value as T;
}

/** A day as YYYY-MM-DD. */
export function day(body: Body, name: string): string {
  const value = text(body, name, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value)))
    throw new HttpError(422, `${name} must be a date such as 2026-05-31`);
  return value;
}

/** An amount of money in cents; forms send "12.50", the API sends the number of cents. */
export function cents(body: Body, name: string): number {
  const value = body?.[name];
  const amount = typeof value === 'string' && /^\d{1,7}(\.\d{1,2})?$/.test(value) ? Math.round(Number(value) * 100) : value;
  if (!Number.isInteger(amount) || (amount as number) < 1 || (amount as number) > 999_999_999)
    throw new HttpError(422, `${name} is not an amount`);
  return amount as number;
}

/** The id of a record, from the path or the body. What cannot be an id is not found, without asking the database. */
export function uuid(value: unknown): string {
  if (typeof value !== 'string' || !UUID.test(value)) throw new HttpError(404, 'Not found');
  return value;
}

export function invoiceId(value: unknown): number {
  const id = Number(value);
  if (!Number.isInteger(id) || id < 1 || id > 2_147_483_647) throw new HttpError(404, 'Not found');
  return id;
}
