import type { Person } from '../people/person.ts';
import { readPage } from '../surface/crawl.ts';
import { isForTheWhole, whyHeld } from '../surface/allowed.ts';
import { operationId, type Operation } from '../surface/operation.ts';
import { dangerOf } from '../surface/safety.ts';
import { templateOf } from '../surface/template.ts';
import type { Sender } from '../wire/sender.ts';
import { knownAs, note } from './seen.ts';
import { isPage } from '../wire/content.ts';

/** Pages and answers, at most, that one person is shown. */
const most = { pages: 80, perTemplate: 3 };

/**
 * Looks at all the app shows somebody: what its API lists, and the pages that link to each other from the start page. Only reads, and only
 * addresses that do not promise harm. Gives the routes that pages led to.
 */
export async function browse(sender: Sender, person: Person, operations: readonly Operation[]): Promise<Operation[]> {
  const found = new Map<string, Operation>();
  for (const operation of operations) {
    const { method, path, parameters, allowed } = operation;
    if (method !== 'GET' || path.includes('{') || whyHeld(operation) !== undefined || isForTheWhole(operation)) continue;
    const query = parameters.filter(({ in: where, required }) => where === 'query' && required);
    const filled = query.map(({ name }) => [name, knownAs(person.seen, name).at(-1)] as const);
    if (filled.some(([, value]) => value === undefined)) continue;
    const search = new URLSearchParams(filled.map(([name, value]): [string, string] => [name, value ?? '']));
    await look(sender, person, filled.length > 0 ? `${path}?${search}` : path, allowed);
  }
  const open = [
    '/',
    ...(person.landing === undefined ? [] : [person.landing]),
    ...[...person.seen.sights.keys()].filter((path) => !path.startsWith('/api/')),
  ];
  const known = new Set(open);
  const perTemplate = new Map<string, number>();
  for (let nth = 0; nth < open.length && nth < most.pages; nth += 1) {
    const path = open[nth]!;
    const text = await look(sender, person, path);
    if (text === undefined || !isPage(text)) continue;
    for (const link of readPage(text, path, sender.origin).links) {
      if (known.has(link)) continue;
      known.add(link);
      const { template } = templateOf(link);
      if (dangerOf({ method: 'GET', path: template }) !== undefined) continue;
      const count = (perTemplate.get(template) ?? 0) + 1;
      perTemplate.set(template, count);
      if (count > most.perTemplate) continue;
      open.push(link);
      const plain = template.split('?')[0] ?? template;
      found.set(plain, { id: operationId('GET', plain), method: 'GET', path: plain, parameters: [], sources: ['crawl'] });
    }
  }
  return [...found.values()];
}

/** One look, remembered; gives the text of an answer that is one. `deliberate`: whatever its address promises. */
export async function look(sender: Sender, { session, seen }: Person, path: string, deliberate?: true): Promise<string | undefined> {
  const answer = await sender.send({ method: 'GET', path, ...(deliberate && { deliberate }) }, session);
  if (!answer.ok) return undefined;
  note(seen, path, answer.value);
  const { location, status } = answer.value;
  if (location?.startsWith('/') && status >= 300 && status < 400 && !seen.sights.has(location)) {
    const next = await sender.send({ method: 'GET', path: location }, session);
    if (next.ok) note(seen, location, next.value);
    return next.ok && next.value.status < 300 ? next.value.text : undefined;
  }
  return status < 300 ? answer.value.text : undefined;
}
