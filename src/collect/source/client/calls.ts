import type { CallExpression, Node } from 'oxc-parser';
import type { ClientAccess } from '../../../evidence/routes.ts';
import { addressOf, constantText } from './address.ts';
import type { Scope } from './scope.ts';
import { bare, calleeName, plainArguments, propertyOf, propertyValue, stringOf } from './syntax.ts';

/** What a call asks of the server or the database. */
export type Asked = Omit<ClientAccess, 'gate' | 'place'>;

/** A call that reaches data under a name that could not be told. */
export interface Unnamed {
  readonly dynamic: string;
}

/** Cheap test of a whole file: without a match no call of it is an access. */
export const mayAccess =
  /\.\s*(?:from|rpc|invoke)\s*(?:<[^>()]*>)?\(|\bfetch\b|[Ff]etch\w*\(|axios|[Rr]equest\w*\(|\.(?:get|post|put|patch|delete|del)\s*(?:<[^()]*>)?\(\s*[`'"]|useSWR|httpsCallable|firestore|<form\b|<Form\b|hx-(?:post|put|patch|delete)|queryKey:\s*\[\s*[`'"]\/|\.use(?:Mutation|Query)\(|use server/;

const verbs: Readonly<Record<string, Asked['operation']>> = {
  select: 'read',
  insert: 'create',
  update: 'update',
  upsert: 'update',
  delete: 'delete',
};
const files: Readonly<Record<string, Asked['operation']>> = {
  upload: 'create',
  uploadToSignedUrl: 'create',
  createSignedUploadUrl: 'create',
  update: 'update',
  move: 'update',
  copy: 'create',
  remove: 'delete',
  download: 'read',
  list: 'read',
  createSignedUrl: 'read',
  createSignedUrls: 'read',
};
const methods: Readonly<Record<string, Asked['operation']>> = {
  GET: 'read',
  POST: 'create',
  PUT: 'update',
  PATCH: 'update',
  DELETE: 'delete',
};

/** One link of a chain: `.eq('id', id)`. */
interface Link {
  readonly name: string;
  readonly call: CallExpression;
  readonly object: Node;
}

/** The calls of a chain, outermost first: `a.from('t').update(x).eq('id', 1)` gives eq, update, from. */
export function chainOf(call: CallExpression): Link[] {
  const links: Link[] = [];
  for (let at: Node = call; ;) {
    const current = bare(at);
    if (current.type === 'CallExpression') {
      const callee = bare(current.callee);
      if (callee.type !== 'MemberExpression') return links;
      links.push({ name: propertyOf(callee) ?? '', call: current, object: callee.object });
      at = callee.object;
    } else if (current.type === 'MemberExpression') at = current.object;
    else return links;
  }
}

const notData =
  /^(?:Array|Buffer|Object|Set|Map|Uint8Array|Int8Array|Float32Array|Readable|Iterator|Stream|Observable|String|Date|Address|Keypair)$/;

/** What the outermost call of a chain asks for; `undefined` when it is no access. */
export function askedBy(call: CallExpression, scope: Scope): Asked | Unnamed | undefined {
  const links = chainOf(call);
  const from = links.findIndex(({ name }) => name === 'from');
  if (from >= 0) return ofTable(links, from, scope);
  for (const { name, call: one, object } of links) {
    const [first] = plainArguments(one);
    if (name === 'rpc' && first) return namedCall('rpc', first, scope, 'rpc');
    if (name === 'invoke' && /functions/.test(propertyOf(bare(object)) ?? nameOf(object)))
      return namedCall('function', first, scope, 'functions.invoke');
  }
  return ofFirestore(call, links, scope) ?? ofServer(call, scope);
}

function ofTable(links: readonly Link[], from: number, scope: Scope): Asked | Unnamed | undefined {
  const link = links[from];
  if (!link || notData.test(nameOf(link.object))) return undefined;
  const values = plainArguments(link.call);
  if (values.length !== 1) return undefined;
  const storage = propertyOf(bare(link.object)) === 'storage' || nameOf(link.object) === 'storage';
  const words = storage ? files : verbs;
  // The first verb decides: `insert(…).select()` is an insert that shows what it made.
  const verb = links.slice(0, from).findLast(({ name }) => words[name] !== undefined);
  const operation = words[verb?.name ?? ''];
  if (operation === undefined) return undefined;
  const name = constantText(values[0], scope);
  return name === undefined ? { dynamic: storage ? 'a bucket' : 'a table' } : { kind: storage ? 'storage' : 'table', name, operation };
}

function namedCall(kind: 'rpc' | 'function', first: Node | undefined, scope: Scope, what: string): Asked | Unnamed {
  const name = constantText(first, scope);
  return name === undefined ? { dynamic: what } : { kind, name: name.replace(/[/?].*$/, ''), operation: 'call' };
}

const documents: Readonly<Record<string, Asked['operation']>> = {
  getDoc: 'read',
  getDocs: 'read',
  onSnapshot: 'read',
  getCountFromServer: 'read',
  addDoc: 'create',
  setDoc: 'update',
  updateDoc: 'update',
  deleteDoc: 'delete',
};
const documentCalls: Readonly<Record<string, Asked['operation']>> = {
  get: 'read',
  onSnapshot: 'read',
  add: 'create',
  set: 'update',
  update: 'update',
  delete: 'delete',
};

function ofFirestore(call: CallExpression, links: readonly Link[], scope: Scope): Asked | Unnamed | undefined {
  const name = calleeName(call);
  const values = plainArguments(call);
  if (name === 'httpsCallable') return namedCall('function', values[1], scope, 'a function');
  const operation = call.callee.type === 'Identifier' ? documents[name] : undefined;
  if (operation !== undefined && values[0]) {
    const collection = collectionOf(values[0], scope, 0);
    return collection === undefined ? { dynamic: 'a collection' } : { kind: 'document', name: collection, operation };
  }
  const at = links.findLastIndex((link) => link.name === 'collection');
  const chained = at > 0 ? links.slice(0, at).find((link) => documentCalls[link.name] !== undefined) : undefined;
  const collection = chained ? constantText(plainArguments(links[at]?.call ?? call)[0], scope) : undefined;
  return chained && collection !== undefined
    ? { kind: 'document', name: collection, operation: documentCalls[chained.name] ?? 'read' }
    : undefined;
}

// `doc(db, 'orders', id)`, `collection(db, 'orders')`, `query(collection(…), …)`, `doc(collection(…))`
function collectionOf(node: Node, scope: Scope, depth: number): string | undefined {
  const at = bare(node);
  if (at.type !== 'CallExpression' || depth > 3) return undefined;
  const values = plainArguments(at);
  const name = calleeName(at);
  if (name === 'query' && values[0]) return collectionOf(values[0], scope, depth + 1);
  if (name !== 'doc' && name !== 'collection') return undefined;
  const inside = values[0] ? collectionOf(values[0], scope, depth + 1) : undefined;
  return inside ?? constantText(values[1], scope)?.split('/')[0];
}

const sender = /fetch|request|axios|^api|api$|http|^ky$|useSWR|^call/i;
const senders = /axios|api|http|client|request|fetch|^ky$|^\$$|instance/i;

function ofServer(call: CallExpression, scope: Scope): Asked | undefined {
  const values = plainArguments(call);
  const [first, second] = values;
  if (!first) return undefined;
  const callee = bare(call.callee);
  const name = calleeName(call);
  const settings = values.find((value) => bare(value).type === 'ObjectExpression');
  const options = settings ? bare(settings) : undefined;
  const told = stringOf(propertyValue(options, 'method') ?? propertyValue(options, 'type'))?.toUpperCase();
  if (callee.type === 'MemberExpression') {
    const method = name === 'del' ? 'DELETE' : name.toUpperCase();
    if (methods[method] !== undefined && senders.test(nameOf(callee.object))) return api(addressOf(first, scope), method);
  }
  if (/^use(?:Query|Suspense\w*)$/.test(name)) {
    const key = propertyValue(options, 'queryKey');
    if (key?.type !== 'ArrayExpression' || !key.elements[0] || propertyValue(options, 'queryFn')) return undefined;
    const start = addressOf(key.elements[0], scope);
    return start?.startsWith('/') ? api(start, 'GET') : undefined;
  }
  if (!sender.test(name)) return undefined;
  const written = stringOf(first)?.toUpperCase();
  if (second && written !== undefined && methods[written] !== undefined) return api(addressOf(second, scope), written);
  const url = options && bare(first) === options ? propertyValue(options, 'url') : undefined;
  return api(
    addressOf(url ?? first, scope),
    told ?? (second && stringOf(second) !== undefined ? stringOf(second)?.toUpperCase() : undefined) ?? 'GET',
  );
}

const api = (path: string | undefined, method: string): Asked | undefined => {
  const operation = methods[method];
  return path === undefined || operation === undefined ? undefined : { kind: 'api', name: path, operation, method };
};

/** The last name of an expression, for guessing what kind of thing it is. */
function nameOf(node: Node): string {
  const at = bare(node);
  if (at.type === 'Identifier') return at.name;
  if (at.type === 'MemberExpression') return propertyOf(at) ?? '';
  return at.type === 'CallExpression' ? calleeName(at) : at.type === 'ThisExpression' ? 'this' : '';
}
