import type { LiveCell } from '../../../evidence/live-access.ts';
import { look } from '../objects/browse.ts';
import { addressOf, create, type Made, type Making } from '../objects/create.ts';
import { keyName, singular, toldAtTheDoor } from '../objects/seen.ts';
import { rowsOf } from '../objects/things.ts';
import { ownIdOf } from '../people/own-id.ts';
import { type Person, relationOf } from '../people/person.ts';
import { record } from '../surface/schema.ts';
import { contentOf, scalars } from '../wire/content.ts';

/** Fields that say whose a thing is. */
const owning =
  /^(?:user|owner|author|creator|created_by|account|member|tenant|org|organi[sz]ation|company|workspace|team)(?:_(?:id|uuid))?$/;

type Row = Readonly<Record<string, unknown>>;

/** A field that was sent with what is another's in it. */
interface Swap {
  readonly field: string;
  readonly value: unknown;
  /** Whether the field says whose the thing is; else it names another thing, and only what its owner is shown tells. */
  readonly owning: boolean;
  /** The thing of the other that is named, where we made it. */
  readonly of?: Made;
}

/**
 * Tries to make things that are somebody else's, or hang on what is his: the same request with one field changed (OWASP API1:2023, ids in the body;
 * API3:2023, fields that nobody asked for). What counts is what the app says afterwards of the thing, never the answer to the request itself.
 */
export async function createAsOthers(making: Making, people: readonly Person[], made: readonly Made[]): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  const kinds = new Set<string>();
  for (const one of made) {
    const { owner, operation } = one;
    if (kinds.has(operation.id)) continue;
    kinds.add(operation.id);
    const victim = people.find((other) => other.account && !other.administrator && relationOf(owner, other) === 'stranger');
    if (!victim) continue;
    for (const swap of swapsFor(one, victim, made)) {
      const once = await tried(making, one, victim, swap);
      const twice =
        once.outcome === 'refused' && isSent(one, swap) ? await tried(sendingTwice(making, one, swap), one, victim, swap) : once;
      const cell =
        twice.outcome === 'got' && twice !== once
          ? { ...twice, request: `${twice.request}, given twice in the body: first his own, then this one` }
          : once;
      cells.push(cell);
      if (cell.outcome === 'got') break;
    }
  }
  return cells;
}

/** What could be changed in the request, by what is known of the other: what his own things say in the field, or who he is. */
function swapsFor(one: Made, victim: Person, made: readonly Made[]): Swap[] {
  const rows = [record(one.row), ...rowsOf(one.owner.seen.sights.get(one.path)?.content.json).slice(0, 3)];
  const sent = one.body.type === 'json' ? record(one.body.value) : Object.fromEntries(one.body.fields);
  const his = made.filter(({ owner }) => owner.name === victim.name);
  const fields = [...new Set([...Object.keys(sent), ...rows.flatMap((row) => Object.keys(flat(row)))])];
  return fields.flatMap((field): Swap[] => {
    const key = keyName(field);
    const own = flat(record(one.row))[field] ?? sent[field];
    if (owning.test(key)) {
      // `follower_id` is himself, and `user_id` whom he follows.
      const maker = one.owner.account && ownIdOf(one.owner.seen, one.owner.witness.path, one.owner.account);
      const isHimself = ([name, value]: readonly [string, unknown]): boolean =>
        /_(?:id|by)$/.test(keyName(name)) && String(value) === maker;
      if (maker !== undefined && own !== undefined && String(own) !== maker && Object.entries(flat(record(one.row))).some(isHimself))
        return [];
      const told = his.flatMap(({ row }) => flat(record(row))[field] ?? [])[0];
      const himself = victim.account && ownIdOf(victim.seen, victim.witness.path, victim.account);
      const value = told ?? (typeof own === 'number' || own === undefined || own === null ? asNumber(himself) : himself);
      return value === undefined || String(value) === String(own) ? [] : [{ field, value, owning: true }];
    }
    if (!/_(?:id|uuid)$/.test(key) || !(field in sent)) return [];
    const door = toldAtTheDoor(victim.seen, field).at(-1);
    const of = door === undefined ? his.find(({ path }) => `${singular(keyName(path.split('/').at(-1) ?? ''))}_id` === key) : undefined;
    const id = door ?? of?.id;
    return id === undefined || id === String(sent[field])
      ? []
      : [{ field, value: typeof sent[field] === 'number' ? Number(id) : id, owning: false, ...(of && { of }) }];
  });
}

/** Whether the request said it itself: what was not sent cannot be sent twice. */
const isSent = ({ body }: Made, swap: Swap): boolean => body.type === 'json' && swap.field in record(body.value);

/**
 * The same with the field twice in the body, his own first: what checks a request and what carries it out may read different ones (RFC 8259 §4 leaves
 * open which of two members of one name counts).
 */
function sendingTwice(making: Making, { operation, body }: Made, { field: name, value }: Swap): Making {
  const own = body.type === 'json' ? record(body.value)[name] : undefined;
  const doubled = (sent: object): string => {
    const members = Object.entries(sent).filter(([key]) => key !== name);
    return `{${[[name, own], ...members, [name, value]].map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(',')}}`;
  };
  const { sender } = making;
  return {
    ...making,
    sender: {
      ...sender,
      send({ body: sent, ...message }, session) {
        if (message.method !== operation.method || sent?.type !== 'json')
          return sender.send({ ...message, ...(sent && { body: sent }) }, session);
        return sender.send(
          { ...message, raw: { contentType: 'application/json', bytes: Buffer.from(doubled(record(sent.value))) } },
          session,
        );
      },
    },
  };
}

const asNumber = (id: string | undefined): string | number | undefined => (id !== undefined && /^\d+$/.test(id) ? Number(id) : id);

/** A row out of its wrapper, `{ data: {…} }`. */
const flat = (row: Row): Row => {
  const [only, ...others] = Object.values(row).filter((value) => value !== null && typeof value === 'object' && !Array.isArray(value));
  return only !== undefined && others.length === 0 && !('id' in row) ? record(only) : row;
};

async function tried(making: Making, { operation, owner }: Made, victim: Person, swap: Swap): Promise<LiveCell> {
  const { field, value } = swap;
  const made = await create(making, owner, operation, { [field]: value });
  const cell = {
    route: operation.id,
    verb: 'create',
    who: owner.name,
    relation: 'stranger',
    whose: victim.name,
    request: `${operation.id} with ${field}: ${String(value)}`,
  } as const;
  if (!made) return { ...cell, outcome: 'refused', status: 400, shows: [] };
  const said = await rowNow(making, made, owner);
  const his = await rowNow(making, made, victim);
  // The maker is asked first: what he is told of it, where he is told anything, holds.
  const whose = [said, his].flatMap((row) => (row && ownerIn(row, field)) ?? [])[0];
  const told = whose === String(value);
  if (swap.owning && told) {
    making.journal.made({ ...made, owner: victim });
    return { ...cell, outcome: 'got', proof: 're-read', status: 201, shows: [`the app names ${victim.name} as its owner`] };
  }
  if (!swap.owning && his && String(flat(his)[field]) === String(value)) {
    const got = { ...cell, outcome: 'got', proof: 're-read', status: 201, shows: [`${victim.name} finds it among his own`] } as const;
    return (await isOpenTo(making, owner, swap)) ? { ...got, shared: 'listed' } : got;
  }
  return { ...cell, outcome: 'refused', status: 201, shows: [] };
}

/** Whether the app shows the maker what he names: a review of what all may see hangs there by right. */
async function isOpenTo({ sender, operations }: Making, { session }: Person, { of }: Swap): Promise<boolean> {
  const path = of && operations.flatMap((one) => (one.method === 'GET' ? (addressOf(of, one) ?? []) : []))[0];
  const answer = path === undefined ? undefined : await sender.send({ method: 'GET', path }, session);
  return answer?.ok === true && answer.value.status < 300 && answer.value.text.includes(of?.canary ?? '');
}

/** Whose a row says it is, in the field that was sent or in what it leads to: `ownerId: 2`, `owner: { id: 2 }`. */
function ownerIn(row: Row, field: string): string | undefined {
  const linked = keyName(field).replace(/_(?:id|uuid)$/, '');
  for (const [name, one] of Object.entries(flat(row))) {
    if (name === field && one !== null && typeof one !== 'object') return String(one);
    const { id } = keyName(name) === linked ? record(one) : {};
    if (id !== undefined) return String(id);
  }
  return undefined;
}

/** What the app says of a thing when somebody looks for it now, by its mark; `undefined` where he is not shown it. */
async function rowNow({ sender, operations }: Making, made: Made, who: Person): Promise<Row | undefined> {
  const path = operations.flatMap((one) => (one.method === 'GET' ? (addressOf(made, one) ?? []) : []))[0];
  const item = path === undefined ? undefined : await sender.send({ method: 'GET', path }, who.session);
  if (item?.ok && item.value.status < 300) {
    const { json } = contentOf(item.value.text);
    if ([...scalars(json)].some((one) => one.includes(made.canary))) return record(json);
    const row = [record(json), ...rowsOf(json)].find((one) => String(flat(one)['id']) === made.id);
    if (row) return row;
  }
  const text = await look(sender, who, made.path);
  return rowsOf(contentOf(text ?? '').json).find((row) => JSON.stringify(row).includes(made.canary));
}
