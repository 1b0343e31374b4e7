import type { Node } from 'oxc-parser';
import type { Place } from '../../../../core/finding.ts';
import type { Made } from '../interpret/instance.ts';
import { alternativesOf, api, literal, type Machine, native, stringOf, unknown, type Value } from '../interpret/value.ts';
import { flatten } from './registration.ts';

/** A decorator as it was applied; those put together with `applyDecorators` are told one by one. */
export interface Decorator {
  readonly name: string;
  readonly args: readonly Value[];
  /** Where it stands in the code, for a combined one the place of the combination. */
  readonly place: Place;
}

type Applied = Omit<Decorator, 'place'>;

/** A decorator factory of a library: calling it gives a decorator with that name. */
export const decorator = (name: string): Value => api('decorator-factory', { data: name, call: ({ args }) => applied({ name, args }) });

/** What a decorator factory returns. */
export const applied = (...data: readonly Applied[]): Value => api('decorator', { data });

const appliedBy = (value: Value): readonly Applied[] => {
  if (value.api?.kind === 'decorator') return value.api.data as readonly Applied[];
  // `@Injectable` without parentheses.
  if (value.api?.kind === 'decorator-factory') return [{ name: value.api.data as string, args: [] }];
  return value.from ? [{ name: `${value.from.package} ${value.from.name}`, args: [] }] : [];
};

/** `applyDecorators(A(), B())`, also with arrays among them. */
export const applyDecorators: Value = native(({ args }) =>
  applied(...args.flatMap((arg) => flatten(arg)).flatMap((arg) => alternativesOf(arg).flatMap(({ value }) => appliedBy(value)))),
);

export const setMetadata: Value = native(({ args }) => applied({ name: 'SetMetadata', args }));

/** `Reflector.createDecorator()`: a decorator that is its own key. */
export const createMetadataDecorator: Value = native(() => {
  const key: Value = api('metadata-key', {
    data: {},
    call: ({ args }) => applied({ name: 'SetMetadata', args: [key, args[0] ?? unknown] }),
  });
  return key;
});

/** `createParamDecorator((data, context) => value)`. */
export const createParamDecorator: Value = native(({ args: [factory = unknown] }) =>
  api('decorator-factory', {
    data: 'Custom',
    call: ({ args }) => applied({ name: 'Custom', args: [factory, args[0] ?? literal(undefined), ...args.slice(1)] }),
  }),
);

interface Decorated {
  readonly decorators?: readonly { readonly expression: Node; readonly start: number }[];
}

/** Decorators of a class, member or parameter, in the order they are written. */
export function decoratorsOf(machine: Machine, made: Made, node: object): Decorator[] {
  const list = (node as Decorated).decorators ?? [];
  return list.flatMap((item) => {
    const value = machine.aside(() => machine.evaluate(item.expression, made.scope));
    const place = made.module.placeOf(item);
    return alternativesOf(value).flatMap(({ value: one }) => appliedBy(one).map((told) => ({ ...told, place })));
  });
}

/** Keys and values set by `SetMetadata`; keys are strings or the objects that stand for them. */
export type Metadata = ReadonlyMap<unknown, Value>;

/** What two equal keys of metadata or injection have in common: the text, the class, or the object itself. */
export const keyOf = (value: Value): unknown =>
  stringOf(value) ?? value.constructs?.node ?? (typeof value.api?.data === 'object' ? value.api.data : undefined) ?? value;

/** Nothing is pushed onto a list that a decorator was given: its length is known. */
export const settled = (value: Value): Value => {
  const { items } = value;
  if (!items || value.open) return value;
  return { items, ...api('metadata-list', { member: (name) => (name === 'length' ? literal(items.length) : undefined) }) };
};

/** The uppermost decorator wins, as it is applied last. */
export function metadataOf(decorators: readonly Decorator[]): Metadata {
  const metadata = new Map<unknown, Value>();
  for (const { name, args } of decorators.toReversed())
    if (name === 'SetMetadata' && args[0] && args[0] !== unknown) metadata.set(keyOf(args[0]), settled(args[1] ?? unknown));
    else metadata.set(`@${name}`, { items: args });
  return metadata;
}

/** Arguments of all decorators of that name, flat. */
export const argumentsOf = (decorators: readonly Decorator[], name: string): Value[] =>
  decorators.filter((item) => item.name === name).flatMap(({ args }) => args.flatMap((arg) => flatten(arg)));
