import type { Person } from '../people/person.ts';
import { filled } from '../people/fill.ts';
import { type Form, readPage } from '../surface/crawl.ts';
import { valueFor } from '../objects/values.ts';
import type { AccountGround } from './ground.ts';
import { isPage } from '../wire/content.ts';

/** A way in which somebody can invite others. */
export interface Inviting {
  readonly path: string;
  /** Whether the app took it. */
  send(to: string): Promise<boolean>;
}

/** Addresses of pages on which a team is seen to. */
export const likelyPage = /member|team|user|people|invit|settings|organi[sz]ation|workspace|account|admin|client|customer/i;
const mostPages = 8;

/** What a person can invite others by: forms of the pages he was shown, and operations of the API that say so. */
export async function invitingOf({ sender, operations }: AccountGround, person: Person): Promise<Inviting[]> {
  const ways: Inviting[] = [];
  const pages = [...person.seen.sights.values()].filter(
    ({ path, status }) => status < 300 && likelyPage.test(path) && !path.startsWith('/api/') && !/[#{]/.test(path),
  );
  for (const { path } of pages.toSorted((a, b) => a.path.length - b.path.length).slice(0, mostPages)) {
    const page = await sender.send({ method: 'GET', path }, person.session);
    if (!page.ok || page.value.status >= 300 || !isPage(page.value.text)) continue;
    for (const form of readPage(page.value.text, path, sender.origin).forms)
      if (invites(form, page.value.text) && !ways.some((one) => one.path === form.action))
        ways.push({
          path: form.action,
          async send(to) {
            const fields = filled(withLeastPower(form), { email: to });
            const answer = await sender.send({ method: 'POST', path: form.action, body: { type: 'form', fields } }, person.session);
            return answer.ok && answer.value.status < 400;
          },
        });
  }
  for (const { method, path, body } of operations) {
    if (method !== 'POST' || path.includes('{') || !/invit/i.test(path) || /accept|join|verify|resend|decline/i.test(path)) continue;
    const properties = Object.entries(body?.schema.properties ?? { email: { type: 'string' } });
    if (!properties.some(([name]) => /mail/i.test(name)) || ways.some((one) => one.path === path) || body?.type === 'multipart') continue;
    ways.push({
      path,
      async send(to) {
        const value = Object.fromEntries(
          properties.map(([name, schema]) => [
            name,
            /mail/i.test(name)
              ? to
              : valueFor(name, schema.enum ? { ...schema, enum: [weakest(schema.enum.map(String))] } : schema, {
                  canary: 'Launch Ready',
                  known: () => undefined,
                }),
          ]),
        );
        const sent =
          body?.type === 'form'
            ? { type: 'form' as const, fields: Object.entries(value).map(([name, one]) => [name, String(one)] as const) }
            : { type: 'json' as const, value };
        const answer = await sender.send({ method: 'POST', path, body: sent }, person.session);
        return answer.ok && answer.value.status < 400;
      },
    });
  }
  return ways;
}

/** A form that says so by its address, or on whose page the word stands: others with an address make a user, or change one. */
const invites = ({ method, action, fields }: Form, page: string): boolean =>
  method === 'POST' &&
  (/invit/i.test(action) || (/members?$|team|users?$/i.test(action) && /\binvit(?:e|ation)/i.test(page))) &&
  fields.some(({ name, type }) => type === 'email' || /e?-?mail/i.test(name)) &&
  !fields.some(({ type }) => type === 'password');

/** Whoever is invited for a trial gets no more than he must. */
const weakest = (options: readonly string[]): string =>
  options.find((one) => /client|guest|viewer|read|customer|member|user/i.test(one)) ?? options[0] ?? '';

const withLeastPower = (form: Form): Form => ({
  ...form,
  fields: form.fields.map((field) =>
    field.options && /role|permission|level|access/i.test(field.name) ? { ...field, value: weakest(field.options) } : field,
  ),
});
