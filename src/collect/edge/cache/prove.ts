import type { CachedRoute, CacheTry, EdgeCache } from '../../../evidence/edge-cache.ts';
import type { Route } from '../../../evidence/routes.ts';
import type { Person } from '../../access/people/person.ts';
import { templateOf } from '../../access/surface/template.ts';
import { saysNothing } from '../../access/wire/content.ts';
import type { Answer, Message, Sender } from '../../access/wire/sender.ts';
import type { Session } from '../../access/wire/session.ts';
import { botPage } from '../../http/wall.ts';
import type { EdgePeople } from '../people.ts';
import { apiRoutes } from './apis.ts';
import { askersOf, type Candidate, type Held, strangerTo } from './askers.ts';
import { type Canary, canariesOf, ofAddress, shownIn } from './canary.ts';
import { controlOf } from './control.ts';
import { cacheNotes, isHit } from './headers.ts';
import type { Stray } from './watch.ts';
import { deceptions, plain, withFresh } from './ways.ts';

export interface CacheInput {
  /** The app, with several people signed in to it. */
  readonly app: Pick<EdgePeople, 'sender' | 'people' | 'strays' | 'nobody'>;
  /** Whether this edge keeps anything, where that is being found out already. */
  readonly control?: Promise<EdgeCache['control']>;
  readonly routes: readonly Route[];
  /** Senders to hosts of the API, which people are let in to by what the app gave them. */
  readonly apis?: readonly Sender[];
  readonly progress: (message: string) => void;
}

/** Addresses that are held against others at most; those that tell most come first. */
const most = { candidates: 30, routes: 10, deceived: 5, together: 5, asksAgain: 4 };

/**
 * Looks whether a cache in front of the app gives one of those who signed in, or a visitor, what it kept of another. Only reads.
 * @throws NobodySignedIn where nobody is, unless it is a cache that hides it: one that gives everybody the same.
 */
export async function proveCache({ app, control: controlled, routes, apis = [], progress }: CacheInput): Promise<EdgeCache> {
  const { sender, people, nobody } = app;
  const strayed = strayRoutes(app.strays);
  if (nobody && strayed.length === 0) throw nobody;
  const [control, told] = await Promise.all([controlled ?? controlOf(sender), routesOf(sender, people, progress)]);
  for (const api of apis) told.push(...(await apiRoutes(api, people, routes, heldAgainst)));
  const all = [...strayed.filter(({ path }) => !told.some((one) => one.path === path)), ...told];
  return {
    origin: sender.origin,
    control,
    routes: all,
    ...(all.length === 0 && { why: 'no address was found that shows somebody what nobody else is shown' }),
    requests: [sender, ...apis].reduce((sum, one) => sum + one.sent(), 0),
  };
}

/** Addresses that are about whoever asks and nobody else: whoever is shown another there is shown what is not his. */
const saysWhoAsks = /\/(?:me|whoami|self|current-?user|userinfo)(?:\.json)?\/?$/i;
/** The same, but colleagues may share it: only a visitor must never be named somebody. */
const aboutOneself = /\/(?:me|whoami|self|profile|account|session|current-?user|userinfo|dashboard|settings)(?:\.json)?\/?$/i;

/** Routes of which others were shown what names somebody, although each look had a key of its own. */
function strayRoutes(strays: readonly Stray[]): CachedRoute[] {
  const found = new Map<string, CachedRoute>();
  for (const { path, who, whose, answer } of strays) {
    const { template } = templateOf(path.split('?')[0] ?? path);
    const isCertain = saysWhoAsks.test(template) || (who === 'visitor' && aboutOneself.test(template));
    // Many pages are meant for others too; only where a cache says that it answered, there is a question.
    if (!isCertain && isHit(answer.headers) !== true) continue;
    const before = found.get(template);
    const one: CacheTry = {
      way: 'seen',
      request: `GET ${plain(withFresh(path, '000000000000'))}`,
      who,
      outcome: isCertain ? 'shown' : 'untold',
      status: answer.status,
      shows: [ofAddress],
      notes: cacheNotes(answer.headers),
    };
    found.set(template, {
      path: template,
      whose,
      tries: [...(before?.tries ?? []), one].slice(0, 4),
      ...(!isCertain && { unclear: 'a cache gives everybody the same whatever is asked, and it may be meant for everybody' }),
    });
  }
  return [...found.values()];
}

async function routesOf(sender: Sender, people: readonly Person[], progress: CacheInput['progress']): Promise<CachedRoute[]> {
  if (people.length === 0) return [];
  progress('asking others for what a cache may have kept of one');
  const found: CachedRoute[] = [];
  const candidates = people.some(({ account }) => !account) ? candidatesOf(people) : [];
  while (candidates.length > 0 && found.length < most.routes) {
    // What is kept of one address has nothing to do with what is kept of another.
    const together = candidates.splice(0, Math.min(most.together, most.routes - found.length));
    const isDeceived = found.length < most.deceived;
    const held = await Promise.all(
      together.flatMap(({ owner, path }) => {
        const other = strangerTo(owner, people);
        return other ? [heldAgainst(sender, { owner, other, path, isDeceived })] : [];
      }),
    );
    found.push(...held.filter((one) => one !== undefined));
  }
  return found;
}

/** What each was shown, one of a kind: what names him first, then what is about whoever asks, then data. */
function candidatesOf(people: readonly Person[]): Candidate[] {
  const found = new Map<string, Candidate & { readonly weight: number }>();
  for (const owner of people) {
    const { account } = owner;
    if (!account) continue;
    for (const { path, status, content, method } of owner.seen.sights.values()) {
      if (status >= 300 || method !== undefined || path.includes('#')) continue;
      const { template } = templateOf(path.split('?')[0] ?? path);
      const isNaming = content.values.some((value) => value.includes(account.email));
      const weight =
        (isNaming ? 4 : 0) + (aboutOneself.test(template) ? 2 : 0) + (content.json === undefined ? 0 : 1) - (owner.administrator ? 2 : 0);
      const before = found.get(template);
      if (!before || before.weight < weight) found.set(template, { owner, path, weight });
    }
  }
  return [...found.values()].toSorted((one, two) => two.weight - one.weight).slice(0, most.candidates);
}

/** Holds one address against others; `undefined` where it shows its owner nothing that is his alone. */
async function heldAgainst(sender: Sender, { owner, other, path, isDeceived }: Held): Promise<CachedRoute | undefined> {
  const get = (at: string, session?: Session, more: Partial<Message> = {}): Promise<Answer | undefined> =>
    answered(sender, { method: 'GET', path: at, ...more }, session);
  // What the app itself answers to each, past any cache: a key of its own for each.
  const [first, second, others, nobodys] = await Promise.all([
    get(withFresh(path), owner.session),
    get(withFresh(path), owner.session),
    get(withFresh(path), other.session),
    get(withFresh(path)),
  ]);
  if (!first || !second || !others || !nobodys || first.status >= 300 || second.status >= 300) return undefined;
  const canaries = canariesOf([first.text, second.text], [others.text, nobodys.text], owner.account);
  if (canaries.length === 0) return undefined;
  const query = (): string => withFresh(path);
  const askers = askersOf(other);
  const stranger = askers.slice(-1);

  const isOwners = ownership(canaries, (address) => get(address, owner.session), query);

  /**
   * Shown at addresses that its owner never asked for, it comes from the app, and no cache is to blame. What pages show by chance now and then is neither
   * shown to its owner each time nor to others again and again; who is named is never shown by chance.
   */
  const isConfirmed = async (
    { shows }: CacheTry,
    at: string,
    makeAddress: () => string,
    ask: (address: string) => Promise<Answer | undefined>,
  ): Promise<boolean> => {
    const isShown = async (address: string): Promise<boolean> => shownIn((await ask(address))?.text ?? '', canaries).length > 0;
    for (let nth = 0; nth < most.asksAgain; nth += 1) if (await isShown(makeAddress())) return false;
    if (shows.includes(ofAddress)) return true;
    for (let nth = 0; nth < most.asksAgain; nth += 1) if (!(await isShown(at))) return false;
    return isOwners();
  };

  /** Its owner asks, twice, as some caches keep only what is asked for again; then the others ask for the very same. */
  const tryAt = async (way: CacheTry['way'], makeAddress: () => string, asking = askers): Promise<CacheTry[]> => {
    const at = makeAddress();
    const tries: CacheTry[] = [];
    if (way === 'head') await answered(sender, { method: 'HEAD', path: at }, owner.session);
    else {
      const own = await get(at, owner.session);
      // An address that does not show him his own says nothing of others.
      if (!own || shownIn(own.text, canaries).length === 0) return tries;
      await get(at, owner.session);
    }
    for (const { who, sending, session, headers } of asking) {
      // A cookie that was kept with the answer would make him the other from now on.
      const ask = (address: string): Promise<Answer | undefined> => get(address, session && copyOf(session), headers && { headers });
      const one = { ...judged(way, at, who, canaries, await ask(at)), sending };
      tries.push(one.outcome === 'shown' && !(await isConfirmed(one, at, makeAddress, ask)) ? { ...one, outcome: 'untold' } : one);
    }
    return tries;
  };

  // Each at an address of its own: what others were answered at one may have been kept for it too.
  const tries = await Promise.all([
    tryAt('query', query, askers.slice(0, -1)),
    tryAt('query', query, stranger),
    tryAt('head', () => withFresh(path)),
    ...(isDeceived ? deceptions(path).map((_, nth) => tryAt('suffix', () => deceptions(path)[nth] ?? path)) : []),
  ]);
  const cacheControl = first.headers['cache-control'];
  return {
    path: templateOf(path.split('?')[0] ?? path).template,
    whose: owner.name,
    ...(cacheControl !== undefined && { cacheControl }),
    ...expiryOf(first.headers),
    tries: tries.flat(),
  };
}

/** When an answer expires by its own clock; what is no date is over (RFC 9111 §5.3). */
function expiryOf({ expires, date = '' }: Readonly<Record<string, string>>): Pick<CachedRoute, 'expiresIn'> {
  if (expires === undefined) return {};
  const now = Date.parse(date);
  // `0` and `-1` are no dates, whatever JavaScript makes of them.
  const at = /^[a-z]{3,9},? /i.test(expires) ? Date.parse(expires) : Number.NaN;
  return { expiresIn: Number.isNaN(at) ? 0 : Math.round((at - (Number.isNaN(now) ? Date.now() : now)) / 1_000) };
}

const copyOf = (session: Session): Session => ({ ...session, cookies: session.cookies.cloneSync() ?? session.cookies });

/** Whether its owner is shown one of these texts each time; found out once, and only where somebody else was shown one. */
function ownership(
  canaries: readonly Canary[],
  ask: (address: string) => Promise<Answer | undefined>,
  makeAddress: () => string,
): () => Promise<boolean> {
  let told: Promise<boolean> | undefined;
  const find = async (): Promise<boolean> => {
    let always = canaries;
    for (let nth = 0; nth < most.asksAgain; nth += 1) always = shownIn((await ask(makeAddress()))?.text ?? '', always);
    return always.length > 0;
  };
  return () => (told ??= find());
}

async function answered(sender: Sender, message: Message, session?: Session): Promise<Answer | undefined> {
  const sent = await sender.send(message, session);
  return sent.ok ? sent.value : undefined;
}

function judged(way: CacheTry['way'], at: string, who: string, canaries: readonly Canary[], answer: Answer | undefined): CacheTry {
  const base = { way, request: `GET ${plain(at)}`, who, status: answer?.status ?? 0, notes: answer ? cacheNotes(answer.headers) : [] };
  if (!answer || saysNothing(answer.status) || botPage(answer) !== undefined) return { ...base, outcome: 'untold', shows: [] };
  const shown = shownIn(answer.text, canaries);
  return { ...base, outcome: shown.length > 0 ? 'shown' : 'withstood', shows: shown.slice(0, 3).map((one) => one.shown) };
}
