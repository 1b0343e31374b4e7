import type { LiveAccess, LiveCell, LivePerson } from '../evidence/live-access.ts';
import type { CallRecipe, ChangeRecipe, FoundThing, LiveRecipes, MakingRecipe, SignInRecipe } from '../evidence/live-recipes.ts';
import { makingsIn } from './request.ts';

/** A change, and by which method it is asked for. */
export type Change = ChangeRecipe & { readonly method: string };

/** What is tested on things of one kind, which each test makes anew. */
export interface Kind {
  /** Number of its making among all of the run. */
  readonly making: number;
  readonly recipe: MakingRecipe;
  /** Who must not get at it; absent where nothing of it is tested, and others hang on it. */
  readonly other?: string;
  readonly reads: MakingRecipe['reads'];
  /** `visitors`: whether they were refused too. */
  readonly lists: readonly { readonly path: string; readonly route: string; readonly visitors: boolean }[];
  readonly changes: readonly Change[];
}

/** What is tested, as a run proved it. */
export interface Suite {
  readonly kinds: readonly Kind[];
  readonly found: readonly (FoundThing & { readonly other: string })[];
  readonly guarded: LiveRecipes['guarded'];
  readonly signIns: readonly SignInRecipe[];
  readonly calls: readonly CallRecipe[];
  /** Routes that are not tested, and why. */
  readonly leftOut: readonly { readonly route: string; readonly why: string }[];
}

/** Chooses what is worth a test: what its owner was given and others were refused. What others got is a finding, not a test. */
export function suiteOf(live: LiveAccess, given: LiveRecipes): Suite {
  const recipes = asTold(given);
  const leftOut = new Map<string, string>();
  // Whom only a mail or a browser lets in, a test cannot sign in.
  const able = new Set(recipes.signIns.map(({ who }) => who));
  const people = live.people.filter(({ name }) => able.has(name));
  const refused = refusals(live, leftOut);
  const listName = (path: string): string => nameOf(given, `GET ${path}`);
  const guarded = recipes.guarded.filter(({ path, who, made }) => able.has(who) && !hidden(path) && !made);
  const listed = new Set<string>();
  const read = new Set<string>();
  const tested = recipes.makings.map((recipe, making): Kind => {
    const nothing: Kind = { making, recipe, reads: [], lists: [], changes: [] };
    const other = otherThan(people, recipe.who);
    if (!other || hidden(recipe)) return nothing;
    const reads = recipe.reads.filter(({ route }) => !read.has(route) && refused(route, other));
    const lists = recipe.lists.filter((path) => !listed.has(path) && !shownOutside(live, listName(path)));
    const changes = recipe.reads.length + recipe.lists.length > 0 ? recipe.changes.filter(({ route }) => refused(route, other)) : [];
    for (const { route } of [...reads, ...changes]) read.add(route);
    for (const path of lists) listed.add(path);
    const seen = lists.map((path) => ({ path, route: listName(path), visitors: recipes.guarded.some((one) => one.path === path) }));
    return { ...nothing, other, reads, lists: seen, changes };
  });
  const found = recipes.found.flatMap((thing) => {
    const other = otherThan(people, thing.who);
    return other && !hidden(thing) && !read.has(thing.route) && refused(thing.route, other) ? [{ ...thing, other }] : [];
  });
  const kinds = withWhatTheyHangOn(tested);
  for (const { route } of found) read.add(route);
  for (const { route, relation, verb, why } of live.cells)
    if (
      relation === 'stranger' &&
      verb !== 'create' &&
      !read.has(route) &&
      ![...listed].some((path) => listName(path) === route) &&
      !leftOut.has(route)
    )
      leftOut.set(route, why ?? 'what the run made or found of its kind cannot be made or found again');
  const needed = new Set([
    ...kinds.flatMap(({ recipe, other }) => [recipe.who, ...(other ? [other] : [])]),
    ...found.flatMap(({ who, other }) => [who, other]),
    ...guarded.map(({ who }) => who),
  ]);
  return {
    kinds,
    found,
    guarded,
    signIns: recipes.signIns.filter(({ who }) => needed.has(who)),
    calls: kinds.length + found.length + guarded.length > 0 ? (recipes.calls ?? []).filter((call) => !hidden(call)) : [],
    leftOut: [...leftOut].map(([route, why]) => ({ route, why })).filter(({ route }) => !read.has(route)),
  };
}

/** A secret that was taken out of the facts leaves a mask: what is sent with it would not work. */
const hidden = (part: unknown): boolean => /…\(\d+ characters, hidden\)/.test(JSON.stringify(part));

/** Whether somebody was refused on a route, and nobody outside was let in. */
function refusals({ cells }: LiveAccess, leftOut: Map<string, string>): (route: string, who: string) => boolean {
  const outside = cells.filter(({ relation, verb }) => (relation === 'stranger' || relation === 'visitor') && verb !== 'create');
  const by = new Map<string, LiveCell[]>();
  for (const cell of outside) by.set(cell.route, [...(by.get(cell.route) ?? []), cell]);
  return (route, who) => {
    const tried = by.get(route) ?? [];
    if (tried.some(({ outcome }) => outcome === 'got')) leftOut.set(route, 'others got it in the run: decide or mend that first');
    else if (tried.some((cell) => cell.who === who && cell.outcome === 'refused')) return true;
    else leftOut.set(route, tried.find(({ why }) => why)?.why ?? 'nobody of another customer was refused');
    return false;
  };
}

/** What a run tells an operation by: those of GraphQL and tRPC are called otherwise than the recipes address them. */
const nameOf = ({ calls = [] }: LiveRecipes, route: string): string => calls.find(({ address }) => address === route)?.route ?? route;

/** The recipes with their routes as the run tells them. */
function asTold(recipes: LiveRecipes) {
  const named = <T extends { readonly route: string }>(one: T): T => ({ ...one, route: nameOf(recipes, one.route) });
  return {
    ...recipes,
    makings: recipes.makings.map((one) => ({
      ...named(one),
      reads: one.reads.map(named),
      changes: one.changes.map((change): Change => ({ ...named(change), method: change.route.split(' ')[0] ?? '' })),
    })),
    found: recipes.found.map(named),
  };
}

/** Whether a list showed something to people outside. */
const shownOutside = ({ cells }: LiveAccess, name: string): boolean =>
  cells.some(
    ({ route, relation, outcome, verb }) =>
      verb === 'list' && route === name && outcome === 'got' && (relation === 'stranger' || relation === 'visitor'),
  );

/** Somebody of another customer; one of the same role first, whom nothing but the customer holds back. */
function otherThan(people: readonly LivePerson[], name: string): string | undefined {
  const owner = people.find((one) => one.name === name);
  const others = people.filter(({ tenant, administrator }) => owner && !administrator && tenant !== owner.tenant);
  return (others.find(({ role }) => role === owner?.role) ?? others[0])?.name;
}

/** Kinds of which something is tested, and those that must be made before them, in order. */
function withWhatTheyHangOn(kinds: readonly Kind[]): Kind[] {
  const needed = new Set<number>();
  for (const { making, recipe, reads, lists, changes } of kinds.toReversed()) {
    if (reads.length + lists.length + changes.length > 0) needed.add(making);
    if (!needed.has(making)) continue;
    for (const above of makingsIn(recipe.path, recipe.body)) needed.add(above);
    for (const change of changes) for (const above of makingsIn(change.path, change.body)) needed.add(above);
  }
  return kinds.filter(({ making }) => needed.has(making));
}
