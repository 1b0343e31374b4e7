import { recordGap } from '../interpret/log.ts';
import { literal, type Machine, object, unknown, type Value } from '../interpret/value.ts';
import { serve } from './endpoint.ts';
import type { InnerField, RootField } from './graphql-schema.ts';

const nowhere = { start: 0, end: 0 };

/** What a client sends along with a field: the schema lists the arguments, so they are no whole input. */
export const fieldArguments: Value = { input: { source: 'body', name: 'arguments' } };

/** What a resolver is told of the field it answers. */
export const fieldInfo = ({ type, name }: Pick<InnerField, 'type' | 'name'>): Value =>
  object({ fieldName: literal(name), parentType: object({ name: literal(type) }, true) }, true);

/** Names of directives that decide who may ask. */
const guardName =
  /auth|log(?:ged)?_?in|session|role|permission|scope|access|admin|guard|private|owner|tenant|require|protect|allow|public/i;

/** Runs a root field for one request: `context` is run first, and belongs to what stands before it. */
export function runField(machine: Machine, field: RootField, context: () => Value): Value {
  return serve(machine, `${field.type}.${field.name}`, field.place, (own) => {
    const given = context();
    for (const { name } of field.directives)
      if (guardName.test(name))
        recordGap(machine.log, `@${name} on ${field.type}.${field.name}`, 'could not see what this directive asks for', field.place);
    return own(() => resolved(machine, field, [unknown, fieldArguments, given, fieldInfo(field)]));
  });
}

/** Notes that nothing is known of whose object a field belongs to, and of who was asked for on the way to it. */
export const noteWay = (machine: Machine, { type, place }: Pick<InnerField, 'type' | 'place'>): void =>
  recordGap(
    machine.log,
    `the fields that give ${type}`,
    'this field is reached over them; what they ask of the caller was not followed',
    place,
  );

/** Runs a field of an object that another field has given. */
export function runInner(machine: Machine, field: InnerField, context: () => Value): Value {
  return serve(machine, `${field.type}.${field.name}`, field.place, (own) => {
    const given = context();
    noteWay(machine, field);
    return own(() =>
      machine.settle(machine.call(field.resolve, [unknown, fieldArguments, given, unknown], unknown, nowhere, field.module)),
    );
  });
}

/** Calls a field's resolver. */
export function resolved(machine: Machine, field: RootField, args: readonly Value[]): Value {
  const { resolve, module, place } = field;
  const answer = machine.settle(machine.call(resolve, args, unknown, nowhere, module));
  const seen = resolve.closure ?? resolve.native ?? resolve.api?.call ?? resolve.alternatives ?? resolve.wraps;
  // A field of the schema without a resolver gives what stands under its name in the root value, which is nothing of anybody.
  if (!seen && Object.keys(resolve).length > 0)
    recordGap(machine.log, `the resolver of ${field.type}.${field.name}`, 'could not be followed', place);
  return answer;
}
