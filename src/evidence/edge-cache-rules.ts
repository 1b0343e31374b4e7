import type { EdgeRule, EdgeZone } from './cloudflare.ts';
import { type EdgeRequest, holds, isOfSession, isSessionWord, matchesWildcard } from './edge-expression.ts';
import { pageRuleFor, pageRuleName } from './edge-page-rules.ts';
import { isSessionCookie } from './session-name.ts';

/** What becomes of an answer at the edge, and which rule says so. */
export interface CacheVerdict {
  /**
   * `kept`: whatever the app says of it. `asked`: unless the app says that it is private (Cache-Control, Set-Cookie); without a word of it the edge keeps it for
   * two hours. `timed`: only where the app says for how long. `marked`: only where it says that others may be given it (`public`, `s-maxage`,
   * `must-revalidate`). `allowed`: only where it says both. `passed`: never. `keepsAnswer` tells what that means for an answer.
   */
  readonly outcome: 'kept' | 'asked' | 'timed' | 'marked' | 'allowed' | 'passed' | 'unknown';
  readonly by?: string;
  /** Of what could not be read: what would let us look. */
  readonly toKnow?: string;
}

type Ttl = { readonly mode?: unknown; readonly default?: unknown; readonly status_code_ttl?: unknown };

/** Cache settings as they add up; each rule that matches may set each of them anew. */
interface CacheState {
  readonly cache?: boolean;
  readonly edge_ttl?: Ttl;
  /** What answers are told apart by, beside the address. */
  readonly key?: { readonly cookie?: unknown; readonly header?: unknown };
  readonly origin_cache_control?: boolean;
  /** The rule that had the last word. */
  readonly by?: string;
  /** It is of a page rule. */
  readonly ofPage?: true;
}

/** Endings of files that the edge keeps without any rule (https://developers.cloudflare.com/cache/concepts/default-cache-behavior/). */
const keptEndings = new Set(
  (
    '7z csv gif midi png tif zip avi doc gz mkv ppt tiff zst avif docx ico mp3 pptx ttf apk dmg iso mp4 ps webm bin ejs jar ogg rar webp bmp eot jpg otf ' +
    'svg woff bz2 eps jpeg pdf svgz woff2 class exe js pict swf xls css flac mid pls tar xlsx'
  ).split(' '),
);

/** Different ways in which rules may add up, at the most; a zone with more of what cannot be told is not told. */
const mostStates = 64;

/**
 * What the rules make the edge do with the answer to a request. Without a rule it keeps nothing but files (by their ending), so that pages and answers of an API
 * pass. Development mode is not looked at: it ends by itself after three hours. Cache rules add up, of those that say something of the same the last holds, and
 * they come before page rules (https://developers.cloudflare.com/cache/how-to/cache-rules/order/).
 */
export function cacheVerdict(request: EdgeRequest, zone: Pick<EdgeZone, 'rules' | 'pageRules' | 'plan'>): CacheVerdict {
  const list = zone.rules.http_request_cache_settings;
  for (const [part, what] of [[list, 'cache rules'] as const, [zone.pageRules, 'page rules'] as const])
    if (part.value === undefined)
      return { outcome: 'unknown', by: part.why ?? `the ${what} could not be read`, toKnow: part.toKnow ?? 'Run it again.' };
  let states = pageStates(request, zone);
  let unclear: string | undefined;
  for (const rule of list.value ?? []) {
    const { enabled = true, action, action_parameters: set = {}, expression } = rule;
    if (!enabled || action !== 'set_cache_settings') continue;
    const truth = holds(expression, request);
    if (truth === false) continue;
    const changed = states.map((state) => withRule(state, set, nameOf(rule)));
    const before = outcomesOf(states, request, zone);
    states = truth ? changed : [...states, ...changed];
    if (truth === undefined && outcomesOf(states, request, zone).length > before.length) unclear = nameOf(rule);
    if (states.length > mostStates) return { outcome: 'unknown', by: nameOf(rule) };
  }
  const [only, ...others] = outcomesOf(states, request, zone);
  const isSure = only !== undefined && others.length === 0;
  const by = (isSure ? undefined : unclear) ?? states.at(-1)?.by;
  return { outcome: isSure ? only : 'unknown', ...(by !== undefined && { by }) };
}

const nameOf = ({ description = '', expression }: EdgeRule): string => `the cache rule "${description === '' ? expression : description}"`;

/** A state after a rule. What a page rule said is left out with the first cache rule that decides whether anything is kept. */
function withRule(state: CacheState, set: Readonly<Record<string, unknown>>, by: string): CacheState {
  const { cache, edge_ttl: ttl, cache_key: key, origin_cache_control: strict } = set;
  const custom = (key as { custom_key?: CacheState['key'] } | undefined)?.custom_key;
  const base = typeof cache === 'boolean' && state.ofPage ? {} : state;
  const isMeant = typeof cache === 'boolean' || ttl !== undefined || custom !== undefined;
  return {
    ...base,
    ...(typeof cache === 'boolean' && { cache }),
    ...(ttl !== undefined && { edge_ttl: ttl as Ttl }),
    ...(custom !== undefined && { key: custom }),
    ...(typeof strict === 'boolean' && { origin_cache_control: strict }),
    ...(isMeant && { by }),
  };
}

/** What the page rule of a request sets; two where it hangs on a cookie whose name nobody knows. */
function pageStates(request: EdgeRequest, zone: Pick<EdgeZone, 'pageRules'>): CacheState[] {
  const rule = pageRuleFor(request, zone);
  if (!rule) return [{}];
  const value = (id: string): unknown => rule.actions.find((one) => one.id === id)?.value;
  const level = value('cache_level');
  const ttl = value('edge_cache_ttl');
  const byStatus = value('cache_ttl_by_status');
  const strict = value('explicit_cache_control');
  const key = value('cache_key_fields') as CacheState['key'] | undefined;
  const by = pageRuleName(rule);
  const set: CacheState = {
    ofPage: true,
    ...((ttl !== undefined || byStatus !== undefined) && {
      edge_ttl: { ...(ttl !== undefined && { mode: 'override_origin', default: ttl }), status_code_ttl: listed(byStatus) },
    }),
    ...(key !== undefined && { key }),
    ...(strict !== undefined && { origin_cache_control: strict === 'on' }),
    ...((level !== undefined || ttl !== undefined) && { by }),
  };
  const everything: CacheState = { ...set, cache: true, by };
  const nothing: CacheState = { ofPage: true, cache: false, by };
  const usual = level === 'cache_everything' ? everything : level === 'bypass' ? nothing : set;
  // "Cache on Cookie" comes before "Bypass Cache on Cookie" where a rule has both.
  const [pattern, then]: [unknown, CacheState] =
    value('cache_on_cookie') === undefined ? [value('bypass_cache_on_cookie'), nothing] : [value('cache_on_cookie'), everything];
  const matches = typeof pattern === 'string' && cookieMatches(pattern, request);
  return matches === undefined ? [usual, then] : [matches ? then : usual];
}

/** Whether a cookie pattern of a page rule (`session=.*|PHPSESSID=.*`) is for the cookies of a request; `undefined` where only their names would tell. */
function cookieMatches(pattern: string, { hasSession, held, cookie }: EdgeRequest): boolean | undefined {
  if (hasSession !== true) return cookie === '' ? false : undefined;
  const truths = pattern.split('|').map((one) => {
    if (/^\.\*=?(?:\.\*)?$/.test(one)) return true;
    const name = `*${one.replace(/=.*$/s, '=').replaceAll('.*', '*')}*`;
    return isOfSession(one, held, (text) => matchesWildcard(text, name));
  });
  return truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
}

/** `{ "200-299": 86400, "404": "no-store" }` as cache rules have it. */
function listed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).map(([codes, one]: [string, unknown]) => {
    const [from, to = from] = codes.split('-').map(Number);
    return { status_code_range: { from, to }, value: one === 'no-store' ? -1 : one === 'no-cache' ? 0 : one };
  });
}

type Sure = Exclude<CacheVerdict['outcome'], 'unknown'>;

/** Each outcome that states come to, once. */
const outcomesOf = (states: readonly CacheState[], request: EdgeRequest, zone: Pick<EdgeZone, 'plan'>): (Sure | undefined)[] => [
  ...new Set(states.map((state) => outcomeOf(state, request, zone))),
];

function outcomeOf(state: CacheState, request: EdgeRequest, { plan }: Pick<EdgeZone, 'plan'>): Sure | undefined {
  const { cache, edge_ttl: ttl, key, origin_cache_control: strict = plan === 'free' || plan === 'pro' || plan === 'business' } = state;
  const ending = /\.([^./]+)$/.exec(request.path)?.[1]?.toLowerCase();
  if (cache === false || (cache === undefined && !(ending !== undefined && keptEndings.has(ending)))) return 'passed';
  const apart = isKeptApart(key, request);
  if (apart === true) return 'passed';
  const outcome = byTtl(ttl);
  // Answers to Authorization are kept only where the app says so (RFC 9111 §3.5), unless Origin Cache Control is off.
  const told = strict && request.headers?.includes('authorization') ? marked(outcome) : outcome;
  return apart === undefined && told !== 'passed' ? undefined : told;
}

const marked = (outcome: Sure): Sure => (outcome === 'asked' ? 'marked' : outcome === 'timed' ? 'allowed' : outcome);

/** What is done with an answer 200 that nothing forbids to keep. */
function byTtl({ mode, default: seconds, status_code_ttl: byStatus }: Ttl = {}): Sure {
  const list = Array.isArray(byStatus)
    ? (byStatus as { status_code?: number; status_code_range?: { from?: number; to?: number }; value?: unknown }[])
    : [];
  const ok = list.find(
    ({ status_code: code, status_code_range: range }) =>
      code === 200 || (range !== undefined && (range.from ?? 0) <= 200 && (range.to ?? 999) >= 200),
  );
  const set = ok?.value ?? (mode === 'override_origin' ? (seconds ?? 1) : undefined);
  // 0 and -1 stand for no-cache and no-store.
  if (set !== undefined) return Number(set) > 0 ? 'kept' : 'passed';
  return mode === 'bypass_by_default' ? 'timed' : 'asked';
}

/** Whether what is kept for one person is given to nobody else, because his session is part of the key. `undefined`: a cookie is, and nobody knows which. */
function isKeptApart(key: CacheState['key'], { hasSession, held = [], headers }: EdgeRequest): boolean | undefined {
  const named = (part: unknown): string[] => {
    const include = (part as { include?: unknown } | undefined)?.include;
    return Array.isArray(include) ? include.filter((one): one is string => typeof one === 'string') : [];
  };
  if (headers?.includes('authorization') && named(key?.header).some((one) => one.toLowerCase() === 'authorization')) return true;
  const cookies = hasSession === true ? named(key?.cookie) : [];
  if (cookies.length === 0) return false;
  const sessions = held.filter(isSessionCookie);
  if (sessions.length === 0) return cookies.some(isSessionWord) ? true : undefined;
  if (cookies.some((one) => sessions.includes(one))) return true;
  return cookies.some((one) => held.some((name) => name.startsWith(one))) ? undefined : false;
}
