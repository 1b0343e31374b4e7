import { keyName, singular } from '../objects/seen.ts';

export type Deed = 'create' | 'update' | 'delete' | 'list' | 'get';

const verbs: Readonly<Record<'create' | 'update' | 'delete', RegExp>> = {
  create: /^(?:create|add|new|make|insert|post|submit|open|write|place)$/,
  update: /^(?:update|edit|set|change|modify|patch|save|rename|upsert|put)$/,
  delete: /^(?:delete|remove|destroy|del|discard)$/,
};
const lists = /^(?:list|all|mine|many|search|infinite|page|paginated|recent|latest|index)$/;
const gets = /^(?:get|by|one|find|fetch|read|view|show|single|detail|details|load|unique|first)$/;
/** Says how, not what. */
const filler = /^(?:item|items|one|single|by|id|uuid|pk|many|all|my|mine|get|list|find|fetch|current|the|for|query|mutation)$/;

/** What an operation is called by its words: `updateOrder` and `orders.update` change an `order`, `orderById` gets one. */
export function deedNamed(name: string): { readonly deed?: Deed; readonly noun: string } {
  const parts = name.split('.');
  const words = wordsOf(parts.at(-1) ?? '');
  const ends = [words[0], words.at(-1)];
  // One that says how many it takes takes one as well: `create_orders_item`.
  const writing = (['create', 'update', 'delete'] as const).find((one) =>
    words.some((word) => ends.includes(word) && verbs[one].test(word)),
  );
  const at = writing ?? (words[0] !== undefined && verbs.create.test(words[0]) ? 'create' : undefined);
  const rest = words.filter((word) => !filler.test(word) && !lists.test(word) && !gets.test(word) && !(at && verbs[at].test(word)));
  const above = parts.length > 1 ? wordsOf(parts.at(-2) ?? '') : [];
  const own = singular((rest.length > 0 ? rest : above).join('_'));
  // `ticket.close`: what is done is all its name says.
  const noun = at || above.length === 0 ? own : singular(above.join('_'));
  if (at) return { deed: at, noun };
  if (words.some((word) => lists.test(word))) return { deed: 'list', noun };
  if (words.some((word) => gets.test(word)) && (rest.length === 0 || words.includes('by') || singular(rest.at(-1)!) === rest.at(-1)))
    return { deed: 'get', noun };
  return words.length > 0 && singular(words.at(-1)!) !== words.at(-1) ? { deed: 'list', noun } : { noun };
}

const wordsOf = (name: string): string[] => keyName(name).split('_').filter(Boolean);

/** Whether a noun names a thing, or what is done with it: `order`, `close_order`, `order_note`. */
export const isNamedAfter = (noun: string, thing: string): boolean => noun === thing || noun.endsWith(`_${thing}`);

/** Whether a name is that of an id, of whatever: `id`, `orderId`, `uuid`, `slug`. */
export const isIdName = (name: string): boolean => /(?:^|_)(?:id|uuid|guid|key|slug|nr)$/.test(keyName(name));
