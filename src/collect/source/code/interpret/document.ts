import type { DataAccess } from '../../../../evidence/routes.ts';
import { recordAccess } from './log.ts';
import { nothing, type State } from './state.ts';
import { inputOf, native, type NativeCall, type Value } from './value.ts';

/** Methods by which a row writes itself back: Mongoose's documents, Sequelize's and TypeORM's instances. */
const writes = new Map<string, DataAccess['operation']>([
  ['save', 'update'],
  ['update', 'update'],
  ['updateOne', 'update'],
  ['increment', 'update'],
  ['decrement', 'update'],
  ['restore', 'update'],
  ['overwrite', 'update'],
  ['deleteOne', 'delete'],
  ['destroy', 'delete'],
  ['remove', 'delete'],
  ['softRemove', 'delete'],
]);

/** `order.save()` where `order` came out of a table: a write to that row, tied to the caller as finding it was. */
export function documentWrite(value: Value, name: string): Value | undefined {
  const { row } = value;
  const operation = writes.get(name);
  if (!row || row.column !== undefined || !operation || row.access.kind !== 'table' || row.access.client !== 'server') return undefined;
  return { ...native((call) => write(call, value, row.access, operation)), row: { ...row, column: name } };
}

function write(call: NativeCall, value: Value, read: DataAccess, operation: DataAccess['operation']): Value {
  const { machine } = call;
  const state = machine.state ?? nothing;
  const given = call.args[0]?.input || call.args[0]?.props ? call.args[0] : value;
  const whole = given?.input && given.input.name === undefined && given.input.source !== 'path' ? given.input.source : undefined;
  const made: DataAccess = {
    kind: read.kind,
    name: read.name,
    operation,
    client: read.client,
    place: call.module.placeOf(call.node),
    auth: state.auth,
    scope: scopeOf(read, state),
    inputs: read.inputs,
    subject: read.subject,
    ...(whole && { wholeInput: whole }),
    ...(call.args[0]?.props && !inputOf(call.args[0], 0) && { writes: [...call.args[0].props.keys()] }),
  };
  recordAccess(machine.log, made, state);
  return value;
}

// A check between finding the row and writing it ties the write as well.
function scopeOf(read: DataAccess, state: State): DataAccess['scope'] {
  if (read.scope === 'owner' || read.scope === 'tenant') return read.scope;
  if (state.auth === 'tenant' || state.flags.has('ownership')) return 'tenant';
  return state.auth === 'role' ? 'role' : read.scope;
}
