import { plural } from '../../core/wording.ts';
import type { Message, Sender } from './wire/sender.ts';
import type { Session } from './wire/session.ts';

/**
 * What a run does, in its order, with the share of its time that each took on the apps it was tried on. Shares say how far a run is; how fast the
 * app answers is learned while it goes on.
 */
const steps = {
  'finding the routes of the app': 3,
  'signing in': 8,
  'walking through the app in a browser': 40,
  'looking at the app as each person': 6,
  'making things as each person': 8,
  'reading things as the others': 11,
  'changing things as others': 30,
  'repeating what was found': 12,
  'trying to gain more rights': 4,
  'sending messages to webhooks': 2,
  'trying how sessions begin and end': 12,
  'removing what was made': 6,
  'trying how people get into their accounts': 18,
} as const;

export type Step = keyof typeof steps;

export interface Pace {
  /** A step begins. `words`: instead of its name. */
  begin(step: Step, words?: string): void;
  /** The same sender; each of its requests is told. */
  readonly sender: Sender;
}

/** Tells how far a run is with each request: what it does, how many requests were sent, and about how long it still takes. `skips`: steps that this run does not have. */
export function paced(
  sender: Sender,
  tell: (message: string) => void,
  skips: readonly Step[] = [],
  now: () => number = () => performance.now(),
): Pace {
  const plan = (Object.keys(steps) as Step[]).filter((step) => !skips.includes(step));
  const whole = plan.reduce((sum, step) => sum + steps[step], 0);
  const began = now();
  let current: Step | undefined;
  let words = '';
  /** When the step began, and how much of the whole was done by then. */
  let since = began;
  let done = 0;

  const left = (): string => {
    const share = current === undefined ? 0 : steps[current];
    const time = now();
    // Before a tenth is done the time so far says nothing.
    if (done < whole / 10) return '';
    const pace = (since - began) / done;
    const rest = pace * (whole - done) - Math.min(time - since, pace * share);
    return `, about ${durationText(rest)} left`;
  };
  const say = (): void => {
    const sent = sender.sent();
    tell(sent === 0 ? words : `${words} (${plural(sent, 'request')}${left()})`);
  };
  return {
    begin(step, as = step) {
      const index = plan.indexOf(step);
      if (index >= 0) done = plan.slice(0, index).reduce((sum, one) => sum + steps[one], 0);
      current = step;
      words = as;
      since = now();
      say();
    },
    sender: {
      ...sender,
      send(message: Message, session?: Session) {
        if (words !== '') say();
        return sender.send(message, session);
      },
    },
  };
}

/** `20 s`, `3 min`: as exact as such a guess is. */
function durationText(ms: number): string {
  const seconds = Math.max(5, Math.ceil(ms / 5000) * 5);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
