import type { LiveCell } from '../../../evidence/live-access.ts';
import { newCanary } from '../objects/values.ts';
import { loginName } from '../people/account.ts';
import { type Joining, newcomer } from '../people/newcomer.ts';
import type { Person } from '../people/person.ts';
import type { Field, Form } from '../surface/crawl.ts';
import { dangerOf } from '../surface/safety.ts';
import { isId, templateOf } from '../surface/template.ts';
import { contentOf, saysNothing } from '../wire/content.ts';
import { bodyOf, idsOf, isSafe, isToken, lookAt, noToken, onlyOnce, openPage, ownTokens, type Page, routeOf } from './page.ts';

/** Pages that only administrators are led to, at most. */
const mostPages = 12;
/** Texts that nobody but administrators was shown, at least: one or two are on every page. */
const leastTexts = 3;
/** How much of them has to be there. */
const leastShare = 0.8;

export interface OnlyAdministrators extends Joining {
  readonly people: readonly Person[];
  /** The pages of each, by name. */
  readonly walked: ReadonlyMap<string, readonly Page[]>;
  readonly renewed: (person: Person) => Promise<Person>;
}

/**
 * Whether somebody else gets a page that the menu leads only administrators to, and that is for ruling over people: with the texts that they alone were
 * shown, and with what is done there to each of several people (OWASP API5:2023). That it answers proves nothing. Then whether what is done there works for
 * him too: on an account signed up here, as the administrator finds it afterwards.
 */
export async function onlyAdministrators(on: OnlyAdministrators): Promise<LiveCell[]> {
  const { sender, people, walked, renewed } = on;
  const admin = people.find(({ administrator, account }) => administrator && account);
  if (!admin) return [];
  const cells: LiveCell[] = [];
  for (const path of onlyLedTo(admin, people, walked)) {
    const page = await openPage(sender, admin.session, path);
    if (!page || page.path !== path || !rules(page, people)) continue;
    for (const who of oneOfEach(people)) {
      const cell = { route: routeOf('GET', path), verb: 'list', who: who.name, whose: admin.name, request: `GET ${path}` } as const;
      const relation = who.account ? 'stranger' : 'visitor';
      const known = new Set(
        [who, ...people.filter(({ account }) => !account)].flatMap((one) => {
          const pages = walked.get(one.name) ?? [];
          const led = ledTo(one, pages);
          return pages.filter((page) => led.has(plain(page.asked))).flatMap(textsOf);
        }),
      );
      const only = textsOf(page).filter((text) => !known.has(text));
      /** `undefined`: no answer came that tells. */
      const got = async (person: Person): Promise<boolean | undefined> => {
        const shown = await lookAt(sender, person.session, path);
        if (shown === 'unknown') return undefined;
        const texts = new Set(shown !== 'none' && shown.path === path && rules(shown, people) ? textsOf(shown) : []);
        const there = only.filter((text) => texts.has(text));
        return there.length >= leastTexts && there.length >= only.length * leastShare;
      };
      const first = await got(who);
      const isGot = first === true && (await got(await renewed(who))) === true;
      // What the administrator is not shown either was refused to nobody.
      const isRefused = first === false && (await got(admin)) === true;
      cells.push({
        ...cell,
        relation,
        status: isGot ? 200 : 0,
        ...(isGot
          ? { outcome: 'got', proof: 'values', shows: only.slice(0, 4) }
          : isRefused
            ? { outcome: 'refused', shows: [] }
            : {
                outcome: 'unknown',
                shows: [],
                why: first ? onlyOnce : 'no answer came that tells, or the administrator does not get it either',
              }),
      });
    }
    cells.push(...(await doneByOthers(on, admin, page)));
  }
  return cells;
}

const textsOf = ({ text }: Page): string[] => [...new Set(contentOf(text).values)].filter((value) => value.length >= 3);

/** Addresses that an administrator's menu leads to, and no page of anybody else. */
function onlyLedTo(admin: Person, people: readonly Person[], walked: OnlyAdministrators['walked']): string[] {
  const others = new Set(
    people.filter(({ administrator }) => !administrator).flatMap((person) => [...ledTo(person, walked.get(person.name) ?? [])]),
  );
  const pages = walked.get(admin.name) ?? [];
  const counted = new Map<string, number>();
  for (const { path, links } of pages)
    for (const link of links)
      counted.set(link, (counted.get(link) ?? 0) + ([admin.landing, admin.witness.path, '/'].includes(path) ? 3 : 1));
  return [...counted]
    .filter(([path, times]) => times >= 3 && !path.includes('?') && idsOf(path).length === 0 && isSafe(path) && !others.has(plain(path)))
    .map(([path]) => path)
    .slice(0, mostPages);
}

const plain = (path: string): string => path.replace(/(.)\/$/, '$1');

/** Addresses that somebody is led to from where he begins. What he was asked for otherwise leads nowhere: a page may have an administrator's menu for all. */
function ledTo({ witness, landing }: Person, pages: readonly Page[]): Set<string> {
  // What tells that a session is his may be a page that he was asked for and not led to: only where nothing is known of where he begins.
  const begins = pages.some(({ asked }) => asked === landing) ? (landing ?? '/') : witness.path;
  const led = new Set(['/', begins].map(plain));
  for (const at of led)
    for (const { path, asked, links } of pages)
      if (plain(path) === at || plain(asked) === at) for (const link of [path, ...links]) led.add(plain(link));
  return led;
}

/** Whether a page is for ruling over people: it has forms on several of them, or names several. */
function rules({ forms, text }: Page, people: readonly Person[]): boolean {
  const acting = forms.filter(
    ({ method, action }) => method === 'POST' && dangerOf({ method, path: templateOf(action).template }) === undefined,
  );
  const ids = new Set(
    acting.flatMap(({ action, fields }) => fields.flatMap((field) => idsIn(field).map((id) => `${action} ${field.name} ${id}`))),
  );
  const named = people.filter(
    ({ account, administrator }) => account && !administrator && (text.includes(account.email) || text.includes(`>${loginName(account)}<`)),
  );
  return ids.size > 1 || named.length > 1;
}

const idsIn = (field: Field): string[] =>
  isToken(field) || (field.type !== 'hidden' && !field.options) ? [] : (field.options ?? [field.value]).filter(isId);

/** A visitor, and one of each role of each customer organisation. */
const oneOfEach = (people: readonly Person[]): Person[] => [
  ...new Map(people.filter(({ administrator }) => !administrator).map((one) => [`${one.tenant} ${one.role ?? ''}`, one])).values(),
];

/** What is done on such a page to one account: tried as others on one that was signed up for it. */
async function doneByOthers(on: OnlyAdministrators, admin: Person, before: Page): Promise<LiveCell[]> {
  const { sender, journal, people, renewed } = on;
  const known = new Set(before.forms.flatMap(rowOf));
  if (known.size < 2 || on.doors.signUp.length === 0 || !(await newcomer(on))) return [];
  const forms = async (): Promise<readonly Form[]> => (await openPage(sender, admin.session, before.path))?.forms ?? [];
  const fresh = (await forms()).filter((form) => rowOf(form).length > 0 && rowOf(form).every((row) => !known.has(row)));
  const [form] = fresh;
  const field = form?.fields.find(({ type }) => /^(?:text|textarea|date|number)$/.test(type));
  if (!form || !field || fresh.length > 1) return [];
  const [row = ''] = rowOf(form);
  const cells: LiveCell[] = [];
  let day = 0;
  const send = async ({ name, session }: Person): Promise<Sent> => {
    day += 1;
    const value =
      field.type === 'date' ? `2031-05-${String(day).padStart(2, '0')}` : field.type === 'number' ? String(40 + day) : newCanary();
    const tokens = await ownTokens(sender, session, form, [before.path, '/', '/login']);
    if (!tokens) return { status: 0, value, why: noToken };
    journal.about({ who: name, method: 'POST', path: form.action });
    const body = bodyOf(form, new Map([...tokens, [field.name, value]]));
    const answer = await sender.send({ method: 'POST', path: form.action, body }, session);
    const status = answer.ok ? answer.value.status : 0;
    const now = (await forms()).find((one) => rowOf(one).includes(row))?.fields.find(({ name: at }) => at === field.name);
    if (now?.value === value) return { status, value, isThere: true };
    if (!answer.ok || saysNothing(status))
      return { status, value, why: answer.ok ? `it answered ${status}, which says nothing of him` : answer.fault.message };
    return { status, value, ...(now ? { isThere: false } : { why: 'the administrator cannot look at it afterwards' }) };
  };
  // What does nothing for the administrator either was refused to nobody.
  if ((await send(admin)).isThere !== true) return [];
  for (const who of oneOfEach(people)) {
    const first = await send(who);
    const isGot = first.isThere === true && (await send(await renewed(who))).isThere === true;
    cells.push({
      route: routeOf('POST', form.action),
      verb: 'update',
      who: who.name,
      relation: who.account ? 'stranger' : 'visitor',
      whose: 'an account signed up for it',
      request: `POST ${form.action}`,
      status: first.status,
      ...(isGot
        ? { outcome: 'got', proof: 're-read', shows: [`the administrator finds ${field.name}: ${first.value}`] }
        : first.isThere === false
          ? { outcome: 'refused', shows: [] }
          : { outcome: 'unknown', shows: [], why: first.why ?? onlyOnce }),
    });
  }
  return cells;
}

/** What was sent, and whether the administrator finds it afterwards; `why` he cannot tell. */
interface Sent {
  readonly status: number;
  readonly value: string;
  readonly isThere?: boolean;
  readonly why?: string;
}

/** On whom a form is: the ids in its hidden fields, and in its address. */
const rowOf = ({ method, action, fields }: Form): string[] =>
  method === 'POST' && dangerOf({ method, path: templateOf(action).template }) === undefined
    ? [
        ...fields.filter(({ type }) => type === 'hidden').flatMap((field) => idsIn(field).map((id) => `${field.name} ${id}`)),
        ...idsOf(action),
      ]
    : [];
