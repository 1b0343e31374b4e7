import type { Thing } from '../objects/things.ts';
import type { Person } from '../people/person.ts';
import { operationId } from '../surface/operation.ts';
import { templateOf } from '../surface/template.ts';
import type { Exchange, Recording } from './exchange.ts';
import { readsOf } from './notes.ts';
import { isSecretName } from './secrets.ts';
import { idsIn, sentBody } from './sent.ts';

/** Of one route. */
const most = 3;

/** The things that somebody's pages read by an id in the query or in what they posted; those with an id in the address are among his sights. */
export const thingsAsked = (people: readonly Person[], recordings: readonly Recording[], writes: boolean): Thing[] =>
  people
    .filter(({ account, administrator }) => account && !administrator)
    .flatMap((one) => recordings.filter(({ who }) => who === one.name).flatMap((recording) => thingsIn(one, recording, writes)));

function thingsIn(owner: Person, recording: Recording, writes: boolean): Thing[] {
  const things = new Map<string, Thing>();
  const counts = new Map<string, number>();
  for (const exchange of readsOf(recording)) {
    // A request that is no GET may change something, whatever its address says.
    const thing = exchange.method === 'GET' ? byQuery(exchange, owner) : writes ? byBody(exchange, owner) : undefined;
    if (!thing) continue;
    const count = (counts.get(thing.route) ?? 0) + 1;
    counts.set(thing.route, count);
    if (count <= most) things.set(`${thing.path} ${thing.ids.join()}`, thing);
  }
  return [...things.values()];
}

function byQuery({ path }: Exchange, owner: Person): Thing | undefined {
  const [plain = '', query = ''] = path.split('?');
  const all = [...new URLSearchParams(query)];
  if (all.some(([name]) => isSecretName(name))) return undefined;
  const ids = idsIn(Object.fromEntries(all));
  if (ids.length === 0) return undefined;
  return { route: operationId('GET', templateOf(plain).template), path, ids, owner, observed: true };
}

function byBody(exchange: Exchange, owner: Person): Thing | undefined {
  const body = sentBody(exchange);
  if (!body || Object.keys(body.value).some(isSecretName)) return undefined;
  const ids = idsIn(body.value);
  if (ids.length === 0) return undefined;
  const { method, path } = exchange;
  const fields = Object.entries(body.value).map(([name, value]): [string, string] => [name, String(value)]);
  return {
    route: operationId(method, templateOf(path.split('?')[0] ?? '').template),
    path,
    ids,
    owner,
    observed: true,
    asked: { method, body: body.type === 'form' ? { type: 'form', fields } : { type: 'json', value: body.value } },
  };
}
