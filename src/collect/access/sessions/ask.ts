import type { SessionQuestion, SessionTrial } from '../../../evidence/live-sessions.ts';
import type { Journal } from '../journal/journal.ts';
import type { Person } from '../people/person.ts';
import { crossSite } from './cross-site.ts';
import { cookieFlags, fixation } from './cookie.ts';
import { enumeration } from './enumeration.ts';
import { forgedToken } from './forged.ts';
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
    return questions.map((question) => unknown(question, 'the account could not be signed in a second time'));
  }
  const ground = { ...asked, way };
  const trials: SessionTrial[] = [];
  for (const ask of [cookieFlags, lifetime, forgedToken, enumeration, secondStepSkipped, codeTwice]) trials.push(await ask(ground));
  trials.push(...(await singleSignOn(ground)), ...(await redirectUri(ground)));
  trials.push(await crossSite(ground, as, journal), await fixation(ground));
  await between();
  trials.push(await afterLogout(ground), await refreshAfterLogout(ground));
  return trials;
}

const questions: readonly SessionQuestion[] = [
  'second-step',
  'code-twice',
  'cookie',
  'lifetime',
  'forged-token',
  'enumeration',
  'cross-site',
  'fixation',
  'logout',
  'refresh',
];
