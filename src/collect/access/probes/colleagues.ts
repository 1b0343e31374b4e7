import type { LiveEscalation } from '../../../evidence/live-access.ts';
import { keyName } from '../objects/seen.ts';
import { bodyOf, idsOf, isToken, openPage, ownTokens, type Page, routeOf } from '../pages/page.ts';
import type { Joining } from '../people/newcomer.ts';
import { ownIdOf } from '../people/own-id.ts';
import { profileOf } from '../people/own-profile.ts';
import { type Person, relationOf } from '../people/person.ts';
import { isHis } from '../people/sign-in.ts';
import type { Form } from '../surface/crawl.ts';
import { dangerOf } from '../surface/safety.ts';
import { saysNothing } from '../wire/content.ts';

const powerField = /^(?:role|roles|user_type|account_type|permission|access_level)$/;

export interface Colleagues {
  readonly escalations: readonly LiveEscalation[];
  readonly withstood: readonly string[];
}

/** What came of one try. */
interface Change {
  /** 0: it could not be sent, or the answer says nothing. */
  readonly status: number;
  /** The role afterwards; `undefined` where nobody could look. */
  readonly now: string | undefined;
  readonly isBack: boolean;
}

/** The form by which one changes the role of another, and where it stands. */
interface RoleForm {
  readonly leader: Person;
  readonly page: string;
  readonly form: Form;
  readonly field: Form['fields'][number];
}

/**
 * Whether somebody gives a colleague another role by the form that the page of members shows to others only (OWASP API5:2023): he is refused the page,
 * and the form works all the same. Only the role of an account made for testing is changed, what its own profile says tells, and it is put back.
 */
export async function roleOfColleague(
  { sender, journal }: Pick<Joining, 'sender' | 'journal'>,
  people: readonly Person[],
  walked: ReadonlyMap<string, readonly Page[]>,
): Promise<Colleagues> {
  const escalations: LiveEscalation[] = [];
  const withstood: string[] = [];
  for (const whose of people.filter(({ expendable, administrator, account }) => expendable && !administrator && account)) {
    const own = whose.account && ownIdOf(whose.seen, whose.witness.path, whose.account);
    const peers = people.filter((one) => relationOf(one, whose) === 'peer');
    const found = own === undefined ? undefined : roleForm(peers, walked, own);
    if (!found) continue;
    const { leader, page, form, field } = found;
    const route = routeOf('POST', form.action);
    const key = keyName(field.name);
    const role = async (): Promise<string | undefined> => (await profileOf(sender, whose.session, whose.witness)).get(key);
    const had = await role();
    const value = field.options?.find((one) => one !== '' && one !== had);
    if (had === undefined || value === undefined || field.options?.includes(had) !== true) continue;
    const send = async (who: Person, wanted: string, pages: readonly string[]): Promise<number> => {
      const tokens = await ownTokens(sender, who.session, form, pages);
      if (!tokens) return 0;
      journal.about({ who: who.name, method: 'POST', path: form.action });
      const body = bodyOf(form, new Map([...tokens, [field.name, wanted]]));
      const answer = await sender.send({ method: 'POST', path: form.action, body }, who.session);
      return answer.ok && !saysNothing(answer.value.status) ? answer.value.status : 0;
    };
    const tokenless = new Map(form.fields.filter(isToken).map(({ name }) => [name, ''] as const));
    const body = bodyOf(form, new Map([...tokenless, [field.name, had]]));
    /** Sends the change as somebody and puts it back; gives the role that came of it, and whether the old one was seen to be there again. */
    const tried = async (who: Person, pages: readonly string[]): Promise<Change> => {
      const restored = journal.restoring({ who: leader.name, method: 'POST', path: form.action, body, page });
      const status = await send(who, value, pages);
      const now = await role();
      if (now !== had) await send(leader, had, [page]);
      const isBack = now === had || (await role()) === had;
      if (isBack) restored();
      return { status, now, isBack };
    };
    // What does nothing for who is shown the form says nothing where others send it.
    const control = await tried(leader, [page]);
    if (control.now !== value || !control.isBack) continue;
    for (const who of peers) {
      // Who is shown the page may be meant to use what is on it.
      if (who === leader || (await openPage(sender, who.session, page))?.path === page) continue;
      const { status, now, isBack } = await tried(who, pagesWithTokens(walked.get(who.name) ?? []));
      if (now === value) {
        const told = `the profile of ${whose.name} says so afterwards, and GET ${page}, where the form stands, is refused to ${who.name}`;
        const steps = [`${route} with ${field.name}: ${value} for ${whose.name} as ${who.name} → ${status}`, told];
        escalations.push({ route, who: who.name, field: field.name, value, told, steps });
      } else if (now === had && status > 0 && (await isHis(sender, who.session, who.witness))) withstood.push(route);
      if (now === value || !isBack) break;
    }
  }
  return { escalations, withstood: [...new Set(withstood)] };
}

/** The form about an account on a page that somebody is shown, with a role to choose. */
function roleForm(peers: readonly Person[], walked: ReadonlyMap<string, readonly Page[]>, own: string): RoleForm | undefined {
  for (const leader of peers)
    for (const { path, forms } of walked.get(leader.name) ?? [])
      for (const form of forms) {
        const field = form.fields.find(({ name, options }) => options && powerField.test(keyName(name)));
        const isHis = idsOf(form.action).includes(own) || form.fields.some(({ type, value }) => type === 'hidden' && value === own);
        if (field && isHis && dangerOf({ method: 'POST', path: form.action }) === undefined) return { leader, page: path, form, field };
      }
  return undefined;
}

const pagesWithTokens = (pages: readonly Page[]): string[] =>
  pages.filter(({ forms }) => forms.some(({ fields }) => fields.some(isToken))).map(({ path }) => path);
