import { randomBytes } from 'node:crypto';
import { readPage } from '../surface/crawl.ts';
import type { Schema } from '../surface/schema.ts';
import { valueFor } from '../objects/values.ts';
import { contentOf } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Begun, Session } from '../wire/session.ts';
import { type Account, credentialFor } from './account.ts';
import type { Door } from './doors.ts';

/** Sends an account through a door; gives the last answer, whatever it says. Cookies and a token in the answer go into the session. */
export async function pass(sender: Sender, door: Door, account: Account, session: Session): Promise<Answer | undefined> {
  for (const filling of await fillings(sender, door, account, session)) {
    const { path, body } = filling;
    const answer = await sender.send({ method: 'POST', path, body }, session);
    if (!answer.ok) return undefined;
    const { value } = answer;
    if (value.status >= 400) continue;
    const token = tokenIn(value);
    if (token) session.token = token.value;
    session.begun = { ...filling, ...(token && { token: token.keys }) };
    return value;
  }
  return undefined;
}

async function fillings(sender: Sender, door: Door, account: Account, session: Session): Promise<Omit<Begun, 'token'>[]> {
  if (door.kind === 'api') {
    const { path, body } = door.operation;
    return schemaBodies(body?.schema, account).map((value) => ({
      path,
      body:
        body?.type === 'form'
          ? { type: 'form', fields: Object.entries(value).map(([name, one]) => [name, String(one)]) }
          : { type: 'json', value },
    }));
  }
  // The page is asked for again: its hidden token belongs to this session.
  const page = await sender.send({ method: 'GET', path: door.page, deliberate: true }, session);
  const forms = page.ok ? readPage(page.value.text, door.page, sender.origin).forms : [];
  const form = forms.find(({ action, method }) => action === door.form.action && method === 'POST') ?? door.form;
  const fields = form.fields.map(({ name, type, value, options }): readonly [string, string] => [
    name,
    type === 'hidden' || (value !== '' && !/pass|mail|user|name/i.test(name))
      ? value
      : (credentialFor(type === 'password' ? 'password' : name, account) ??
        (options ? value : String(valueFor(name, { type: 'string' }, filler())))),
  ]);
  const filled = form.fields.flatMap(({ name, type }) => (type === 'hidden' ? [] : [name]));
  return [{ path: form.action, body: { type: 'form', fields }, form: { page: door.page, filled } }];
}

const filler = () => ({ canary: randomBytes(4).toString('hex'), known: () => undefined });

/** The described body with what of the account fits into it; where none is described, the usual ones. */
function schemaBodies(schema: Schema | undefined, account: Account): Record<string, unknown>[] {
  const properties = Object.entries(schema?.properties ?? {});
  if (properties.length > 0) {
    const full = Object.fromEntries(
      properties
        .filter(([name, one]) => !one.readOnly && !/^(?:id|role|is_?admin|admin)$/i.test(name))
        .map(([name, one]) => [name, credentialFor(name, account) ?? valueFor(name, one, filler())]),
    );
    const needed = schema?.required ?? [];
    const least = Object.fromEntries(
      Object.entries(full).filter(([name]) => needed.includes(name) || credentialFor(name, account) !== undefined),
    );
    return [full, least];
  }
  const { email, username, password } = account;
  return [
    { email, password },
    { email, password, name: 'Launch Ready', username: username ?? email, passwordConfirmation: password, passwordRepeat: password },
    { username: username ?? email, password },
  ];
}

const tokenName = /^(?:access_?token|auth_?token|id_?token|token|jwt|bearer|session_?token)$/i;

/** The token an answer hands out, and the keys that lead to it: by its name, else because it looks like a JWT. */
function tokenIn({ text }: Answer): { readonly value: string; readonly keys: readonly string[] } | undefined {
  const { json } = contentOf(text);
  let found: ReturnType<typeof tokenIn>;
  let looksLike: ReturnType<typeof tokenIn>;
  const walk = (value: unknown, keys: readonly string[]): void => {
    if (keys.length > 5 || found) return;
    if (typeof value === 'string') {
      if (tokenName.test(keys.at(-1) ?? '') && value.length >= 16) found = { value, keys };
      else if (/^[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}$/.test(value)) looksLike ??= { value, keys };
    } else if (value !== null && typeof value === 'object') for (const [name, one] of Object.entries(value)) walk(one, [...keys, name]);
  };
  walk(json, []);
  return found ?? looksLike;
}
