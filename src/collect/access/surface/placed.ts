import { deedNamed, isNamedAfter } from './names.ts';

/** Something called by its name alone. */
export interface NamedCall {
  /** Address of the endpoint. */
  readonly at: string;
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  /** Whether it takes the id of one thing; absent where only its name tells. */
  readonly about?: boolean;
}

/** Where it would stand in a REST API. */
export interface Place {
  readonly method: string;
  readonly path: string;
  /** What it is about: `order`. */
  readonly noun: string;
}

const entrance = /(?:^|[._])(?:log-?_?in|log-?_?out|sign-?_?(?:in|up|out)|register|auth\w*|password|reset|session|verify)(?:$|[._])/i;
const himself = /(?:^|[a-z_])(?:me|myself|self|profile|account|viewer|currentUser|current_user)$/i;

/**
 * Gives each call an address of its own by its name: `order.list`, `order.byId`, `createOrder` and the like are a list and what is done with its things;
 * other mutations are deeds on one of them (`/api/trpc/order/{id}/close`). Who takes the address of another has none.
 */
export function placed<C extends NamedCall>(calls: readonly C[]): (C & Place)[] {
  const named = calls.map((one) => ({ call: one, ...meaningOf(one) }));
  const lists = new Map(
    named.flatMap(({ call, deed, noun }) => (call.kind === 'query' && deed ? [[`${below(call.at)}/${noun}`, noun] as const] : [])),
  );
  const taken = new Set<string>();
  return named.flatMap(({ call, deed, noun }): (C & Place)[] => {
    const free = addressesOf(call, deed, noun, lists).find((one) => !taken.has(one.join(' ')));
    if (!free) return [];
    taken.add(free.join(' '));
    const [method, path] = free;
    return [{ ...call, noun, method, path }];
  });
}

type Meaning = ReturnType<typeof deedNamed>;

function meaningOf({ kind, name, about }: NamedCall): Meaning {
  const told = deedNamed(name);
  if (kind === 'mutation' || about === undefined || isHimself(name, told.noun)) return told;
  return { noun: told.noun, deed: about ? 'get' : 'list' };
}

const isHimself = (name: string, noun: string): boolean => himself.test(name.split('.').at(-1) ?? '') || himself.test(noun);

type Address = readonly [method: string, path: string];

/** The likeliest first. */
function addressesOf(
  { at, kind, name, about }: NamedCall,
  deed: Meaning['deed'],
  noun: string,
  lists: ReadonlyMap<string, string>,
): Address[] {
  const base = below(at);
  const own = `${base}/${name.replaceAll('.', '/')}`;
  const list = `${base}/${noun}`;
  const mine = isHimself(name, noun);
  if (kind === 'query') {
    if (mine && !about)
      return [
        ['GET', deed === 'get' ? list : own],
        ['GET', own],
      ];
    if (deed !== 'list' && deed !== 'get') return [['GET', own]];
    const end = deed === 'get' ? '/{id}' : '';
    return [
      ['GET', `${list}${end}`],
      ['GET', `${own}${end}`],
    ];
  }
  if (mine && deed === 'update' && !about) return [['PATCH', `${base}/me`]];
  const place = entrance.test(name) ? undefined : [...lists].find(([, thing]) => isNamedAfter(noun, thing))?.[0];
  if (place === undefined) return [['POST', own]];
  if (deed === 'create')
    return [
      ['POST', place],
      ['POST', own],
    ];
  const onThing: Address = ['POST', `${place}/{id}/${name.split('.').at(-1)}`];
  if (deed === 'update') return [['PATCH', `${place}/{id}`], onThing];
  return deed === 'delete' ? [['DELETE', `${place}/{id}`], onThing] : [onThing];
}

const below = (at: string): string => (at === '/' ? '' : at);
