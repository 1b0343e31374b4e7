import type { Observation, Place } from '../core/finding.ts';
import { noLiveAccess, type LiveAccess } from '../evidence/live-access.ts';
import { placeNamed, routePlace } from '../evidence/live-chart.ts';
import type { SessionQuestion, SessionTrial } from '../evidence/live-sessions.ts';
import { toldTrial } from './told-trial.ts';

/** What came of one question about sessions, as an observation; nothing where the app has nothing of the kind. */
export function* tellSession(live: LiveAccess, question: SessionQuestion): Generator<Observation> {
  for (const trial of live.sessions) {
    if (trial.question !== question || trial.outcome === 'none') continue;
    yield toldTrial(trial, {
      subject: `session ${question}`,
      place: placeOf(live, trial),
      tried: `Tried on the running app: ${trial.text}.`,
      untried: `Could not try it on the running app: ${trial.text}.`,
      toKnow: trial.toKnow ?? 'Give an account that can sign in with a password, and let things be made with --allow-writes.',
    });
  }
}

/** The route that the trial names, else the one that begins or ends sessions, where its line in the code is known; else the app. */
function placeOf(live: LiveAccess, { question, text }: SessionTrial): Place {
  const named = placeNamed(live, text);
  if (named.name !== undefined || question === 'cross-site') return named;
  const wanted = question === 'logout' ? /^POST .*\/(?:log|sign)[-_]?out$/i : /^POST .*\/(?:log|sign)[-_]?in$/i;
  const door = live.routes.find(({ id, place }) => place && wanted.test(id));
  return door ? routePlace(live, door.id) : named;
}

/** A running app in which one question was asked. */
export const sampleSession = (question: SessionQuestion, outcome: SessionTrial['outcome'], text: string): LiveAccess => ({
  ...noLiveAccess,
  origin: 'http://localhost:3000',
  sessions: [{ question, outcome, text, steps: ['signed in', text] }],
});
