import type { DataAccess } from '../../../../evidence/routes.ts';
import { api, native, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { access, type Filter, maybeRow, rows } from './access.ts';
import { firestore } from './firestore.ts';
import { sureUser } from './identity.ts';

/** The Admin SDK of Firebase, whole or by its modules: rules do not apply to it, only code can scope what it does. */
export function firebaseAdminPackage(packageName: string, name: string): Value | undefined {
  if (packageName !== 'firebase-admin') return undefined;
  switch (name) {
    case '*':
    case 'default':
      return api('firebase-admin', { member: whole });
    case 'getAuth':
      return native(() => accounts);
    case 'getFirestore':
      return native(() => firestore());
    case 'getDatabase':
      return native(() => realtime);
    case 'getStorage':
      return native(() => storage);
    default:
      return undefined;
  }
}

function whole(member: string): Value | undefined {
  if (member === 'auth') return native(() => accounts);
  if (member === 'firestore') return api('firestore-module', { call: () => firestore() });
  if (member === 'database') return api('database-module', { call: () => realtime });
  if (member === 'storage') return native(() => storage);
  return member === 'app' || member === 'initializeApp' ? native(() => api('firebase-admin', { member: whole })) : undefined;
}

const accountOperations: Readonly<Record<string, DataAccess['operation']>> = {
  createUser: 'create',
  updateUser: 'update',
  setCustomUserClaims: 'update',
  deleteUser: 'delete',
  deleteUsers: 'delete',
  getUser: 'read',
  getUserByEmail: 'read',
  getUsers: 'read',
  listUsers: 'read',
  revokeRefreshTokens: 'update',
  importUsers: 'create',
};

const accounts: Value = api('firebase-auth', {
  member: (name) => {
    if (/^verify(?:IdToken|SessionCookie)$/.test(name)) return native((call) => sureUser(call, `${name}() of Firebase`));
    const operation = Object.hasOwn(accountOperations, name) ? accountOperations[name] : undefined;
    if (!operation) return undefined;
    return native(({ machine, args, node, module }) => {
      const [first, second] = args;
      const byId = first !== undefined && first.props === undefined && name !== 'listUsers';
      const values = operation === 'create' ? first : operation === 'update' ? second : undefined;
      const filters = byId ? [{ column: name === 'getUserByEmail' ? 'email' : 'id', value: first }] : [];
      return access(machine, {
        kind: 'accounts',
        name: `accounts (${name})`,
        operation,
        client: 'server',
        filters,
        ...(values && { values }),
        node,
        module,
      }).row;
    });
  },
});

/** A place in the Realtime Database: the first step of its path is the table, the others say which row. */
interface Reference {
  readonly name: string;
  readonly filters: readonly Filter[];
}

const realtime: Value = api('realtime-database', {
  member: (name) => (name === 'ref' ? native(({ args }) => reference(at({ name: '', filters: [] }, args[0]))) : undefined),
});

// `users/${uid}/orders`: known steps name the place, the others are ids.
function at(from: Reference, path: Value | undefined): Reference {
  if (!path) return from;
  const parts = path.parts ?? [stringOf(path) ?? path];
  let { name } = from;
  const filters = [...from.filters];
  for (const part of parts) {
    if (typeof part !== 'string') filters.push({ column: 'id', value: part });
    else for (const step of part.split('/')) if (step !== '' && name === '') name = step;
  }
  return { name, filters };
}

const writes: Readonly<Record<string, DataAccess['operation']>> = {
  set: 'update',
  update: 'update',
  push: 'create',
  remove: 'delete',
  transaction: 'update',
};

function reference(place: Reference, ordered?: string): Value {
  const ask = (operation: DataAccess['operation']): Value =>
    native((call) => {
      const { machine, args, node, module } = call;
      const values = operation === 'read' ? undefined : args[0];
      const { row, found } = access(machine, {
        kind: 'table',
        name: place.name === '' ? '*' : place.name,
        operation,
        client: 'server',
        filters: place.filters,
        ...(values && { values }),
        node,
        module,
      });
      if (operation !== 'read') return reference(place);
      const snapshot = object(
        {
          val: native(() => maybeRow(row, found)),
          exists: native(() => ({ whenTrue: found })),
          toJSON: native(() => rows(row)),
          key: unknown,
        },
        true,
      );
      const listener = args.find((arg) => arg.closure);
      if (listener) machine.call(listener, [snapshot], unknown, node, module);
      return snapshot;
    });
  return api('realtime-reference', {
    member: (name) => {
      if (name === 'child') return native(({ args }) => reference(at(place, args[0])));
      if (name === 'once' || name === 'get' || name === 'on') return ask('read');
      if (name === 'orderByChild') return native(({ args }) => reference(place, stringOf(args[0])));
      if (name === 'equalTo')
        return native(({ args }) =>
          reference({ ...place, filters: [...place.filters, { column: ordered ?? '*', value: args[0] ?? unknown }] }),
        );
      if (/^(?:orderBy\w*|limitTo\w*|startAt|endAt|startAfter|endBefore)$/.test(name)) return native(() => reference(place, ordered));
      const operation = Object.hasOwn(writes, name) ? writes[name] : undefined;
      return operation && ask(operation);
    },
  });
}

const fileOperations: Readonly<Record<string, DataAccess['operation']>> = {
  save: 'create',
  upload: 'create',
  download: 'read',
  getSignedUrl: 'read',
  delete: 'delete',
  createReadStream: 'read',
  createWriteStream: 'create',
};

// `bucket().file(name).download()`; a key with the caller's id in it is theirs.
const storage: Value = api('firebase-storage', {
  member: (name) =>
    name === 'bucket'
      ? native(({ args }) =>
          api('firebase-bucket', {
            member: (verb) =>
              verb === 'file'
                ? native((file) =>
                    api('firebase-file', {
                      member: (operation) => fileAccess(stringOf(args[0]) ?? '*', file.args[0] ?? unknown, operation),
                    }),
                  )
                : fileAccess(stringOf(args[0]) ?? '*', unknown, verb),
          }),
        )
      : undefined,
});

function fileAccess(bucket: string, key: Value, verb: string): Value | undefined {
  const operation = Object.hasOwn(fileOperations, verb) ? fileOperations[verb] : undefined;
  if (!operation) return undefined;
  const parts = key.parts?.filter((part): part is Value => typeof part !== 'string') ?? [key];
  return native(
    ({ machine, node, module }) =>
      access(machine, {
        kind: 'storage',
        name: bucket,
        operation,
        client: 'server',
        filters: parts.map((value) => ({ column: 'name', value })),
        node,
        module,
      }).row,
  );
}
