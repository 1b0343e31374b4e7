import type { Result } from '../../../core/evidence.ts';
import { loginName } from '../people/account.ts';
import type { Thing } from '../objects/things.ts';
import { marksIn } from '../objects/values.ts';
import { contentOf, scalars } from '../wire/content.ts';
import type { Answer } from '../wire/sender.ts';

/** Shorter texts turn up by chance. */
export const tellingLength = 5;

/** Round ones are times that somebody set: of a slot, of a day. */
const exactTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.(?!000)\d{3}/;

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What its owner is shown of a thing, and nobody else would know. */
export interface Control {
  readonly thing: Thing;
  /** The answer as data, where it is a record that was made at a moment of its own. */
  readonly record?: string;
  /** The answer, where it is sent as a file to keep. */
  readonly file?: string;
  readonly json: unknown;
  readonly canaries: readonly string[];
  /** Of everybody. */
  readonly marks: Marks;
  readonly values: ReadonlySet<string>;
  /** His pages asked for it, and neither a mark nor his name is in it. */
  readonly nameless: boolean;
}

/** Marks that each person put into what he made. */
export type Marks = ReadonlyMap<string, readonly string[]>;

/** Texts that the pages of a route show several owners who are strangers to each other: words of the page, and no one's. */
type Labels = ReadonlyMap<string, ReadonlySet<string>>;

export function labelsOf(owned: ReadonlyMap<Thing, Result<Answer>>): Labels {
  const labels = new Map<string, Set<string>>();
  const first = new Map<string, string>();
  for (const [{ route, owner }, own] of owned) {
    const content = own.ok && own.value.status < 300 ? contentOf(own.value.text) : undefined;
    if (!content || content.json !== undefined) continue;
    for (const value of content.values) {
      const tenant = first.get(`${route} ${value}`) ?? owner.tenant;
      first.set(`${route} ${value}`, tenant);
      if (tenant !== owner.tenant) labels.set(route, (labels.get(route) ?? new Set()).add(value));
    }
  }
  return labels;
}

interface Telling {
  readonly marks: Marks;
  readonly tenantsKnown: boolean;
  readonly labels: Labels;
}

/** What its owner is shown of it now, to hold what others get against. */
export function controlOf(thing: Thing, { text, headers }: Answer, { marks, tenantsKnown, labels }: Telling): Control {
  const { account } = thing.owner;
  // A record of himself: his address in it is as good as a mark, where it is known who is whose customer.
  const himself = tenantsKnown && account && text.includes(account.email) ? [account.email] : [];
  // What stands in the address comes back with every refusal that names it.
  const address = decoded(thing.path);
  const canaries = [...marksIn(text, marks.get(thing.owner.name) ?? []), ...himself].filter((mark) => !address.includes(mark));
  const isLabel = (value: string): boolean => labels.get(thing.route)?.has(value) === true;
  const values = new Set(
    contentOf(text).values.filter((value) => value.length >= tellingLength && !thing.ids.includes(value) && !isLabel(value)),
  );
  const { json } = contentOf(text);
  const isFile = text !== '' && /^\s*attachment/i.test(headers['content-disposition'] ?? '');
  const isDated = [...scalars(json)].some((value) => exactTime.test(value));
  const names = account ? [account.email, loginName(account)].map((one) => one.toLowerCase()) : [];
  const nameless =
    thing.observed === true && !thing.made && canaries.length === 0 && !names.some((name) => text.toLowerCase().includes(name));
  return {
    thing,
    json,
    canaries,
    marks,
    values,
    nameless,
    ...((thing.made || thing.told) && isDated && { record: JSON.stringify(json) }),
    ...(isFile && { file: text }),
  };
}
