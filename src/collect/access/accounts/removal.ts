import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { rowsOf } from '../objects/things.ts';
import type { AccountWithPassword } from '../people/account.ts';
import type { Person } from '../people/person.ts';
import { signIn } from '../people/sign-in.ts';
import { livesShortly } from '../sessions/logout.ts';
import { type Form, formsOf } from '../surface/crawl.ts';
import { pathParameters } from '../surface/operation.ts';
import { templateOf } from '../surface/template.ts';
import { contentOf, isPage } from '../wire/content.ts';
import type { Message } from '../wire/sender.ts';
import { nobodyLike } from '../wire/session.ts';
import { formsAboutHim, idOfHim } from './about-him.ts';
import { acceptor } from './accept.ts';
import { type AccountGround, broken, holds, none, unclear, unknown } from './ground.ts';
import { likelyPage } from './inviting.ts';
import { outlived, shownTo } from './outlived.ts';

const about = { question: 'removed-session', flow: 'invitation' } as const;
const removes = /remove|delete|deactivat|disable|revoke|kick|suspend|archive|block|off-?board|leave/i;

/** How members can be removed, as the team's pages showed it before somebody joined. */
export type TeamBefore = ReadonlySet<string>;

/** Somebody new of ours, who joins a team by an invitation and is removed from it again. */
export interface Leaving {
  readonly inviter: Person;
  readonly leaver: AccountWithPassword;
  readonly link: URL;
  readonly before: TeamBefore;
}

/** The forms that remove somebody, on the pages of a team. Taken before somebody joins: the one that is new then is his. */
export const teamOf = async (ground: AccountGround, inviter: Person): Promise<TeamBefore> =>
  new Set((await removalForms(ground, inviter)).map(keyOf));

/**
 * Whether the session of somebody who was removed from a team still opens what is the team's (ASVS 7.4.2, CWE-613): only somebody whom we invited for
 * it is removed. What a new sign-in of his no longer gets and the old session does is the proof; where nothing is taken away, nothing is said.
 */
export async function tryRemoval(ground: AccountGround, leaving: Leaving): Promise<AccountTrial | undefined> {
  const { sender, doors, operations, journal, left } = ground;
  const { inviter, leaver, link } = leaving;
  journal.account(leaver.email);
  left.push(`the account ${leaver.email}, which was invited`);
  if (!(await acceptor({ sender, operations, link })(nobodyLike(inviter.session), leaver))) return undefined;
  const way = await signIn(sender, doors.signIn, leaver, operations);
  if (!way) return undefined;
  const saw = await shownTo(ground, inviter, way.session);
  const steps = [`invited ${leaver.email} as ${inviter.name}, accepted, and signed in`];
  const told = await removed(ground, leaving);
  if (told === undefined) return none(about.question, about.flow, 'no way was found to remove somebody from a team');
  steps.push(`removed him as ${inviter.name}, by ${told}`);
  const again = await signIn(sender, doors.signIn, leaver, operations);
  // Too many sign-ins are refused as well: somebody else must still get in.
  if (!again && !(inviter.account && (await signIn(sender, doors.signIn, inviter.account, operations))))
    return unknown(about, 'nobody could sign in any more afterwards, so it is not clear what the removal did', steps);
  steps.push(again ? 'signed in once more as him' : 'signing in as him is refused from then on');
  const leaders = await shownTo(ground, inviter, inviter.session);
  const { lost, still, doubts } = await outlived(ground, inviter, { saw, leaders, old: way.session, again: again?.session });
  if (lost === undefined)
    return doubts.length > 0
      ? unclear(about, doubts.join('; '), steps)
      : unknown(about, 'the removal took nothing away that we could see', steps);
  steps.push(`GET ${still ?? lost} with the session from before`);
  if (doubts.length > 0) return unclear(about, doubts.join('; '), steps);
  if (still === undefined) return holds(about, 'the session of somebody who was removed from a team opens nothing of it any more', steps);
  return {
    ...broken(
      about,
      `a session from before somebody was removed from a team still opens GET ${still}, which a new sign-in does not`,
      steps,
    ),
    ...(livesShortly(way.session.token) && { mild: true as const }),
  };
}

/** Removes him; gives how, `undefined` where nothing does. */
async function removed(ground: AccountGround, leaving: Leaving): Promise<string | undefined> {
  const { sender, journal } = ground;
  const { inviter, leaver, before } = leaving;
  const fresh = (await removalForms(ground, inviter, leaver.email)).filter((form) => !before.has(keyOf(form)));
  const ways: { readonly message: Message; readonly told: string }[] = [
    // More than one that is new may be somebody else's.
    ...(fresh.length === 1 ? fresh : []).map((form) => ({
      message: {
        method: 'POST',
        path: form.action,
        body: { type: 'form', fields: form.fields.map(({ name, value }) => [name, value] as const) },
      } as const,
      told: `POST ${templateOf(form.action).template}`,
    })),
    ...(await apiRemovals(ground, leaving)),
  ];
  for (const { message, told } of ways) {
    journal.about({ who: inviter.name, method: message.method, path: message.path });
    const answer = await sender.send(message, inviter.session);
    if (answer.ok && answer.value.status < 400) return told;
  }
  return undefined;
}

/** Pages of the team, at most, that are searched for forms. */
const mostPages = 12;

/** Forms that remove somebody, on the pages that the inviter was shown of his team; `of`: only those that stand by this address. */
async function removalForms({ sender }: AccountGround, { session, seen }: Person, of?: string): Promise<Form[]> {
  const pages = [...seen.sights.values()].filter(
    ({ path, status }) => status < 300 && likelyPage.test(path) && !path.startsWith('/api/') && !/[#{]/.test(path),
  );
  const forms: Form[] = [];
  for (const { path } of pages.slice(0, mostPages)) {
    const page = await sender.send({ method: 'GET', path }, session);
    if (!page.ok || page.value.status >= 300 || !isPage(page.value.text)) continue;
    const { text } = page.value;
    for (const form of of === undefined ? formsOf(text, path, sender.origin) : formsAboutHim(text, path, sender.origin, of))
      if (form.method === 'POST' && removes.test(form.action.replace(/invit\w*/gi, '')) && !forms.some((one) => keyOf(one) === keyOf(form)))
        forms.push(form);
  }
  return forms.filter(({ action }) => !/invit/i.test(action));
}

/** A form by whom it is about: its address, and what it hides but for tokens against forged requests. */
const keyOf = ({ action, fields }: Form): string =>
  [
    action,
    ...fields.flatMap(({ name, type, value }) => (type === 'hidden' && !/csrf|xsrf|authenticity|_token$/i.test(name) ? [value] : [])),
  ].join(' ');

/** Requests of the API that remove the row with his address from a list of the team. */
async function apiRemovals(
  { sender, operations }: AccountGround,
  { inviter, leaver }: Leaving,
): Promise<{ readonly message: Message; readonly told: string }[]> {
  const ways: { readonly message: Message; readonly told: string }[] = [];
  for (const { path, status, content } of inviter.seen.sights.values()) {
    if (status >= 300 || content.json === undefined || /[#?]/.test(path) || !/member|team|user|people|collaborator|staff|seat/i.test(path))
      continue;
    const list = await sender.send({ method: 'GET', path }, inviter.session);
    const rows = list.ok ? rowsOf(contentOf(list.value.text).json) : [];
    const shape = (one: string): string => one.replace(/\{[^}]+\}/g, '{}');
    const above = shape(templateOf(path).template);
    for (const { id: name, method, path: to } of operations) {
      const rest = shape(to).startsWith(`${above}/{}`) ? shape(to).slice(above.length + 3) : undefined;
      const fits =
        (method === 'DELETE' && rest === '') || (method === 'POST' && rest !== undefined && /^\/[\w-]+$/.test(rest) && removes.test(rest));
      const parameter = pathParameters(to).at(-1);
      const id = fits && parameter !== undefined ? idOfHim(rows, leaver.email, parameter, path.split('/').at(-1) ?? '') : undefined;
      if (id !== undefined)
        ways.push({
          message: {
            method,
            path: `${path}/${encodeURIComponent(id)}${rest}`,
            ...(method === 'POST' && { body: { type: 'json', value: {} } }),
          },
          told: name,
        });
    }
  }
  return ways;
}
