import type { LiveCell } from '../../../src/evidence/live-access.ts';
import type { Exchange } from './exchanges.ts';
import type { Replayed, Said } from './rules.ts';

/**
 * The request of a try as its owner and as the other sent it, as a tool that sends what it recorded once more would have both; `undefined` where the owner
 * never sent it with success, so that no tool would have recorded it. Reads are about the same address. Writes are about two things of a kind, each of
 * which took one change: where both were answered with what they had sent, that counts as the same. `recorded`: whose request counts as the owner's, too.
 */
export function pairOf(
  exchanges: readonly Exchange[],
  { verb, who, whose, route, request, status }: LiveCell,
  recorded: readonly string[] = [whose],
): Replayed | undefined {
  const [method = '', path = ''] = request.split(' ');
  const isRead = verb === 'read' || verb === 'list';
  const isSame = isRead || request.includes(' about ') || !route.includes('{');
  const alike = pattern(route);
  const isOn = (one: Exchange): boolean => one.method === method && (verb === 'create' ? alike.test(plain(one.path)) : one.path === path);
  const his = indexes(exchanges, (one) => one.who === who && isOn(one));
  const others = his.filter((at) => exchanges[at]!.status === status);
  const owners = indexes(
    exchanges,
    (one) =>
      (one.who === whose || recorded.includes(one.who)) &&
      one.method === method &&
      one.status < 400 &&
      (isSame ? plain(one.path) === plain(path) : alike.test(plain(one.path))),
  );
  const [owner, other] = closest(owners, others.length > 0 ? others : his, !isRead).map((at) => exchanges[at]);
  if (!owner || !other) return undefined;
  return { ...(isRead ? { owner, other } : aligned(owner, other)), hasParameter: hasParameter(route, owner) };
}

/** Whether a request says which thing it is about. */
export const hasParameter = (route: string, { path, sent }: Exchange): boolean => /[{:<]/.test(route) || path.includes('?') || sent !== '';

const plain = (path: string): string => path.split(/[?#]/, 1)[0] ?? '';

/** The addresses of a route: `/api/users/{id}`. */
export const pattern = (route: string): RegExp =>
  new RegExp(
    `^${route
      .replace(/^[A-Z]+ /, '')
      .split(/\{[^}]*\}|:[A-Za-z_]\w*|<[^>]*>/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^/]+')}/?$`,
    'i',
  );

function indexes(exchanges: readonly Exchange[], wanted: (one: Exchange) => boolean): number[] {
  return exchanges.flatMap((one, at) => (wanted(one) ? [at] : []));
}

/** Of each kind one, as near to each other in time as can be. `before`: the owner's first, which is how a change is learned. */
function closest(owners: readonly number[], others: readonly number[], before: boolean): number[] {
  let best: readonly number[] = [];
  let least = Infinity;
  for (const other of others)
    for (const owner of owners) {
      const far = Math.abs(other - owner) + (before && owner > other ? 1e6 : 0);
      if (far < least) [least, best] = [far, [owner, other]];
    }
  return [...best];
}

const mark = /\blr[0-9a-f]{10}/g;

/** Two answers to changes of two things, without what each holds of its own request only. */
function aligned(owner: Exchange, other: Exchange): { readonly owner: Said; readonly other: Said } {
  const texts = [owner, other].map(({ text }) => text.replace(mark, 'lr'));
  try {
    const [one, two] = texts.map((text) => JSON.parse(text) as unknown);
    const told = [owner, other].map(({ path, sent }) => `${path} ${sent}`.replace(mark, 'lr'));
    const echoed = echoes(one, two, told[0]!, told[1]!);
    return { owner: { ...owner, text: JSON.stringify(one) }, other: { ...other, text: JSON.stringify(echoed) } };
  } catch {
    return { owner: { ...owner, text: texts[0]! }, other: { ...other, text: texts[1]! } };
  }
}

/** `two` with the values of `one` wherever both only repeat what was sent. */
function echoes(one: unknown, two: unknown, first: string, second: string): unknown {
  if (Array.isArray(one) && Array.isArray(two)) return two.map((value, at) => echoes(one[at], value, first, second));
  if (isObject(one) && isObject(two))
    return Object.fromEntries(Object.entries(two).map(([key, value]) => [key, echoes(one[key], value, first, second)]));
  return isScalar(one) && isScalar(two) && first.includes(String(one)) && second.includes(String(two)) ? one : two;
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);
const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
