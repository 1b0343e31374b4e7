import { type Content, contentOf } from '../wire/content.ts';
import type { Answer } from '../wire/sender.ts';
import { record } from '../surface/schema.ts';

/** An answer somebody got. */
export interface Sight {
  readonly path: string;
  /** `GET` where absent. */
  readonly method?: 'SEARCH';
  readonly status: number;
  readonly content: Content;
  /** His own pages asked for it, in a recording or in our browser. */
  readonly observed?: true;
}

/** All that somebody has seen: what he may know is no proof that he got at something of others. */
export interface Seen {
  readonly sights: Map<string, Sight>;
  readonly values: Set<string>;
  /** Values by the key they had, `organisation.id` as `organisation_id` too; the newest last. */
  readonly keyed: Map<string, string[]>;
  /** The last body that his own pages sent, by `operationKey`, without secrets. */
  readonly sent: Map<string, Readonly<Record<string, unknown>>>;
}

export const nothingSeen = (): Seen => ({ sights: new Map(), values: new Set(), keyed: new Map(), sent: new Map() });

/** Keeps what somebody was shown. */
export function note(seen: Seen, path: string, { status, text }: Pick<Answer, 'status' | 'text'>): Sight {
  const sight: Sight = { path, status, content: contentOf(text) };
  seen.sights.set(path, sight);
  if (status >= 200 && status < 300) {
    for (const value of sight.content.values) seen.values.add(value);
    const thing =
      path
        .split(/[?#]/)[0]
        ?.split('/')
        .findLast((part) => /^[a-z]/i.test(part) && !saysHow.test(part)) ?? '';
    keep(seen.keyed, sight.content.json, thing, 0);
  }
  return sight;
}

/** Says how things are listed, not which. */
const saysHow = /^(?:search|list|all|mine|my|recent|latest|query|find|export)$/i;

/** `clientId`, `client-id` and `client_id` are one key. */
export const keyName = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[-.\s]/g, '_')
    .toLowerCase();

/** `invoices` → `invoice`, `companies` → `company`. */
export const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/(?:(ss)|s)$/, '$1');

/** Wrappers of a list say nothing of what is in it. */
const wrapper = /^(?:data|items|results|rows|records|content)$/i;

function keep(keyed: Map<string, string[]>, value: unknown, above: string, depth: number): void {
  if (depth > 6) return;
  if (Array.isArray(value)) for (const one of value.slice(0, 50)) keep(keyed, one, above, depth + 1);
  else
    for (const [name, one] of Object.entries(record(value)))
      if (typeof one === 'string' || typeof one === 'number') keepScalar(keyed, keyName(name), String(one), above);
      else keep(keyed, one, wrapper.test(name) ? above : name, depth + 1);
}

function keepScalar(keyed: Map<string, string[]>, key: string, value: string, above: string): void {
  const parent = singular(keyName(above));
  for (const at of /^_?(?:id|uuid)$/.test(key) ? [key, `${parent}_id`, parent] : [key]) {
    const before = keyed.get(at) ?? [];
    if (!before.includes(value)) keyed.set(at, [...before.slice(0, 10), ...before.slice(10).slice(-mostValues + 10), value]);
  }
}

/** Values kept of a key: the first, which other things of the app hang on, and the last, which are ours. */
const mostValues = 40;

/** Values seen under a name: as it is, as the id of what it names, or as that thing's own id; those he was told at the door last, as they are his. */
export function knownAs(seen: Pick<Seen, 'keyed'>, name: string): string[] {
  const { keyed } = seen;
  const key = keyName(name);
  const base = baseOf(key);
  const all = [...(keyed.get(key) ?? []), ...(base === '' ? [] : [...(keyed.get(`${base}_id`) ?? []), ...(keyed.get(base) ?? [])])];
  const told = toldAtTheDoor(seen, name);
  return [...new Set([...all.filter((one) => !told.includes(one)), ...told])];
}

const baseOf = (key: string): string => key.replace(/_?(?:id|uuid|key|slug)$/, '');

/** What names a thing in short at the door: `bid` of his basket. */
export function toldAtTheDoor({ keyed }: Pick<Seen, 'keyed'>, name: string): string[] {
  const key = keyName(name);
  const base = baseOf(key);
  return base.length < 2 || base === key ? [] : (keyed.get(`${base[0]}id`) ?? []);
}
