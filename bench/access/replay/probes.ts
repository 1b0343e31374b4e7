import type { Finding } from '../../../src/core/finding.ts';
import type { LiveAccess, LiveCell, LivePerson } from '../../../src/evidence/live-access.ts';
import { templateOf } from '../../../src/collect/access/surface/template.ts';
import { counted, type KnownFlaw, type LabApp } from '../app.ts';
import { routeOf, shape } from '../score.ts';
import type { Exchange } from './exchanges.ts';
import { pairOf, pattern } from './pair.ts';
import { rules } from './rules.ts';

/**
 * What is known of a try. `flawed`: a known flaw of this kind is there. `clean`: the route is known to be right. `unnamed`: nothing known names it, and
 * nothing was found. `open`: something names it, and does not say whether this person should get it.
 */
export type Truth = 'flawed' | 'clean' | 'unnamed' | 'open';

/** One thing that somebody tried on a route of one owner, however many things he has there. */
export interface Probe {
  readonly route: string;
  readonly who: string;
  readonly whose: string;
  readonly truth: Truth;
  /** Names of those who say that access control is broken: of rules, and `ours`. Absent: the owner never sent it with success. */
  readonly accusers?: ReadonlySet<string>;
}

interface Given {
  readonly app: LabApp;
  readonly live: LiveAccess;
  readonly findings: readonly Finding[];
  readonly exchanges: readonly Exchange[];
}

/** What outsiders tried, and who says that it was wrong that they were answered. */
export function probesOf({ app, live, findings, exchanges }: Given): Probe[] {
  const failed = (check: RegExp): Set<string> =>
    new Set(findings.filter((one) => one.outcome === 'fail' && check.test(one.check)).map(routeOf));
  const fails = failed(/^access\//);
  const exposed = failed(/^audit\/(?:debug-endpoint-live|directory-listing|exposed-file)$/);
  const probes = new Map<string, Probe>();
  const watched = new Set(looks(live, exchanges));
  for (const cell of [...live.cells, ...watched]) {
    if (cell.relation !== 'stranger' && cell.relation !== 'visitor') continue;
    const route = shape(cell.route);
    const key = [route, cell.verb, cell.who, cell.whose].join(' ');
    const known = probes.get(key);
    const isPerson = live.people.some(({ name }) => name === cell.whose);
    const pair = pairOf(exchanges, cell, isPerson ? [cell.whose] : live.people.map(({ name }) => name).filter((name) => name !== cell.who));
    const isOurs = watched.has(cell) ? exposed.has(route) : cell.outcome === 'got' && cell.shared === undefined && fails.has(route);
    const said = pair && [...Object.entries(rules).flatMap(([name, rule]) => (rule(pair) ? [name] : [])), ...(isOurs ? ['ours'] : [])];
    const accusers = said || known?.accusers ? new Set([...(known?.accusers ?? []), ...(said ?? [])]) : undefined;
    const truth = truthOf(app, cell);
    probes.set(key, { route: `${cell.verb} ${cell.route}`, who: cell.who, whose: cell.whose, truth, ...(accusers && { accusers }) });
  }
  return [...probes.values()];
}

/** No tool sends these again: Autorize leaves them out as it comes. */
const isFile = /\.(?:js|css|png|jpe?g|svg|gif|woff2?|map|bmp|ico|txt|xml|webmanifest)(?:\?|$)/i;

const visitor: Pick<LivePerson, 'name' | 'tenant' | 'administrator'> = { name: 'visitor', tenant: '', administrator: false };

/**
 * Addresses that two people asked for, of which the run said nothing: it looks at all that they are shown, and tells only what is somebody else's. A
 * tool that sends requests again judges those too.
 */
function looks({ people, cells, routes }: LiveAccess, exchanges: readonly Exchange[]): LiveCell[] {
  const told = new Set(
    cells.flatMap(({ route, request, who, whose }) => [
      `${who} ${request}`,
      `${who} ${shape(route)}`,
      // Of what has a name of its own: it is his.
      ...(route.includes('{') ? [`${whose} ${shape(route)}`] : []),
    ]),
  );
  const asked = new Map<string, Map<string, Exchange>>();
  for (const one of exchanges) {
    if ((one.method !== 'GET' && one.method !== 'SEARCH') || !/^\/[^#]*$/.test(one.path) || isFile.test(one.path)) continue;
    const by = asked.get(`${one.method} ${one.path}`) ?? new Map<string, Exchange>();
    asked.set(`${one.method} ${one.path}`, by.has(one.who) ? by : by.set(one.who, one));
  }
  return [...asked].flatMap(([request, by]) => {
    const [path = ''] = request.split(' ')[1]!.split('?');
    const known = routes.filter(({ id }) => id.split(' ')[0] === request.split(' ')[0] && pattern(id).test(path)).map(({ id }) => id);
    const route =
      known.toSorted((one, other) => one.split('{').length - other.split('{').length)[0] ?? templateOf(request).template.split('?')[0]!;
    return people.flatMap((owner) =>
      [visitor, ...people].flatMap((who): LiveCell[] => {
        const isOutside = !who.administrator && who.tenant !== owner.tenant;
        if (!isOutside || !by.has(owner.name) || !by.has(who.name)) return [];
        if (told.has(`${who.name} ${request}`) || told.has(`${who.name} ${shape(route)}`)) return [];
        const relation = who === visitor ? 'visitor' : 'stranger';
        const { status } = by.get(who.name)!;
        return [{ route, verb: 'list', who: who.name, relation, whose: owner.name, request, status, outcome: 'refused', shows: [] }];
      }),
    );
  });
}

/**
 * What is about a request, the most exact only: `/users/me` says more of `/users/me` than `/users/{id}` does. `route` is the request as we call it: where
 * that has a word of its own (`/cases/new`), a parameter of what is known (`/cases/{id}`) is not meant.
 */
function named<T>(
  all: readonly T[],
  routeFor: (one: T) => string,
  request: string,
  route: string,
): { readonly all: readonly T[]; readonly exact: number } {
  const parts = partsOf(route);
  const sent = partsOf(request.split(/[?#]/, 1)[0]!);
  const exactness = (one: T): number => {
    const known = partsOf(routeFor(one));
    const fits = known.every((part, at) => {
      const [ours = '', theirs = ''] = [parts[at], sent[at]];
      return part === ours || part === theirs || (part !== '{}' && part.includes('{}') && pattern(part).test(theirs));
    });
    return fits && known.length === parts.length ? 1 + known.filter((part) => !part.includes('{}')).length : 0;
  };
  const exact = Math.max(0, ...all.map(exactness));
  return { all: exact === 0 ? [] : all.filter((one) => exactness(one) === exact), exact };
}

/** `GET /users/{}` as `get`, `users`, `{}`. */
const partsOf = (route: string): string[] => shape(route.split(' ').slice(0, 2).join(' ')).replace(' /', '/').split('/');

export function truthOf({ flaws, clean, read = [] }: Pick<LabApp, 'flaws' | 'clean' | 'read'>, cell: LiveCell): Truth {
  const broken = named(flaws, ({ method, path }) => `${method} ${path}`, cell.request, cell.route);
  const right = named(clean, ({ route }) => route, cell.request, cell.route);
  if (broken.exact > 0 && broken.exact >= right.exact) {
    const sure = broken.all.filter(({ confirmed, ambiguous }) => confirmed && !ambiguous);
    return sure.some((flaw) => isAbout(flaw, cell)) ? 'flawed' : 'open';
  }
  if (right.exact > 0) return 'clean';
  const verdicts = read.filter(({ subject }) => shape(subject).includes(shape(cell.route))).map(({ verdict }) => verdict);
  // What we said and was read to be wrong counts against us.
  if (verdicts.includes('wrong')) return 'clean';
  if (verdicts.length > 0) return verdicts.every((one) => one === 'right') ? 'flawed' : 'open';
  return 'unnamed';
}

/** Whether a flaw of these kinds is what this person tried: a flaw of objects says nothing of visitors, mass assignment nothing of changes. */
function isAbout(flaw: KnownFlaw, { relation, verb }: LiveCell): boolean {
  const kinds = flaw.class.split('+').filter((kind) => counted.includes(kind));
  if (relation === 'visitor') return kinds.includes('unauth');
  return kinds.some((kind) => kind !== 'massassign') || (verb === 'create' && kinds.includes('massassign'));
}
