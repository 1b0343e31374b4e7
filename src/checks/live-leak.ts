import type { Observation, Proof } from '../core/finding.ts';
import { plural } from '../core/wording.ts';
import { type AccessLock, answerOf } from '../evidence/access-lock.ts';
import type { LiveAccess, LiveCell, LiveVerb } from '../evidence/live-access.ts';
import { liveSource, personaOf, routeObject, routePlace } from '../evidence/live-chart.ts';
import { judgeAttempt } from '../evidence/isolation-questions.ts';

/** What the checks on the running app share: what each route gave to whom, and how that is told. */

/** What outsiders got of one route: those of the widest circle, visitors before strangers. */
export interface RouteLeak {
  readonly route: string;
  readonly cells: readonly LiveCell[];
  /** Whether it is sure that it was not meant. */
  readonly sure: boolean;
}

const circles = ['visitor', 'stranger'] as const;

/** Routes by which outsiders did one of these things to what is not theirs, as far as nobody answered that it is meant. */
export function routeLeaks({ cells }: LiveAccess, verbs: readonly LiveVerb[], lock: AccessLock): RouteLeak[] {
  const routes = new Map<string, LiveCell[]>();
  for (const cell of cells) if (verbs.includes(cell.verb)) routes.set(cell.route, [...(routes.get(cell.route) ?? []), cell]);
  return [...routes].flatMap(([route, all]): RouteLeak[] => {
    const shared = answerOf(lock, liveSource, `route ${route}`)?.with;
    const object = { ...routeObject(route, all), ...(shared && { shared }) };
    const got = all.filter(({ outcome, relation }) => outcome === 'got' && (relation === 'visitor' || relation === 'stranger'));
    const judged = got.map((cell) => ({ cell, is: judgeAttempt(object, object.cells[all.indexOf(cell)]!).is }));
    const leaks = judged.filter(({ is }) => is === 'leak').map(({ cell }) => cell);
    const open = leaks.length > 0 ? leaks : judged.filter(({ is }) => is === 'question').map(({ cell }) => cell);
    const circle = circles.find((one) => open.some(({ relation }) => relation === one));
    return circle === undefined ? [] : [{ route, cells: open.filter(({ relation }) => relation === circle), sure: leaks.length > 0 }];
  });
}

const whoWords = { visitor: 'Anybody on the internet, without an account,', stranger: 'A user of another customer' } as const;

/** `deed`: `read what belongs to other customers`. */
export function tellRoute(live: LiveAccess, { route, cells, sure }: RouteLeak, deed: string): Observation {
  const [first] = cells;
  const who = whoWords[first?.relation === 'visitor' ? 'visitor' : 'stranger'];
  const about = {
    subject: `route ${route} ${personaOf[first?.relation ?? 'stranger']}`,
    place: routePlace(live, route),
    proof: proofOf(cells),
  };
  if (!sure)
    return {
      ...about,
      outcome: 'unknown',
      severity: 'medium',
      message: `${who} can ${deed} by ${route}, ${where(cells)}. Only you can say whether that is meant.`,
      toKnow: 'Answer it once under "shared" in access.lock.yaml; launch-ready access --write-lock writes the question into it.',
    };
  if (first?.reserved !== undefined)
    return {
      ...about,
      outcome: 'fail',
      message: `${who} can ${first.verb === 'delete' ? 'remove' : 'change'} by ${route} what only those who run the app may make: ${first.reserved} refuses ordinary people, this does not. It was tried on the running app, and it worked: ${how(first)}.`,
    };
  const by = cells.every(({ proof }) => proof === 'values');
  return {
    ...about,
    outcome: 'fail',
    ...(by && { severity: 'high' as const }),
    message: `${who} can ${deed} by ${route}. It was tried on the running app, and it worked: ${how(first)}.`,
  };
}

const where = (cells: readonly LiveCell[]): string =>
  cells.every(({ shared }) => shared === 'link')
    ? 'once they are told its address, which nobody can guess'
    : 'where the app itself shows it to them';

function how(cell: LiveCell | undefined): string {
  switch (cell?.proof) {
    case 'canary': {
      const what = isMark(cell.shows[0]) ? `what ${cell.whose} had written` : `${cell.shows[0]} of ${cell.whose}`;
      return `${what} was in the answer to ${cell.who === 'visitor' ? 'a visitor' : cell.who}`;
    }
    case 're-read':
      return `after ${cell.who === 'visitor' ? 'a visitor' : cell.who} had sent it, ${cell.whose} looked, and ${(cell.shows[0] ?? 'it had changed').replace(/^its owner /, '')}`;
    default:
      return `texts that only ${cell?.whose ?? 'its owner'} had been shown were in the answer`;
  }
}

const proofOf = (cells: readonly LiveCell[]): Proof[] =>
  cells.slice(0, 4).map((cell) => ({
    kind: 'http',
    request: `${cell.request}${cell.sending === undefined ? '' : ` with ${cell.sending}`} as ${cell.who === 'visitor' ? 'a visitor' : cell.who} (it is ${cell.whose}'s)`,
    response: `${cell.status}${seenIn(cell)}`,
  }));

/** `; in it lr0a1b2c3d4e-title, a mark that only anna had written`. */
function seenIn({ shows, proof, whose }: LiveCell): string {
  const what = shows.slice(0, 2).join(', ');
  if (what === '') return '';
  return proof === 'canary' && isMark(shows[0]) ? `; in it ${what}: a mark of this test that only ${whose} had written` : `; ${what}`;
}

/** What we put into everything that we make. */
const isMark = (text = ''): boolean => /^lr[0-9a-f]{10}/.test(text);

/** What is said where nobody from outside got through a route. */
export function passes(live: LiveAccess, verbs: readonly LiveVerb[], leaking: readonly RouteLeak[], deed: string): Observation[] {
  const told = new Set(leaking.map(({ route }) => route));
  const routes = new Map<string, LiveCell[]>();
  for (const cell of live.cells)
    if (verbs.includes(cell.verb) && (cell.relation === 'visitor' || cell.relation === 'stranger'))
      routes.set(cell.route, [...(routes.get(cell.route) ?? []), cell]);
  return [...routes].flatMap(([route, all]): Observation[] => {
    if (told.has(route)) return [];
    const subject = `route ${route}`;
    const refused = all.filter(({ outcome }) => outcome === 'refused').length;
    if (refused === 0 && all.every(({ outcome }) => outcome === 'unknown'))
      return [
        {
          outcome: 'unknown',
          subject,
          severity: 'low',
          place: routePlace(live, route),
          message: `Could not tell whether others can ${deed} by ${route}: ${all[0]?.why ?? 'no try was a fair one'}.`,
          toKnow: 'Give people who can do it themselves under access.people in launch-ready.yaml.',
        },
      ];
    return refused === 0
      ? []
      : [
          {
            outcome: 'pass',
            subject,
            place: routePlace(live, route),
            message: `${plural(refused, 'try', 'tries')} by others to ${deed} by ${route} got nothing.`,
          },
        ];
  });
}
