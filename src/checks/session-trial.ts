import type { Observation, Place } from '../core/finding.ts';
import { noLiveAccess, type LiveAccess } from '../evidence/live-access.ts';
import { placeNamed, routePlace } from '../evidence/live-chart.ts';
import type { SessionQuestion, SessionTrial } from '../evidence/live-sessions.ts';

/** What came of one question about sessions, as an observation; nothing where the app has nothing of the kind. */
export function* tellSession(live: LiveAccess, question: SessionQuestion): Generator<Observation> {
  for (const trial of live.sessions) {
    if (trial.question !== question || trial.outcome === 'none') continue;
    const about = {
      subject: `session ${question}`,
      place: placeOf(live, trial),
      proof: trial.steps.map((text) => ({ kind: 'step' as const, text })),
    };
    if (trial.outcome === 'broken')
      yield {
        ...about,
        outcome: 'fail',
        message: `Tried on the running app: ${trial.text}.`,
        ...(trial.mild && { severity: 'low' as const }),
      };
    else if (trial.outcome === 'holds') yield { ...about, outcome: 'pass', message: `Tried on the running app: ${trial.text}.` };
    else
      yield {
        ...about,
        outcome: 'unknown',
        severity: 'low',
        message: `Could not try it on the running app: ${trial.text}.`,
        toKnow: trial.toKnow ?? 'Give an account that can sign in with a password, and let things be made with --allow-writes.',
      };
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
