import { type Form, readPage } from '../surface/crawl.ts';
import type { Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { type PlainDoor, usualDoors } from './doors.ts';
import { isPage } from '../wire/content.ts';

/** Where the app can be asked to send a mail to an address that somebody names. */
export interface AskDoors {
  /** A link or a code to set a new password with. */
  readonly reset: readonly PlainDoor[];
  /** A link or a code to sign in with. */
  readonly magic: readonly PlainDoor[];
}

const usualPages = [
  '/',
  '/login',
  '/signin',
  '/sign-in',
  '/auth/login',
  '/auth',
  '/forgot-password',
  '/forgot',
  '/reset-password',
  '/password-reset',
  '/password/forgot',
  '/auth/forgot-password',
  '/auth/reset-password',
  '/users/password/new',
  '/account/forgot-password',
  '/magic-link',
];
const resetWords = /forg[eo]t|reset|recover|lost[-_]?password|passwords?(?:\/new)?$/i;
const magicWords = /magic|passwordless|e?mail[-_]?link|login[-_]?link|sign[-_]?in[-_]?link|\botp\b|one-?time|send-?code|login-?code/i;
const signInWords = /log-?_?in\b|sign-?_?in\b/i;
/** Pages with these names only show a form; what is merely called “reset” may do anything. */
const isAskPage =
  /forg[eo]t|lost[-_]?password|(?:reset|recover)[-_/]?(?:my[-_])?password|passwords?[-_/](?:new|forgot|reset|recover)|log-?in|sign-?in|magic/i;
const leadsThere = /forg[eo]t|reset|recover|lost[-_]?password|magic|passwordless|log-?in|sign-?in/i;

/**
 * Finds forms and operations that take an address and no password. What is not described is looked for at the usual addresses of an API, where
 * writing is allowed: an empty request tells, and sends no mail.
 */
export async function findAskDoors(sender: Sender, operations: readonly Operation[], writes: boolean): Promise<AskDoors> {
  const forms = await formsThatAsk(sender);
  const form = (one: Found): PlainDoor => ({ kind: 'form', ...one });
  const isReset = ({ page, form: { action } }: Found): boolean =>
    resetWords.test(action) || (resetWords.test(page) && !magicWords.test(action));
  const isMagic = (one: Found): boolean =>
    !isReset(one) && (magicWords.test(one.form.action) || magicWords.test(one.page) || signInWords.test(one.form.action));
  const described = operations.filter(
    ({ method, path, body }) =>
      method === 'POST' && !path.includes('{') && (body === undefined || asksOnly(Object.keys(body.schema.properties ?? { email: {} }))),
  );
  const api = (wanted: RegExp): PlainDoor[] =>
    described.filter(({ path }) => wanted.test(path)).map((operation) => ({ kind: 'api', operation }));
  const reset = [...forms.filter(isReset).map(form), ...api(/forg[eo]t|reset|recover|lost[-_]?password|password[-/]request/i)];
  const magic = [...forms.filter(isMagic).map(form), ...api(magicWords)];
  return {
    reset: reset.length > 0 || !writes ? reset : await thereOf(sender, usualResets),
    magic: magic.length > 0 || !writes ? magic : await thereOf(sender, usualMagics),
  };
}

/** Of the usual addresses those that are there: an app may refuse with any status what it does not know. */
async function thereOf(sender: Sender, paths: readonly string[]): Promise<PlainDoor[]> {
  const there: PlainDoor[] = [];
  const status = async (path: string): Promise<number | undefined> => {
    const answer = await sender.send({ method: 'POST', path, body: { type: 'json', value: {} } }, emptySession());
    return answer.ok ? answer.value.status : undefined;
  };
  for (const door of await usualDoors(sender, paths)) {
    const path = door.kind === 'api' ? door.operation.path : door.page;
    if ((await status(path)) !== (await status(`${path}-launch-ready`))) there.push(door);
  }
  return there;
}

const usualResets = [
  '/api/auth/forgot-password',
  '/api/forgot-password',
  '/auth/forgot-password',
  '/api/auth/request-password-reset',
  '/api/auth/reset-password-request',
  '/api/password/forgot',
  '/api/auth/forget-password',
  '/auth/password/request',
];
const usualMagics = ['/api/auth/magic-link', '/api/magic-link', '/auth/magic-link', '/api/auth/otp', '/api/auth/send-code'];

const asksOnly = (fields: readonly string[]): boolean =>
  fields.some((name) => /mail|identifier|user-?_?name|login/i.test(name)) && !fields.some((name) => /pass|pwd|token|code|otp/i.test(name));

interface Found {
  readonly page: string;
  readonly form: Form;
}

/** Forms with an address and nothing else that matters, on the pages for signing in and what they link to. */
async function formsThatAsk(sender: Sender): Promise<Found[]> {
  const found: Found[] = [];
  const seen = new Set<string>();
  const open = [...usualPages];
  for (let nth = 0; nth < open.length && seen.size < 30; nth += 1) {
    const path = open[nth]!;
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await sender.send({ method: 'GET', path, ...(isAskPage.test(path) && { deliberate: true }) }, emptySession());
    if (!answer.ok || answer.value.status >= 300 || !isPage(answer.value.text)) continue;
    const { links, forms } = readPage(answer.value.text, path, sender.origin);
    for (const link of links) if (leadsThere.test(link) && !/oauth|oidc|saml|sso/i.test(link)) open.push(link);
    for (const form of forms) {
      const shown = form.fields.filter(({ type }) => type !== 'hidden').map(({ name }) => name);
      if (form.method === 'POST' && asksOnly(shown) && shown.length <= 2 && !found.some((one) => one.form.action === form.action))
        found.push({ page: path, form });
    }
  }
  return found;
}
