import { randomBytes } from 'node:crypto';
import { valueFor } from '../objects/values.ts';
import { type Form, readPage } from '../surface/crawl.ts';
import type { Schema } from '../surface/schema.ts';
import type { Sender } from '../wire/sender.ts';
import type { Begun, Session } from '../wire/session.ts';
import { type Account, credentialFor } from './account.ts';
import type { PlainDoor } from './doors.ts';

/** What is sent through a door. */
export type Filling = Omit<Begun, 'token'>;

/** An account as a door takes it; where an API does not say how, in the usual ways. */
export async function fillings(sender: Sender, door: PlainDoor, account: Account, session: Session): Promise<Filling[]> {
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
  const typed = form.fields.flatMap(({ name, type }) => (type === 'hidden' ? [] : [name]));
  return [{ path: form.action, body: { type: 'form', fields: filled(form, account) }, form: { page: door.page, filled: typed } }];
}

/** The fields of a form with what of an account fits into them; what it was served with stays, the hidden token against forged requests too. */
export const filled = (form: Form, account: Account): (readonly [string, string])[] =>
  form.fields.map(({ name, type, value, options }): readonly [string, string] => [
    name,
    type === 'hidden' || (value !== '' && !/pass|mail|user|name/i.test(name))
      ? value
      : (credentialFor(type === 'password' ? 'password' : name, account) ??
        (options ? value : String(valueFor(name, { type: 'string' }, filler())))),
  ]);

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
