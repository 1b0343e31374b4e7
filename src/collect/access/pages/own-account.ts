import type { LiveCell } from '../../../evidence/live-access.ts';
import { newCanary } from '../objects/values.ts';
import { type Account, loginName } from '../people/account.ts';
import { type Joining, type Newcomer, newcomer } from '../people/newcomer.ts';
import type { Person } from '../people/person.ts';
import { signIn } from '../people/sign-in.ts';
import type { Form } from '../surface/crawl.ts';
import { templateOf } from '../surface/template.ts';
import { saysNothing } from '../wire/content.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { bodyOf, idsOf, isSafe, isToken, lookAt, noToken, onlyOnce, openPage, ownTokens, type Page, routeOf } from './page.ts';
import type { Presence } from './remove.ts';
import type { Place } from './thing.ts';

/** Forms on which people change who they are, that are tried. */
const mostForms = 4;
const whose = 'an account signed up for it';

/**
 * Whether somebody can change who another is, by the form on which everybody changes it himself, where the form says whose account it is: in its address, or
 * in a hidden field (OWASP API1:2023). Sent to nobody but accounts signed up here for it; what its owner finds on his own page counts.
 */
export async function ownAccounts(
  on: Joining,
  people: readonly Person[],
  walked: ReadonlyMap<string, readonly Page[]>,
): Promise<LiveCell[]> {
  if (on.doors.signUp.length === 0) return [];
  const forms = new Map<string, Place>();
  for (const person of people) {
    const { account } = person;
    if (!account || person.administrator) continue;
    for (const { path, forms: all } of walked.get(person.name) ?? [])
      for (const form of all) if (isAbout(form, account)) forms.set(keyOf({ page: path, form }), { page: path, form });
  }
  if (forms.size === 0) return [];
  const [victim, attacker] = [await newcomer(on), await newcomer(on)];
  if (!victim || !attacker) return [];
  const cells: LiveCell[] = [];
  for (const place of [...forms.values()].slice(0, mostForms)) cells.push(...(await tried(on, place, victim, attacker)));
  return cells;
}

/** Whether a form is filled in with who somebody is. */
const isAbout = ({ method, fields }: Form, account: Account): boolean =>
  method === 'POST' &&
  fields.some(({ value, type }) => type !== 'hidden' && (value === account.email || (value !== '' && value === loginName(account)))) &&
  fields.some((field) => isFree(field));

const keyOf = ({ page, form }: Place): string => `${templateOf(page).template} ${templateOf(form.action).template}`;

/** Nothing by which anybody is known or let in. */
const isFree = ({ name, type }: Form['fields'][number]): boolean =>
  (type === 'text' || type === 'textarea') && !/mail|user_?name|log-?in|pass|phone|url|site|date|lang|zone|locale|theme/i.test(name);

/** The form of somebody, as his own pages have it. */
async function formOf({ sender }: Joining, place: Place, { session, account, witness }: Newcomer): Promise<Place | undefined> {
  const wanted = templateOf(place.page).template;
  const open = new Set(idsOf(place.page).length === 0 ? [place.page] : [witness.path, '/']);
  for (const path of open) {
    const page = await openPage(sender, session, path);
    const form = page?.forms.find((one) => isAbout(one, account) && keyOf({ page: place.page, form: one }) === keyOf(place));
    if (form && templateOf(path).template === wanted) return { page: path, form };
    for (const link of page?.links ?? []) if (templateOf(link).template === wanted && open.size < 8) open.add(link);
  }
  return undefined;
}

/** A change that went out. */
interface Sent {
  readonly status: number;
  readonly mark: string;
  /** An answer came that says something of it. */
  readonly isTold: boolean;
}

async function tried(on: Joining, place: Place, victim: Newcomer, attacker: Newcomer): Promise<LiveCell[]> {
  const { sender, journal, doors, operations } = on;
  const [his, own] = [await formOf(on, place, victim), await formOf(on, place, attacker)];
  if (!his || !own || !saysWhose(his.form, own.form)) return [];
  // What he was signed up with may be longer than his own form takes.
  const fields = his.form.fields.filter(
    (one, nth, all) => isFree(one) && (one.value.startsWith('Launch Ready') || nth === all.findIndex(isFree)),
  );
  const send = async (who: string, session: Session): Promise<Sent | undefined> => {
    const mark = newCanary();
    session.who = who;
    const tokens = await ownTokens(sender, session, his.form, [own.page, place.page, '/', '/login']);
    if (!tokens) return undefined;
    journal.about({ who, method: 'POST', path: his.form.action });
    const body = bodyOf(his.form, new Map([...tokens, ...fields.map(({ name }) => [name, mark] as const)]));
    const answer = await sender.send({ method: 'POST', path: his.form.action, body }, session);
    return { status: answer.ok ? answer.value.status : 0, mark, isTold: answer.ok && !saysNothing(answer.value.status) };
  };
  const look = async (mark: string): Promise<Presence> => {
    const page = await lookAt(sender, victim.session, his.page);
    const now = typeof page === 'string' ? undefined : page.forms.find((form) => keyOf({ page: his.page, form }) === keyOf(his));
    if (typeof page === 'string' || !now) return 'unknown';
    // Anything else on the page may be a message about what was sent, and not what came of it.
    const held = now.fields.filter(({ name, value }) => value !== '' && fields.some((field) => field.name === name));
    const isHeld = held.length > 0 ? held.some(({ value }) => value.includes(mark)) : page.text.includes(mark);
    return isHeld ? 'there' : 'gone';
  };
  /** What its owner finds on his page, and finds there again: a message is shown once. */
  const finds = async (mark: string): Promise<Presence> => {
    const first = await look(mark);
    return first === 'there' ? look(mark) : first;
  };
  const control = await send(whose, victim.session);
  if (!control || (await finds(control.mark)) !== 'there') return [];
  const cells: LiveCell[] = [];
  for (const relation of ['stranger', 'visitor'] as const) {
    const who = relation === 'stranger' ? 'another account' : 'visitor';
    const sessionOf = async (): Promise<Session> =>
      relation === 'visitor'
        ? emptySession()
        : ((await signIn(sender, doors.signIn, attacker.account, operations))?.session ?? attacker.session);
    const cell = { who, relation, whose } as const;
    const first = await send(who, await sessionOf());
    const found = first && (await finds(first.mark));
    const second = found === 'there' ? await send(who, await sessionOf()) : undefined;
    const isTwice = second !== undefined && (await finds(second.mark)) === 'there';
    const why =
      first === undefined ? noToken : found === 'there' ? onlyOnce : 'no answer came that tells, or its owner cannot look at it afterwards';
    cells.push({
      ...cell,
      route: routeOf('POST', his.form.action),
      verb: 'update',
      request: `POST ${his.form.action}`,
      status: first?.status ?? 0,
      ...(isTwice
        ? { outcome: 'got', proof: 're-read', shows: [`its owner finds ${first?.mark} in his profile`] }
        : first?.isTold && found === 'gone'
          ? { outcome: 'refused', shows: [] }
          : { outcome: 'unknown', shows: [], why }),
    });
    for (const path of new Set([his.page, his.form.action])) {
      if (idsOf(path).length === 0 || !isSafe(path) || !holds(await lookAt(sender, victim.session, path), victim.account)) continue;
      const page = await lookAt(sender, await sessionOf(), path);
      const got = holds(page, victim.account);
      const isGot = got && holds(await lookAt(sender, await sessionOf(), path), victim.account);
      cells.push({
        ...cell,
        route: routeOf('GET', path),
        verb: 'read',
        request: `GET ${path}`,
        status: typeof page === 'string' ? 0 : 200,
        ...(isGot
          ? { outcome: 'got', proof: 'canary', shows: [victim.account.email] }
          : got || page === 'unknown'
            ? { outcome: 'unknown', shows: [], why: got ? onlyOnce : 'no answer came that tells' }
            : { outcome: 'refused', shows: [] }),
      });
    }
  }
  return cells;
}

/** Whether a page is the form on which somebody changes who he is. A page that only tells it may be meant for all. */
const holds = (page: Page | 'none' | 'unknown', account: Account): boolean =>
  typeof page !== 'string' && page.forms.some((form) => isAbout(form, account) && form.fields.some(({ value }) => value === account.email));

/** Whether the forms of two people differ in what says whose it is: their addresses, or a hidden field. */
const saysWhose = (one: Form, other: Form): boolean =>
  one.action !== other.action ||
  one.fields.some(
    (field) =>
      field.type === 'hidden' &&
      !isToken(field) &&
      field.value !== '' &&
      other.fields.some(({ name, type, value }) => name === field.name && type === 'hidden' && value !== '' && value !== field.value),
  );
