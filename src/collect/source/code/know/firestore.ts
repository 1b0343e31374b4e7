import { type DataAccess } from '../../../../evidence/routes.ts';
import { type Value, api, native, object, stringOf, unknown } from '../interpret/value.ts';
import { nothing } from '../interpret/state.ts';
import { type Filter, access, maybeRow } from './access.ts';

/** Firestore through the Admin SDK: security rules do not apply to it. */
export const firestore = (): Value =>
  api('firestore', {
    member: (name) =>
      name === 'collection' || name === 'collectionGroup'
        ? native(({ args }) => collection(stringOf(args[0]) ?? '*', []))
        : name === 'doc'
          ? native(({ args }) => document((stringOf(args[0]) ?? '*').split('/')[0] ?? '*', args[0] ?? unknown))
          : name === 'runTransaction' || name === 'batch'
            ? native((call) =>
                call.args[0]?.closure ? call.machine.call(call.args[0], [unknown], unknown, call.node, call.module) : unknown,
              )
            : undefined,
  });

const collection = (name: string, filters: readonly Filter[]): Value =>
  api('firestore-collection', {
    member: (member) => {
      if (member === 'doc') return native(({ args }) => document(name, args[0] ?? unknown));
      if (member === 'where')
        return native(({ args }) => collection(name, [...filters, { column: stringOf(args[0]) ?? '*', value: args[2] ?? unknown }]));
      if (member === 'orderBy' || member === 'limit' || member === 'select' || member === 'offset' || member === 'startAfter')
        return native(() => collection(name, filters));
      if (member === 'get' || member === 'count')
        return native((call) =>
          snapshotOf(
            access(call.machine, {
              kind: 'table',
              name,
              operation: 'read',
              client: 'server',
              filters,
              node: call.node,
              module: call.module,
            }).row,
          ),
        );
      if (member === 'add')
        return native(
          (call) =>
            access(call.machine, {
              kind: 'table',
              name,
              operation: 'create',
              client: 'server',
              filters,
              ...(call.args[0] && { values: call.args[0] }),
              node: call.node,
              module: call.module,
            }).row,
        );
      return undefined;
    },
  });

const documentVerbs: Record<string, DataAccess['operation']> = {
  get: 'read',
  set: 'update',
  update: 'update',
  delete: 'delete',
  create: 'create',
};

const document = (name: string, id: Value): Value =>
  api('firestore-document', {
    member: (member) => {
      const operation = documentVerbs[member];
      if (member === 'collection') return native(({ args }) => collection(stringOf(args[0]) ?? '*', [{ column: 'id', value: id }]));
      if (!operation) return undefined;
      return native((call) => {
        const { row, found } = access(call.machine, {
          kind: 'table',
          name,
          operation,
          client: 'server',
          filters: [{ column: 'id', value: id }],
          ...(call.args[0] && operation !== 'read' && { values: call.args[0] }),
          node: call.node,
          module: call.module,
        });
        return snapshotOf(row, found);
      });
    },
  });

const snapshotOf = (row: Value, found = nothing): Value =>
  object(
    {
      exists: { whenTrue: found },
      data: native(() => maybeRow(row, found)),
      docs: { items: [object({ data: native(() => row), id: row }, true)], open: true },
      empty: unknown,
      id: row,
    },
    true,
  );
