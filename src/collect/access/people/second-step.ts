import { type Form, formsOf } from '../surface/crawl.ts';
import type { Operation } from '../surface/operation.ts';
import { record } from '../surface/schema.ts';
import type { Body } from '../wire/body.ts';
import { contentOf, isPage } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import { type Account, asEntry } from './account.ts';
import type { PlainDoor } from './doors.ts';
import { keepToken, type Page, visit } from './enter.ts';
import { filled } from './fill.ts';
import { tokenIn } from './token.ts';
import { codeOf, secretIn } from './totp.ts';

/** The answer to a sign-in by password, after which a code may be asked for. */
export interface FirstStep {
  readonly sender: Sender;
  readonly account: Account;
  readonly path: string;
  readonly body: Body;
  readonly answer: Answer;
  /** Operations that may take the code. */
  readonly code: readonly Operation[];
}

const factor = /totp|2fa|mfa|two-?_?(?:factor|step)|second-?_?factor|\botp\b|one-?time|authenticator|verification.?code|security.?code/i;
const codeField = /totp|otp|2fa|mfa|code|token|pin\b|digits/i;

/** Operations that may take the code of an authenticator app, and set nothing up. */
export const codeOperations = (operations: readonly Operation[]): Operation[] =>
  operations
    .filter(({ method, path, body }) => {
      const fields = Object.keys(body?.schema.properties ?? { code: {} });
      return (
        method === 'POST' &&
        !path.includes('{') &&
        (factor.test(path) || /verify|challenge/i.test(path)) &&
        !/set-?up|enable|disable|enrol|generat|recover|backup|e?mail|phone|sms|resend/i.test(path) &&
        fields.some((name) => codeField.test(name)) &&
        !fields.some((name) => /pass(?!code)/i.test(name))
      );
    })
    .toSorted((a, b) => Number(factor.test(b.path)) - Number(factor.test(a.path)))
    .slice(0, 4);

/**
 * Types the code of somebody's authenticator app where a password alone lets nobody in: into the form that follows, or to the API. An account that we
 * signed up gets the app that is asked for. `undefined`: no code was asked for, or there is none. `refused`: it was sent and not taken.
 */
export async function secondStep(first: FirstStep, session: Session): Promise<Answer | 'refused' | undefined> {
  const { sender, account, answer } = first;
  if (account.totp === undefined && !account.made) return undefined;
  const page = await pageAfter(sender, answer, session);
  const form = page && codeForm(page, sender.origin);
  if (form) {
    const totp = account.totp ?? secretIn(page.answer.text);
    if (totp === undefined) return undefined;
    return byForm(sender, form, account, totp, session);
  }
  const totp = account.totp ?? secretIn(answer.text);
  if (totp === undefined || !wantsCode(answer)) return undefined;
  return byApi(first, totp, session);
}

/** Whether an answer of an API asks for a code: one that hands out a token may only tell that the account has a second factor. */
function wantsCode(answer: Answer): boolean {
  const { text, status } = answer;
  if (contentOf(text).json === undefined || !factor.test(text)) return false;
  return status >= 400 || tokenIn(answer) === undefined || /requir|challenge|pending|need|verif/i.test(text);
}

/** What somebody sees after the first step; `undefined` for what is no page. */
async function pageAfter(sender: Sender, answer: Answer, session: Session): Promise<Page | undefined> {
  const { status, location, text } = answer;
  if (status >= 300 && status < 400 && location?.startsWith('/')) return visit(sender, location, session);
  return isPage(text) ? { path: '/', answer } : undefined;
}

/** The form that asks for a code and for little else, on a page that says what for. */
function codeForm({ answer, path }: Page, origin: string): Form | undefined {
  const { text } = answer;
  if (!isPage(text) || !factor.test(text)) return undefined;
  return formsOf(text, path, origin).find(({ method, fields }) => {
    const shown = fields.filter(({ type }) => type !== 'hidden');
    return (
      method === 'POST' &&
      shown.length <= 2 &&
      shown.some(isCode) &&
      !shown.some(({ type, name }) => type === 'password' && !isCodeName(name))
    );
  });
}

/** Whether a page or an answer asks for the code of an authenticator app. */
export const asksForCode = (text: string): boolean =>
  factor.test(text) && (!isPage(text) || formsOf(text, '/', 'http://app').some(({ fields }) => fields.some(isCode)));

/** Whether a sign-in takes the code together with the password. */
export const doorTakesCode = (door: PlainDoor): boolean =>
  door.kind === 'form'
    ? door.form.fields.some(isCode)
    : Object.keys(door.operation.body?.schema.properties ?? {}).some((name) => isCodeName(name) && factor.test(name));

const isCodeName = (name: string): boolean => codeField.test(name) && !/csrf|xsrf|authenticity/i.test(name);
const isCode = ({ name, type }: Form['fields'][number]): boolean => type !== 'hidden' && type !== 'checkbox' && isCodeName(name);

async function byForm(sender: Sender, form: Form, account: Account, totp: string, session: Session): Promise<Answer | 'refused'> {
  const code = await codeOf(sender, totp);
  const taken = form.fields.filter(isCode).map(({ name }) => name);
  const fields = filled(form, account).map(([name, value]): readonly [string, string] => [name, taken.includes(name) ? code : value]);
  const answer = await sender.send({ method: 'POST', path: form.action, body: { type: 'form', fields }, ...asEntry(account) }, session);
  if (!answer.ok || answer.value.status >= 400) return 'refused';
  const next = await pageAfter(sender, answer.value, session);
  if (next && codeForm(next, sender.origin)) return 'refused';
  account.totp ??= totp;
  return answer.value;
}

/** Addresses that may refuse the right code. */
const mostRefusals = 8;

const fieldNames = ['code', 'otp', 'totp', 'token', 'totpToken', 'totpCode', 'mfaCode', 'twoFactorCode'];

async function byApi(
  { sender, account, path, body, answer, code: described }: FirstStep,
  totp: string,
  session: Session,
): Promise<Answer | 'refused'> {
  // What goes on knows the beginning by what the answer held: a ticket under whatever name, or a token to send along.
  keepToken({ ...answer, status: 200 }, session);
  const ticket = scalarsOf(contentOf(answer.text).json);
  const tries = [
    ...described.map((one) => ({ path: one.path, fields: Object.keys(one.body?.schema.properties ?? {}), sent: ticket })),
    ...(body.type === 'json' ? [{ path, fields: [], sent: record(body.value) }] : []),
    ...usualPaths(path).map((one) => ({ path: one, fields: [], sent: ticket })),
  ];
  const names = (text: string): string =>
    Object.keys(scalarsOf(contentOf(text).json))
      .toSorted()
      .join();
  // What says the same as the first answer asks for the code again.
  const isFirst = ({ text }: Answer): boolean => text !== '' && names(text) === names(answer.text);
  let refused = 0;
  for (const one of tries) {
    const code = await codeOf(sender, totp);
    const known = one.fields.filter((name) => codeField.test(name) && !(name in ticket));
    const value = { ...one.sent, ...Object.fromEntries((known.length > 0 ? known : fieldNames).map((name) => [name, code])) };
    const next = await sender.send({ method: 'POST', path: one.path, body: { type: 'json', value }, ...asEntry(account) }, session);
    if (!next.ok) return 'refused';
    if (next.value.status < 400 && !isPage(next.value.text) && !isFirst(next.value)) {
      keepToken(next.value, session);
      account.totp ??= totp;
      return next.value;
    }
    // Where nothing of the kind is, nothing was guessed; apps lock after a few codes that they do not take.
    if (![404, 405].includes(next.value.status) && next.value.status < 500 && (refused += 1) >= mostRefusals) break;
  }
  return 'refused';
}

/** Texts and numbers of a record and of those in it, by their names. */
function scalarsOf(json: unknown, depth = 0): Record<string, unknown> {
  const entries = Object.entries(record(json));
  return Object.assign(
    {},
    ...entries.map(([, one]) => (one !== null && typeof one === 'object' && depth < 2 ? scalarsOf(one, depth + 1) : {})),
    Object.fromEntries(entries.filter(([, one]) => typeof one === 'string' || typeof one === 'number')),
  ) as Record<string, unknown>;
}

/** Beside the sign-in, where APIs take the code that nothing describes. */
function usualPaths(path: string): string[] {
  const base = path.slice(0, path.lastIndexOf('/'));
  const above = base.slice(0, base.lastIndexOf('/'));
  return [
    ...['totp', '2fa', 'mfa', 'otp'].map((name) => `${path}/${name}`),
    ...[
      '2fa/verify',
      'mfa/verify',
      'totp/verify',
      'verify-2fa',
      'verify-totp',
      'verify-otp',
      '2fa',
      'mfa',
      'totp',
      'otp',
      'two-factor',
    ].map((name) => `${base}/${name}`),
    ...(base === '' ? [] : ['2fa/verify', 'mfa/verify', 'totp/verify'].map((name) => `${above}/${name}`)),
  ];
}
