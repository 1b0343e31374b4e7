import { operationId, type Operation } from './operation.ts';

/** What is usually done with one thing of a list. */
const itemMethods = ['GET', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * Operations that nobody named, and that stand to reason beside those known: who may add to a list may have a way to read it, and one thing of it has
 * its methods (OWASP API5:2023, methods that only the menu hides). That they are there is for the run to find out; what they do to things, it tries on its
 * own first. Only addresses of an API: every path of a page in the browser would answer.
 */
export function familiesOf(known: readonly Operation[]): Operation[] {
  const ids = new Set(known.map(({ id }) => plain(id)));
  const guesses = known.flatMap(({ path, method, sources, way }): Operation[] => {
    if (way) return [];
    if (sources.every((source) => source === 'crawl') && !/^\/(?:api|rest|v\d)\//.test(path)) return [];
    const item = /^(.*)\/\{[^}/]+\}$/.exec(path);
    const list = item?.[1] ?? (method === 'POST' ? path : undefined);
    if (list === undefined || list === '' || list.endsWith('}') || isDeed(list)) return [];
    const one = item ? path : `${list.replace(/\/$/, '')}/{id}`;
    return [guessed('GET', list), ...itemMethods.map((verb) => guessed(verb, one))];
  });
  return [...new Map(guesses.map((one) => [plain(one.id), one])).values()].filter(({ id }) => !ids.has(plain(id)));
}

const plain = (id: string): string => id.replace(/\{[^}]+\}/g, '{}');

/** Not a list: something that is done. */
const isDeed = (path: string): boolean =>
  /\/(?:log-?(?:in|out)|sign-?(?:in|up|out)|register|auth|token|refresh|verify|search|upload|graphql|rpc|check\w*|webhooks?|me|profile|settings)$/i.test(
    path,
  );

const guessed = (method: string, path: string): Operation => ({
  id: operationId(method, path),
  method,
  path,
  parameters: [],
  sources: ['guess'],
});
