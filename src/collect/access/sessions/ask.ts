import type { SessionQuestion, SessionTrial } from '../../../evidence/live-sessions.ts';
import type { Journal } from '../journal/journal.ts';
import { isPlain } from '../people/doors.ts';
import type { Person } from '../people/person.ts';
import { standingOf } from '../people/sign-in.ts';
import { crossSite } from './cross-site.ts';
import { cookieFlags, fixation } from './cookie.ts';
import { enumeration } from './enumeration.ts';
import { forgedToken } from './forged.ts';
import { idle } from './idle.ts';
import { lifetime } from './lifetime.ts';
import { afterLogout } from './logout.ts';
import { refreshAfterLogout } from './refresh.ts';
import { codeTwice, secondStepSkipped } from './second-factor.ts';
import { redirectUri } from './redirect-uri.ts';
import { singleSignOn } from './single-sign-on.ts';
import { freshSession, type Ground, unknown } from './trial.ts';

/**
 * All questions about sessions, one after the other, in a session that nobody else needs. `between` is waited for before the last: in some apps
 * signing out ends all sessions of an account.
 */
export async function askSessions(
  asked: Omit<Ground, 'way'>,
  as: Person,
  journal: Journal,
  between: () => Promise<void>,
): Promise<SessionTrial[]> {
  const way = await freshSession(asked);
  if (!way) {
    await between();
    return arising(asked).map((question) => unknown(question, 'the account could not be signed in a second time'));
  }
  let ground = { ...asked, way };
  const trials: SessionTrial[] = [];
  // A session that ends soon may have ended while something was waited for.
  const goOn = async (): Promise<Ground> => {
    if ((await standingOf(asked.sender, ground.way.session, ground.way.witness)).is === 'not his')
      ground = { ...ground, way: (await freshSession(asked)) ?? ground.way };
    return ground;
  };
  for (const ask of [cookieFlags, lifetime, idle, forgedToken, enumeration, secondStepSkipped, codeTwice])
    trials.push(await ask(await goOn()));
  trials.push(...(await singleSignOn(await goOn())), ...(await redirectUri(await goOn())));
  trials.push(await crossSite(await goOn(), as, journal), await fixation(await goOn()));
  await between();
  trials.push(await afterLogout(await goOn()), await refreshAfterLogout(await goOn()));
  return trials;
}

/** The questions that there are for an account, as far as can be told without a session of it. */
const arising = ({ account, doors }: Omit<Ground, 'way'>): SessionQuestion[] => [
  ...(account.totp === undefined ? [] : (['second-step', 'code-twice'] as const)),
  'cookie',
  'lifetime',
  'forged-token',
  ...(doors.some(isPlain) ? (['enumeration'] as const) : []),
  'cross-site',
  'fixation',
  'logout',
  'refresh',
  ...(doors.some((door) => door.kind === 'elsewhere' && door.sso) ? (['sso-state', 'sso-code', 'sso-bound'] as const) : []),
];
