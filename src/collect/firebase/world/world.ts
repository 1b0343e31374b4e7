import { openEnd, type Method, type Query, type Scene, type Store } from '../evaluate/scene.ts';
import { type Fields, int, list, map, type MapValue, NULL, text, TRUE, type Value } from '../evaluate/value.ts';

/** Whoever asks. `mark` is in everything that is his, so that it can be told from what is others'. */
export interface Caller {
  readonly mark: string;
  /** Absent: nobody is signed in. */
  readonly uid?: string;
  readonly claims: Fields;
}

/** What a query asks of a field. */
export interface Condition {
  readonly operator: '==' | 'array-contains';
  readonly value: Value;
}

/** A request in the making, and the database it will meet. Never changed: an edit makes a new one. */
export interface World {
  readonly product: Scene['product'];
  readonly docs: Store;
  readonly caller: Caller;
  readonly path: readonly string[];
  readonly method: Method;
  /** What would be stored by a create or update. */
  readonly sent: MapValue;
  readonly where: ReadonlyMap<string, Condition>;
  readonly query: Query;
  /** `documentId() == …` of a list. */
  readonly documentId?: string;
}

export const keyFor = (product: Scene['product'], path: readonly string[]): string =>
  `${product === 'storage' ? 'gs:' : ''}${path.join('/')}`;
export const keyOfWorld = (world: World): string => keyFor(world.product, world.path);

export const callerOf = (mark: string, more: Readonly<Record<string, Value>> = {}): Caller => ({
  mark,
  uid: `uid-${mark}`,
  claims: new Map<string, Value>([
    ['email', text(`${mark}@mail.example`)],
    ['email_verified', TRUE],
    ['name', text(`Name of ${mark}`)],
    ['sub', text(`uid-${mark}`)],
    ['user_id', text(`uid-${mark}`)],
    ['iss', text('https://securetoken.google.com/app')],
    ['aud', text('app')],
    ['auth_time', int(1)],
    ['firebase', map({ sign_in_provider: text('password'), identities: map({ email: list([text(`${mark}@mail.example`)]) }) })],
    ...Object.entries(more),
  ]),
});
export const visitor: Caller = { mark: 'visitor', claims: new Map() };

export const authOf = ({ uid, claims }: Caller): Value =>
  uid === undefined ? NULL : map({ uid: text(uid), token: { is: 'map', fields: claims } });

/** The request of a world as Firebase would see it. */
export function sceneOf(world: World, now: number): Scene {
  const { product, method, docs, path, sent } = world;
  const key = keyOfWorld(world);
  const isList = method === 'list';
  const writes = method === 'create' || method === 'update';
  const there = docs.get(key);
  const before = isList ? openDocument(world) : there;
  const after = new Map(docs);
  if (writes) after.set(key, sent);
  else if (method === 'delete') after.delete(key);
  return {
    product,
    method,
    path: isList ? [...path.slice(0, -1), world.documentId ?? openEnd] : path,
    auth: authOf(world.caller),
    time: BigInt(now) * 1_000_000n,
    // A create in Storage may meet a file that it replaces.
    ...(before && (method !== 'create' || product === 'storage') && { before }),
    ...(writes && { sent }),
    ...(isList && { query: world.query }),
    store: docs,
    after,
  };
}

/** What a query says about the documents that it brings. */
const openDocument = (world: World): MapValue => {
  const root: Node = new Map();
  for (const [field, { operator, value }] of world.where) plant(root, field.split('.'), operator === '==' ? value : list([value]));
  return grown(root);
};
type Node = Map<string, Node | Value>;
function plant(node: Node, [first = '', ...others]: string[], value: Value): void {
  if (others.length === 0) return void node.set(first, value);
  const inner = node.get(first);
  const next: Node = inner instanceof Map ? inner : new Map();
  node.set(first, next);
  plant(next, others, value);
}
const grown = (node: Node): MapValue => ({
  is: 'map',
  fields: new Map([...node].map(([key, value]) => [key, value instanceof Map ? grown(value) : value])),
  open: openEnd,
});

/** The value at a chain of keys. */
export function at(value: Value | undefined, keys: readonly string[]): Value | undefined {
  let found = value;
  for (const key of keys) found = found?.is === 'map' ? found.fields.get(key) : undefined;
  return found;
}

/** The map with the value put at a chain of keys; `undefined` takes it away. */
export function withAt(into: Value | undefined, keys: readonly string[], value: Value | undefined): MapValue {
  const fields = new Map(into?.is === 'map' ? into.fields : []);
  const [first = '', ...others] = keys;
  if (others.length > 0) fields.set(first, withAt(fields.get(first), others, value));
  else if (value === undefined) fields.delete(first);
  else fields.set(first, value);
  return { is: 'map', fields };
}

/** Every text in the value changed by a function, and keys with them. */
export function renamed(value: Value, change: (name: string) => string): Value {
  switch (value.is) {
    case 'string':
      return text(change(value.value));
    case 'list':
    case 'set':
      return { is: value.is, items: value.items.map((item) => renamed(item, change)) };
    case 'map':
      return { ...value, fields: new Map([...value.fields].map(([key, item]) => [change(key), renamed(item, change)])) };
    case 'path':
      return { is: 'path', segments: value.segments.map(change) };
    default:
      return value;
  }
}

/** True when the text stands somewhere in the value. */
export function mentions(value: Value | undefined, mark: string): boolean {
  if (value?.is === 'string') return value.value.includes(mark);
  if (value?.is === 'list' || value?.is === 'set') return value.items.some((item) => mentions(item, mark));
  if (value?.is === 'path') return value.segments.some((part) => part.includes(mark));
  return value?.is === 'map' && [...value.fields].some(([key, item]) => key.includes(mark) || mentions(item, mark));
}
