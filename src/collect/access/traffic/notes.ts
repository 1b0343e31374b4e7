import { look } from '../objects/browse.ts';
import { note } from '../objects/seen.ts';
import type { Person } from '../people/person.ts';
import { record } from '../surface/schema.ts';
import { dangerOf } from '../surface/safety.ts';
import { operationKey } from '../surface/operation.ts';
import { templateOf } from '../surface/template.ts';
import { contentOf, isPage } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import { type Exchange, isTelling, type Recording } from './exchange.ts';
import { isSecretName, withoutSecrets } from './secrets.ts';
import { idsIn, sentBody } from './sent.ts';

/** Answers that are remembered of one route. */
const perRoute = 5;

/** Puts what somebody's pages were answered, and what they sent, into what he has seen. Secrets are left out. */
export function noteTraffic({ seen }: Pick<Person, 'seen'>, { exchanges }: Recording): void {
  const counts = new Map<string, number>();
  for (const exchange of exchanges.filter(isTelling)) {
    const { method, path, status, text } = exchange;
    const [plain = ''] = path.split('?');
    const { template } = templateOf(plain);
    const key = operationKey({ method, path: template });
    const body = sentBody(exchange);
    // A sign-in: what it answers is a session.
    if (body && Object.keys(body.value).some(isSecretName)) continue;
    if (body && (status === 0 || status < 300)) seen.sent.set(key, record(withoutSecrets(body.value)));
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > perRoute || status < 200 || status >= 300) continue;
    const { json } = contentOf(text);
    if (json === undefined && !(method === 'GET' && isPage(text))) continue;
    const kept = json === undefined ? text : JSON.stringify(withoutSecrets(json));
    // What is not asked again has no address of its own: as with what was made.
    const at = method === 'GET' && dangerOf({ method, path: template }) === undefined ? path : `${plain}#${method}`;
    seen.sights.set(at, { ...note(seen, at, { status, text: kept }), observed: true });
  }
}

/** Lists asked again as everybody else. */
const mostLists = 20;

/**
 * Shows everybody the lists that others' pages asked for by a query: what the app lists to somebody is no secret to him, and a recording of one
 * person must not make it look like one.
 */
export async function showLists(sender: Sender, people: readonly Person[], recordings: readonly Recording[]): Promise<void> {
  const customers = new Set(people.flatMap(({ name, account, administrator }) => (account && !administrator ? [name] : [])));
  const lists = new Set(
    recordings
      .filter(({ who }) => customers.has(who))
      .flatMap(readsOf)
      .flatMap(({ method, path }) => {
        const [plain = '', query] = path.split('?');
        const asked = Object.fromEntries(new URLSearchParams(query));
        const isList = method === 'GET' && query !== undefined && templateOf(plain).ids.length + idsIn(asked).length === 0;
        return isList && !Object.keys(asked).some(isSecretName) ? [path] : [];
      }),
  );
  for (const path of [...lists].slice(0, mostLists))
    for (const person of people) if (!person.seen.sights.has(path)) await look(sender, person, path);
}

/** The exchanges of `who` that only read: GETs, and what is posted to an address that says so. */
export const readsOf = ({ exchanges }: Recording): Exchange[] =>
  exchanges.filter(({ method, path, status }) => {
    const [plain = ''] = path.split('?');
    return (
      status >= 200 &&
      status < 300 &&
      isTelling({ method, path }) &&
      dangerOf({ method, path: templateOf(plain).template }) === undefined &&
      (method === 'GET' || (method === 'POST' && saysRead.test(plain)))
    );
  });

const saysRead = /(?:^|[/_.-])(?:get|read|fetch|find|list|query|search|show|view|load|lookup|details?)(?:$|[/_.-]|(?=[A-Z]))/;
