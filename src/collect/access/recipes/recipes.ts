import type { CallRecipe, FoundThing, LiveRecipes, RecipePath } from '../../../evidence/live-recipes.ts';
import type { Made } from '../objects/create.ts';
import { rowsOf, type Thing } from '../objects/things.ts';
import { holdsCanary } from '../objects/values.ts';
import type { Person } from '../people/person.ts';
import type { Pages } from '../probes/list.ts';
import { readPage } from '../surface/crawl.ts';
import { operationKey, type Operation } from '../surface/operation.ts';
import { templateOf } from '../surface/template.ts';
import { scalars } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import type { WaySender } from '../wire/ways.ts';
import { signInsOf } from './entries.ts';
import { type Learned, makingsOf } from './making.ts';
import { recipePath } from './values.ts';

export interface Proved {
  readonly sender: Sender;
  readonly people: readonly Person[];
  readonly operations: readonly Operation[];
  readonly made: readonly Made[];
  /** All that was made, for the probes as well. */
  readonly everything: readonly Made[];
  readonly things: readonly Thing[];
  readonly pages: Pages;
  readonly learned: readonly Learned[];
  readonly callOf: WaySender['learned'];
}

/** What it takes to do a run once more. What was made has to be there still: it is looked at. */
export async function recipesOf(proved: Proved): Promise<LiveRecipes> {
  const { sender, people, operations, made, everything, learned } = proved;
  const recipes: LiveRecipes = {
    signIns: signInsOf(people),
    makings: await makingsOf(sender, operations, made, everything, learned),
    found: await foundThings(proved),
    guarded: guardedPaths(proved),
  };
  const calls = callsOf(proved, recipes);
  return { ...recipes, ...(calls.length > 0 && { calls }) };
}

/** How what has no address of its own is sent, for somebody for whom it works: operations that a recipe names. */
function callsOf({ people, operations, callOf }: Proved, recipes: LiveRecipes): CallRecipe[] {
  const whose = new Map(people.map(({ name, session }) => [name, session]));
  const used = new Map<string, string>();
  const use = (who: string, ...addresses: readonly string[]): void => {
    for (const one of addresses) if (!used.has(one)) used.set(one, who);
  };
  const below = (method: string, path: RecipePath): string =>
    `${method} ${path.map((part) => (typeof part === 'string' ? part : '{}')).join('')}`;
  for (const making of recipes.makings) {
    const { who, route, reads, lists, changes, removal } = making;
    for (const path of listedIn([making.body, changes])) use(who, `GET ${path}`);
    const list = route.replace('POST ', 'GET ');
    use(who, route, list, ...reads.map((one) => one.route), ...changes.map((one) => one.route), ...lists.map((path) => `GET ${path}`));
    if (removal) use(who, below('DELETE', removal));
  }
  for (const { who, route, list } of recipes.found) use(who, route, `GET ${list}`);
  for (const { who, path } of recipes.guarded) use(who, `GET ${path}`);
  for (const { who, entry, signUp } of recipes.signIns) use(who, `POST ${entry.path}`, ...(signUp ? [`POST ${signUp.path}`] : []));
  const keyed = new Map([...used].map(([address, who]) => [address.replace(/\{[^}]+\}/g, '{}'), who]));
  return operations.flatMap((operation) => {
    const who = keyed.get(operationKey(operation));
    const session = whose.get(who ?? '') ?? people.find(({ account }) => account)?.session;
    return who === undefined || !session ? [] : (callOf(operation, session) ?? []);
  });
}

/** Lists that a value of a request is taken from. */
function listedIn(part: unknown): string[] {
  if (part === null || typeof part !== 'object') return [];
  const { is, path } = part as { readonly is?: unknown; readonly path?: unknown };
  return is === 'listed' && typeof path === 'string' ? [path] : Object.values(part).flatMap(listedIn);
}

/** Shorter texts turn up by chance. */
const tellingLength = 5;

const isWhole = (path: string): boolean => !/[#?]/.test(path) && templateOf(path).ids.length === 0;

/** What somebody was shown at a whole address, and visitors were shown nothing of. */
function guardedPaths({ people, pages }: Proved): LiveRecipes['guarded'] {
  const visitor = people.find(({ account }) => !account);
  if (!visitor) return [];
  const guarded = new Map<string, LiveRecipes['guarded'][number]>();
  const customersFirst = people.toSorted((a, b) => Number(a.administrator) - Number(b.administrator));
  for (const { name, account, seen } of customersFirst)
    for (const { path, status, content } of seen.sights.values()) {
      if (!account || status >= 300 || !isWhole(path) || guarded.has(path)) continue;
      const shown = visitor.seen.sights.get(path) ?? pages.get(visitor.name)?.find((one) => one.path === path && !one.method);
      const own = content.values.filter((value) => value.length >= tellingLength && !visitor.seen.values.has(value));
      if (!shown || !tells(own) || own.some((value) => shown.content.values.includes(value))) continue;
      // What we made will be gone, with all that stands in its row.
      const ours = new Set(rowsOf(content.json).flatMap((row) => (holdsCanary(JSON.stringify(row)) ? [...scalars(row)] : [])));
      const stays = tells(own.filter((value) => !ours.has(value) && !holdsCanary(value)));
      guarded.set(path, { path, who: name, ...(!stays && { made: true }) });
    }
  return [...guarded.values()];
}

/** Two texts, or one that is too long to be the same by chance. */
const tells = (values: readonly string[]): boolean => new Set(values).size > 1 || values.some((value) => value.length >= 20);

/** Pages, at most, that are opened to see what they link to. */
const mostPages = 10;

/** Where the ids of things come from that nobody made: one of each route. */
async function foundThings({ sender, things }: Proved): Promise<FoundThing[]> {
  const found = new Map<string, FoundThing>();
  const links = new Map<string, Promise<readonly string[]>>();
  for (const { route, path, ids, owner, made, guess, asked } of things) {
    const [id] = ids;
    if (made || guess || asked || ids.length !== 1 || id === undefined || found.has(route) || path.includes('?')) continue;
    const source = { owner, mark: '\u0000', makingOf: () => undefined };
    const above = path.slice(0, path.lastIndexOf('/'));
    const lists = [...owner.seen.sights.values()]
      .filter(({ path: at, status }) => status < 300 && isWhole(at))
      .toSorted((a, b) => Number(b.path === above) - Number(a.path === above));
    const thing = { route, who: owner.name, path: recipePath(path, source, id) };
    for (const { path: list, content } of lists) {
      const rows = rowsOf(content.json);
      const field = rows.flatMap((row) => Object.entries(row).find(([, value]) => String(value) === id)?.[0] ?? [])[0];
      // A test takes the first that stands there: in what is nested, that may be of another kind.
      const first = field === undefined ? undefined : rows.map((row) => row[field]).find((value) => value !== undefined);
      const ofKind = things.some(
        (one) => one.route === route && one.owner === owner && one.ids.length === 1 && one.ids[0] === String(first),
      );
      if (field === undefined || !ofKind) continue;
      found.set(route, { ...thing, list, field });
      break;
    }
    for (const { path: list, content } of found.has(route) ? [] : lists) {
      if (content.json !== undefined || (!links.has(`${owner.name} ${list}`) && links.size >= mostPages)) continue;
      const known = links.get(`${owner.name} ${list}`) ?? linksOf(sender, owner, list);
      links.set(`${owner.name} ${list}`, known);
      if (!(await known).includes(path)) continue;
      found.set(route, { ...thing, list });
      break;
    }
  }
  return [...found.values()];
}

async function linksOf(sender: Sender, { session }: Person, path: string): Promise<readonly string[]> {
  const page = await sender.send({ method: 'GET', path }, session);
  return page.ok ? readPage(page.value.text, path, sender.origin).links : [];
}
