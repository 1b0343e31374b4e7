import { tokensIn } from '../mail/read.ts';
import type { Account } from '../people/account.ts';
import { formFor, keepToken, pathOf, renewed, visit } from '../people/enter.ts';
import { filled } from '../people/fill.ts';
import { type Form, formsOf } from '../surface/crawl.ts';
import type { Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';

/** How an invitation was accepted. */
export interface Accepted {
  /** For people. */
  readonly told: string;
  /** Whoever accepts may say which address he has: the link is not bound to the one it was sent to. */
  readonly asksAddress: boolean;
}

/**
 * Accepts invitations by one link. As with passwords: where the page no longer shows its form, what it had the first time is sent, because what counts
 * is what the server does. `by`: sends it instead, and has the link of another invitation.
 */
export function acceptor({
  sender,
  operations,
  link,
}: {
  readonly sender: Sender;
  readonly operations: readonly Operation[];
  readonly link: URL;
}) {
  let known: { readonly form: Form; readonly link: URL } | undefined;
  return async (
    session: Session,
    account: Account,
    { sender: by = sender, link: opened = link }: { readonly sender?: Sender; readonly link?: URL } = {},
  ): Promise<Accepted | undefined> => {
    const [token = ''] = tokensIn(opened);
    const page = await visit(by, pathOf(opened), session);
    const form =
      (page && acceptForm(formsOf(page.answer.text, page.path, sender.origin), token)) ??
      (known && renewed(formFor(known.form, known.link, opened), page, sender.origin));
    if (form) {
      known = { form, link: opened };
      const asksAddress = form.fields.some(
        ({ name, type, value }) => type !== 'hidden' && value === '' && (type === 'email' || /e?-?mail/i.test(name)),
      );
      const answer = await by.send({ method: 'POST', path: form.action, body: { type: 'form', fields: filled(form, account) } }, session);
      if (answer.ok) keepToken(answer.value, session);
      return { told: `the form of its page → ${answer.ok ? answer.value.status : answer.fault.message}`, asksAddress };
    }
    return byApi(by, operations, token, session, account);
  };
}

/** The form that hands on the token, or takes a password for a new account. */
const acceptForm = (forms: readonly Form[], token: string): Form | undefined =>
  forms.find(
    ({ method, action, fields }) =>
      method === 'POST' &&
      (action.includes(token) || action.includes(encodeURIComponent(token)) || fields.some(({ value }) => value.includes(token))),
  ) ??
  forms.find(
    ({ method, action, fields }) =>
      method === 'POST' && !/log-?_?in\b|sign-?_?in\b/i.test(action) && fields.some(({ type }) => type === 'password'),
  );

async function byApi(
  sender: Sender,
  operations: readonly Operation[],
  token: string,
  session: Session,
  { email, password }: Account,
): Promise<Accepted | undefined> {
  const taking = operations.filter(
    ({ method, path }) =>
      /^(?:POST|PUT)$/.test(method) && /invit/i.test(path) && (/accept|join|redeem|confirm/i.test(path) || path.includes('{')),
  );
  for (const { id, method, path, body } of taking.slice(0, 3)) {
    const value = { token, code: token, name: 'Launch Ready', email, password };
    const answer = await sender.send(
      { method, path: path.replace(/\{[^}]+\}/g, encodeURIComponent(token)), body: { type: 'json', value } },
      session,
    );
    if (!answer.ok || [404, 405].includes(answer.value.status)) continue;
    return {
      told: `${id} → ${answer.value.status}`,
      asksAddress: Object.keys(body?.schema.properties ?? {}).some((name) => /mail/i.test(name)),
    };
  }
  return undefined;
}
