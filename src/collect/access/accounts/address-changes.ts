import type { Account } from '../people/account.ts';
import { filled } from '../people/fill.ts';
import type { SignedIn } from '../people/sign-in.ts';
import { type Form, readPage } from '../surface/crawl.ts';
import type { Body } from '../wire/body.ts';
import { isPage } from '../wire/content.ts';
import type { AccountGround } from './ground.ts';

/** A request by which somebody who is signed in may change his address. */
export interface AddressChange {
  /** For people, e.g. `PATCH /account`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  bodyFor(to: string): Body;
}

const selfPath = /\/(?:me|self|profile|account|user|settings|current-?user)$/i;
const mailName = /e-?_?mail/i;

/** How somebody may change his address: by a form of his settings, else by operations of the API that say so. Nothing is changed by asking. */
export async function addressChanges(
  { sender, operations }: AccountGround,
  { session, seen }: Pick<SignedIn, 'session' | 'seen'>,
  account: Account,
): Promise<AddressChange[]> {
  const likely = [...seen.sights.keys()].filter((path) => /setting|account|profile/i.test(path) && !/[#?{]|^\/api\//.test(path));
  for (const path of new Set([...likely, '/settings', '/account', '/profile', '/settings/email', '/account/email', '/settings/account'])) {
    const page = await sender.send({ method: 'GET', path, deliberate: true }, session);
    if (!page.ok || page.value.status >= 300 || !isPage(page.value.text)) continue;
    const form = readPage(page.value.text, path, sender.origin).forms.find((one) => changes(one, account.email));
    if (!form) continue;
    // What is filled in already stays, but for the address itself.
    const shown = form.fields.filter(({ type }) => type !== 'hidden').map(({ name }) => name);
    const fields = filled(form, account);
    const bodyFor = (to: string): Body => ({
      type: 'form',
      fields: fields.map(([name, value]) => [name, mailName.test(name) && shown.includes(name) ? to : value] as const),
    });
    return [{ name: `POST ${form.action}`, method: 'POST', path: form.action, bodyFor }];
  }
  return operations.flatMap(({ id, method, path, body }): AddressChange[] => {
    const fields = Object.keys(body?.schema.properties ?? {});
    const fits =
      /^(?:PUT|PATCH|POST)$/.test(method) &&
      !path.includes('{') &&
      fields.some((name) => mailName.test(name)) &&
      (method === 'POST' ? /change-?e?mail|e?mail\/?(?:change)?$/i : selfOrMail).test(path);
    if (!fits || /invit|verify|reset|forgot|magic|login|sign/i.test(path)) return [];
    const bodyFor = (to: string): Body => ({
      type: 'json',
      value: Object.fromEntries(
        fields.flatMap((name): [string, string | undefined][] =>
          mailName.test(name) ? [[name, to]] : /pass|pwd/i.test(name) ? [[name, account.password]] : [],
        ),
      ),
    });
    return [{ name: id, method, path, bodyFor }];
  });
}

const selfOrMail = new RegExp(`${selfPath.source}|e?mail$`, 'i');

/** A form in which his own address stands, or that asks for a new one. */
const changes = ({ method, action, fields }: Form, email: string): boolean =>
  method === 'POST' &&
  !/invit|member|team/i.test(action) &&
  fields.some(
    ({ name, type, value }) => type !== 'hidden' && mailName.test(name) && (value === email || /new/i.test(name) || mailName.test(action)),
  );
