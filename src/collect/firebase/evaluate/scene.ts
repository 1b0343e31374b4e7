import { type Fields, map, type MapValue, NULL, text, type Unknown, type Value } from './value.ts';

export type Method = 'get' | 'list' | 'create' | 'update' | 'delete';

/** Documents by their path, e.g. `invoices/17`, and files by theirs after `gs:`. */
export type Store = ReadonlyMap<string, MapValue>;

/** What a query asks for. `limit`, `offset` and `orderBy` are absent where it does not say. */
export interface Query {
  readonly limit?: number;
  readonly offset?: number;
  readonly orderBy?: string;
}

/** One request, and the database it meets. */
export interface Scene {
  readonly product: 'firestore' | 'storage';
  readonly method: Method;
  /** Path of the document below the database, or of the file in its bucket. For a list, the last part is what its query leaves open. */
  readonly path: readonly (string | Unknown)[];
  /** `request.auth`: null, or a map of `uid` and `token`. */
  readonly auth: Value;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  /** `resource.data` of a document, `resource` of a file; absent: there is none. */
  readonly before?: MapValue;
  /** The same of `request.resource`. */
  readonly sent?: MapValue | Unknown;
  readonly query?: Query;
  readonly store: Store;
  /** The store as it will be; `getAfter` looks into it. */
  readonly after?: Store;
  /** Set when nothing is known: every document looked up could say anything. */
  readonly unknown?: Unknown;
}

export const openEnd: Unknown = { is: 'any', because: 'query', why: 'the query does not say which documents it is after' };

/** The path in the store of a document named in a rule (`/databases/(default)/documents/…`); nothing for another path. */
export function keyOf(segments: readonly string[]): string | undefined {
  return segments.length > 3 && segments[0] === 'databases' && segments[2] === 'documents' ? segments.slice(3).join('/') : undefined;
}

export const rootOf = (product: Scene['product']): readonly string[] =>
  product === 'firestore' ? ['databases', '(default)', 'documents'] : ['b', 'app.example', 'o'];

/** A document as `get()` and `resource` show it. */
export const documentOf = (path: readonly (string | Unknown)[], data: MapValue | Unknown): Value => {
  const last = path.at(-1) ?? '';
  const open = path.find((part) => typeof part !== 'string');
  return map({
    data,
    id: typeof last === 'string' ? text(last) : last,
    __name__: open ?? { is: 'path', segments: [...rootOf('firestore'), ...(path as string[])] },
  });
};

const optional = (value: number | string | undefined): Value =>
  value === undefined ? NULL : typeof value === 'number' ? { is: 'int', value } : text(value);

/** `resource` or `request.resource` of a scene. */
export function resourceOf(scene: Scene, which: 'before' | 'sent'): Value {
  const found = scene[which];
  if (!found) return NULL;
  if (scene.product === 'firestore') return documentOf(scene.path, found);
  if (found.is === 'any') return found;
  const name = scene.path.find((part) => typeof part !== 'string') ?? text(scene.path.join('/'));
  const fields: Fields = new Map([['name', name], ['bucket', text('app.example')], ...found.fields]);
  return { ...found, fields };
}

/** The variable `request`. */
export function requestOf(scene: Scene): MapValue {
  const open = scene.path.find((part) => typeof part !== 'string');
  const { query } = scene;
  return map({
    auth: scene.auth,
    method: text(scene.method),
    path: open ?? { is: 'path', segments: [...rootOf(scene.product), ...(scene.path as string[])] },
    time: { is: 'timestamp', nanos: scene.time },
    resource: resourceOf(scene, 'sent'),
    ...(query && {
      query: map({ limit: optional(query.limit), offset: optional(query.offset ?? 0), orderBy: optional(query.orderBy) }),
    }),
  });
}
