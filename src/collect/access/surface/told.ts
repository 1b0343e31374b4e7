import type { LiveAccess, LiveCell, LiveRoute } from '../../../evidence/live-access.ts';
import type { Route } from '../../../evidence/routes.ts';
import type { Made } from '../objects/create.ts';
import type { Sender } from '../wire/sender.ts';
import { whyHeld } from './allowed.ts';
import { operationsOfCode } from './discover.ts';
import { isGuess, type Operation, operationKey } from './operation.ts';

/** The same sender, and what was sent by it: `GET /api/invoices/7`, each once. */
export function sentLog(sender: Sender): { readonly sender: Sender; readonly sent: ReadonlySet<string> } {
  const sent = new Set<string>();
  const send: Sender['send'] = (message, session) => {
    sent.add(`${message.method} ${message.path.split(/[?#]/, 1)[0]}`);
    return sender.send(message, session);
  };
  return { sender: { ...sender, send }, sent };
}

/** What a run did, as far as it tells which routes were tried. */
export interface Done extends Pick<LiveAccess, 'cells' | 'sessions' | 'accounts' | 'webhooks' | 'escalations' | 'withstood'> {
  readonly operations: readonly Operation[];
  readonly sent: ReadonlySet<string>;
  readonly made: readonly Pick<Made, 'operation'>[];
  /** Routes of the code, for the lines at which they stand. */
  readonly code: readonly Route[];
  readonly writes: boolean;
}

/** Every route that the app is known to have: whether something could be said of it, and why not. A route that was only guessed and told nothing is none. */
export function routesTold(done: Done): LiveRoute[] {
  const { operations, cells, sent, made, code, writes } = done;
  const matching = matcher(operations);
  const tried = new Set([...cells.map(({ route }) => keyOf(route)), ...judged(done).flatMap(matching)]);
  const asked = new Set([...sent].flatMap(matching));
  const makers = new Set(made.map(({ operation }) => operationKey(operation)));
  const places = new Map(code.flatMap((route) => operationsOfCode([route]).map((one) => [operationKey(one), route.place] as const)));
  return operations.flatMap((operation): LiveRoute[] => {
    const { id, sources } = operation;
    const key = operationKey(operation);
    const place = places.get(key);
    const about = { id, sources, ...(place && { place }) };
    if (tried.has(key)) return [{ ...about, tried: true }];
    if (isGuess(operation)) return [];
    const known = { asked: asked.has(key), makes: makers.has(key), writes };
    return [{ ...about, tried: false, why: reason(operation, known), ...((known.asked || known.makes) && { asked: true as const }) }];
  });
}

/** The tries without those on routes that we made up ourselves and that gave nobody anything: they are not there. */
export function withoutAir(operations: readonly Operation[], cells: readonly LiveCell[]): LiveCell[] {
  const there = new Set(cells.flatMap(({ route, outcome }) => (outcome === 'unknown' ? [] : [keyOf(route)])));
  const guessed = new Set(operations.filter(isGuess).map(operationKey));
  return cells.filter(({ route }) => there.has(keyOf(route)) || !guessed.has(keyOf(route)));
}

interface Known {
  readonly asked: boolean;
  readonly makes: boolean;
  readonly writes: boolean;
}

function reason(operation: Operation, { asked, makes, writes }: Known): string {
  const { id, method, path } = operation;
  const reads = method === 'GET';
  if (makes) return 'it makes things, and takes nothing that is of others';
  if (asked) return reads ? 'nothing in it belongs to one person' : 'it was sent, and nothing of others came back or changed';
  const danger = whyHeld(operation);
  if (danger !== undefined) return `not sent: ${danger}; --allow '${id}' lets it be sent`;
  if (!reads && !writes) return 'not sent: it may change something, which takes --allow-writes';
  if (path.includes('{')) return 'no thing of its kind was found or could be made';
  return reads ? 'not sent: nobody was led there' : 'not sent: it is not known what it takes';
}

/** Requests that somebody's trial was about, and of which it is known what came of them. */
function judged({ sessions, accounts, webhooks, escalations, withstood }: Done): string[] {
  const told = [...sessions, ...accounts, ...webhooks].filter(({ outcome }) => outcome === 'holds' || outcome === 'broken');
  const steps = told.flatMap((trial) => trial.steps);
  const named = [...steps.join('\n').matchAll(/\b(?:GET|POST|PUT|PATCH|DELETE) \/[^\s,;?]*/g)].map(([request]) => request);
  return [
    ...named,
    ...webhooks.flatMap(({ outcome, route }) => (outcome === 'unknown' ? [] : [route])),
    ...escalations.map(({ route }) => route),
    ...withstood,
  ];
}

const keyOf = (id: string): string => {
  const [method = '', path = ''] = id.split(' ', 2);
  return operationKey({ method, path });
};

/** Gives the keys of the operations that a request is for: those without a parameter before those with one. */
function matcher(operations: readonly Operation[]): (request: string) => string[] {
  const known = new Map<string, { readonly key: string; readonly parts: readonly string[] }[]>();
  for (const operation of operations) {
    const parts = operation.path.split('/');
    const at = `${operation.method} ${parts.length}`;
    known.set(at, [...(known.get(at) ?? []), { key: operationKey(operation), parts }]);
  }
  return (request) => {
    const [method = '', path = ''] = request.split(' ', 2);
    const parts = path.split('/');
    const fits = (known.get(`${method} ${parts.length}`) ?? []).filter((one) =>
      one.parts.every((part, index) => part === parts[index] || part.includes('{')),
    );
    const plain = fits.filter((one) => one.parts.every((part, index) => part === parts[index]));
    return (plain.length > 0 ? plain : fits).map(({ key }) => key);
  };
}
