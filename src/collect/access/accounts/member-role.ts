import { keyName } from '../objects/seen.ts';
import { rowsOf } from '../objects/things.ts';
import { bodyOf } from '../pages/page.ts';
import type { Person } from '../people/person.ts';
import { whyHeld } from '../surface/allowed.ts';
import type { Form } from '../surface/crawl.ts';
import { type Operation, pathParameters } from '../surface/operation.ts';
import { templateOf } from '../surface/template.ts';
import type { Body } from '../wire/body.ts';
import { contentOf } from '../wire/content.ts';
import type { Message, Sender } from '../wire/sender.ts';
import { formsAboutHim, idOfHim, isAboutHim } from './about-him.ts';
import { likelyPage } from './inviting.ts';

/** How somebody changes the role of one member, and what that is now. */
export interface MemberRole {
  /** For people, e.g. `PATCH /members/{id}`. */
  readonly told: string;
  /** Where it is a form: its page. */
  readonly page?: string;
  /** The role that the list or the form shows now; `undefined` where it could not be read. */
  now(): Promise<string | undefined>;
  /** Further roles that are offered, or that others have. */
  readonly others: readonly string[];
  /** The request that gives the role; `undefined` where the form is gone. */
  giving(role: string): Promise<(Message & { readonly body: Body }) | undefined>;
}

const roleField = /^(?:role|roles|user_type|account_type|permission|permissions|access_level|member_role)$/;
/** Giving it to somebody may take it from who has it. */
const unique = /owner|super|root|primary|billing/i;

/** The ways by which `leader` may change the role of the member with this address: operations of the API on his row, then forms that stand by his address. */
export async function memberRoles(sender: Sender, operations: readonly Operation[], leader: Person, email: string): Promise<MemberRole[]> {
  const found: MemberRole[] = [];
  for (const { path, status, content } of leader.seen.sights.values()) {
    if (status >= 300 || content.json === undefined || /[#?]/.test(path) || !/member|team|user|people|collaborator|staff|seat/i.test(path))
      continue;
    found.push(...(await byApi(sender, operations, leader, path, email)));
  }
  const pages = [...leader.seen.sights.values()].filter(
    ({ path, status, content }) => status < 300 && content.json === undefined && likelyPage.test(path) && !/[#{]/.test(path),
  );
  for (const { path } of pages.slice(0, 8)) {
    const way = await byForm(sender, leader, path, email);
    if (way) found.push(way);
  }
  return found;
}

type Row = Readonly<Record<string, unknown>>;

async function rowsAt(sender: Sender, { session }: Person, path: string): Promise<Row[]> {
  const list = await sender.send({ method: 'GET', path }, session);
  return list.ok && list.value.status < 300 ? rowsOf(contentOf(list.value.text).json) : [];
}

const roleIn = (row: Row | undefined): string | undefined => {
  const value = row && Object.entries(row).find(([name]) => roleField.test(keyName(name)))?.[1];
  return typeof value === 'string' ? value : undefined;
};

async function byApi(sender: Sender, operations: readonly Operation[], leader: Person, path: string, email: string): Promise<MemberRole[]> {
  const rows = await rowsAt(sender, leader, path);
  const row = rows.find((one) => isAboutHim(one, email));
  if (!row || roleIn(row) === undefined) return [];
  const shape = (one: string): string => one.replace(/\{[^}]+\}/g, '{}');
  const above = shape(templateOf(path).template);
  return operations.flatMap((operation): MemberRole[] => {
    const { id: told, method, path: to, body } = operation;
    const rest = shape(to).startsWith(`${above}/{}`) ? shape(to).slice(above.length + 3) : undefined;
    const properties = body?.schema.properties ?? {};
    const field = Object.keys(properties).find((name) => roleField.test(keyName(name))) ?? (body ? undefined : 'role');
    const fits =
      rest === '' ? method === 'PATCH' || method === 'PUT' : /^\/[\w-]*role$/i.test(rest ?? '') && /^(?:PATCH|PUT|POST)$/.test(method);
    const parameter = pathParameters(to).at(-1);
    if (!fits || field === undefined || parameter === undefined || whyHeld(operation) !== undefined) return [];
    const id = idOfHim(rows, email, parameter, path.split('/').at(-1) ?? '');
    if (id === undefined) return [];
    const kept = Object.fromEntries(Object.keys(properties).flatMap((name) => (name in row ? [[name, row[name]]] : [])));
    const offered = properties[field]?.enum ?? [];
    return [
      {
        told,
        now: async () => roleIn((await rowsAt(sender, leader, path)).find((one) => isAboutHim(one, email))),
        others: othersOf([...offered.map(String), ...rows.flatMap((one) => roleIn(one) ?? [])]),
        giving: (role) =>
          Promise.resolve({
            method,
            path: `${path}/${encodeURIComponent(id)}${rest}`,
            body: { type: 'json', value: { ...kept, [field]: role } },
          }),
      },
    ];
  });
}

const othersOf = (roles: readonly string[]): string[] => [...new Set(roles)].filter((role) => role !== '' && !unique.test(role));

async function byForm(sender: Sender, leader: Person, path: string, email: string): Promise<MemberRole | undefined> {
  const found = async (): Promise<{ readonly form: Form; readonly field: Form['fields'][number] } | undefined> => {
    const page = await sender.send({ method: 'GET', path }, leader.session);
    if (!page.ok || page.value.status >= 300) return undefined;
    for (const form of formsAboutHim(page.value.text, path, sender.origin, email)) {
      const field = form.fields.find(({ name, options }) => options && roleField.test(keyName(name)));
      if (field && form.method === 'POST' && whyHeld({ method: 'POST', path: form.action }) === undefined) return { form, field };
    }
    return undefined;
  };
  const first = await found();
  if (!first) return undefined;
  return {
    told: `POST ${templateOf(first.form.action).template}`,
    page: path,
    now: async () => (await found())?.field.value,
    others: othersOf(first.field.options ?? []),
    async giving(role) {
      const one = await found();
      return one && { method: 'POST', path: one.form.action, body: bodyOf(one.form, new Map([[one.field.name, role]])) };
    },
  };
}
