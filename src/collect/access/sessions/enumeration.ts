import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { isLocal } from '../../http/client.ts';
import { type Account, newAccount, withoutCode } from '../people/account.ts';
import { isPlain } from '../people/doors.ts';
import { pass } from '../people/pass.ts';
import { contentOf, isPage, saysNothing } from '../wire/content.ts';
import { hearing } from '../wire/hearing.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { type Ground, unknown } from './trial.ts';

/** Whether signing in tells which addresses have an account (ASVS 6.3.8): the same wrong password, for one that has and one that has not. */
export async function enumeration(ground: Ground): Promise<SessionTrial> {
  const { sender, account, way } = ground;
  if (!isPlain(way.door))
    return { question: 'enumeration', outcome: 'none', text: 'nobody signs in with a password at the app itself', steps: [] };
  if (!ground.writes && !isLocal(new URL(sender.origin)))
    return unknown('enumeration', 'wrong passwords are sent to an app elsewhere only with --allow-writes');
  const nobody = newAccount();
  const password = `${nobody.password}x`;
  const real = await refusal(sender, way.door, { ...account, password });
  const none = await refusal(sender, way.door, { ...nobody, password });
  if (!real || !none) return unknown('enumeration', 'a wrong password was not refused in a way that could be compared');
  const steps = [`wrong password for an account → ${told(real)}`, `wrong password for no account → ${told(none)}`];
  // Whoever has tried too often is told that, whatever he asks.
  if ([real, none].some(({ status }) => saysNothing(status) || status >= 500))
    return unknown('enumeration', 'a wrong password was not refused for being wrong', steps);
  const same = alike([real, account], [none, nobody]);
  if (!same) {
    // What differs for two that have no account says nothing of those that have one.
    const other = newAccount();
    const again = await refusal(sender, way.door, { ...other, password });
    if (!again || !alike([again, other], [none, nobody]))
      return unknown('enumeration', 'the answer to a wrong password is another one each time', steps);
  }
  return same
    ? { question: 'enumeration', outcome: 'holds', text: 'a wrong password is answered alike, whether there is an account or not', steps }
    : {
        question: 'enumeration',
        outcome: 'broken',
        text: 'a wrong password is answered differently for an address that has an account',
        steps,
      };
}

type Names = Pick<Account, 'email' | 'username'>;

/** Whether two refusals say the same to whoever reads them, but for who was named and what is new each time. */
const alike = ([one, mine]: readonly [Answer, Names], [other, his]: readonly [Answer, Names]): boolean =>
  one.status === other.status && calm(one, mine) === calm(other, his);

function calm({ text }: Answer, { email, username }: Names): string {
  // Of a page, what is to be read: tokens and names of forms are new each time.
  const said = isPage(text) ? contentOf(text).values.join('\n') : text;
  return [email, username]
    .reduce<string>((whole, name) => (name === undefined ? whole : whole.replaceAll(name, '')), said)
    .replace(/[\w-]{16,}|\d+/g, '');
}

const told = ({ status, text }: Answer): string =>
  `${status} ${text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120)}`;

/** The last answer to a sign-in that must not work. */
async function refusal(sender: Sender, door: Parameters<typeof pass>[1], account: Parameters<typeof pass>[2]): Promise<Answer | undefined> {
  let last: Answer | undefined;
  const listening = hearing(sender, ({ method }, answer) => {
    if (method === 'POST' && answer.ok) last ??= answer.value;
  });
  await pass(listening, door, withoutCode(account), emptySession());
  return last;
}
