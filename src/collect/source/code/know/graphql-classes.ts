import type { MethodDefinition, Node } from 'oxc-parser';
import type { Place } from '../../../../core/finding.ts';
import { ancestry, type Made, memberName } from '../interpret/instance.ts';
import { type Machine, type Span, stringOf, type Value } from '../interpret/value.ts';
import { type Decorator, decorator, decoratorsOf } from './nest-decorators.ts';
import type { RootField } from './graphql-schema.ts';

/** A method of a resolver class that answers a root field. */
export interface RootMethod {
  readonly type: RootField['type'];
  /** The field's name. */
  readonly name: string;
  /** The method's name. */
  readonly key: string;
  readonly made: Made;
  readonly method: MethodDefinition;
  readonly decorators: readonly Decorator[];
  readonly place: Place;
}

const roots: Readonly<Record<string, RootField['type']>> = {
  'graphql Query': 'Query',
  'graphql Mutation': 'Mutation',
  'graphql Subscription': 'Subscription',
};

/** Decorators of resolver classes have names of their own, as Nest's `@Query` of a controller is another one. */
export const graphqlDecorator = (name: string): Value => decorator(`graphql ${name}`);

/** The root fields that a resolver class answers, also those of its base classes. */
export function rootMethods(machine: Machine, made: Made): RootMethod[] {
  const seen = new Set<string>();
  return ancestry(machine, made).classes.flatMap((one) =>
    one.node.body.body.flatMap((method): RootMethod[] => {
      const key = memberName(method);
      if (method.type !== 'MethodDefinition' || key === undefined || seen.has(key)) return [];
      seen.add(key);
      const decorators = decoratorsOf(machine, one, method);
      return decorators.flatMap(({ name, args, place }) => {
        const type = roots[name];
        return type ? [{ type, name: nameOf(args) ?? key, key, made: one, method, decorators, place }] : [];
      });
    }),
  );
}

/** Methods that answer fields of the objects of a resolver class. */
export const innerMethods = (machine: Machine, made: Made): Omit<RootMethod, 'type'>[] =>
  ancestry(machine, made).classes.flatMap((one) =>
    one.node.body.body.flatMap((method) => {
      const key = memberName(method);
      if (method.type !== 'MethodDefinition' || key === undefined) return [];
      const decorators = decoratorsOf(machine, one, method);
      const told = decorators.find(({ name }) => /^graphql (?:ResolveField|ResolveProperty|FieldResolver)$/.test(name));
      return told ? [{ name: nameOf(told.args) ?? key, key, made: one, method, decorators, place: told.place }] : [];
    }),
  );

// `@Query('orders')`, `@Query(() => [Order], { name: 'orders' })`
const nameOf = (args: readonly Value[]): string | undefined =>
  stringOf(args[0]) ?? args.map((arg) => stringOf(arg.props?.get('name'))).find((name) => name !== undefined);

/** What a resolver is called with. */
export interface Asked {
  readonly parent: Value;
  readonly args: Value;
  readonly context: Value;
  readonly info: Value;
}

const nowhere: Span = { start: 0, end: 0 };

/** A parameter's value by its decorators; `undefined` when none of them says. */
export function graphqlArgument(machine: Machine, made: Made, param: Node, asked: Asked): Value | undefined {
  const named: Node = param.type === 'AssignmentPattern' ? param.left : param;
  const decorators = [...decoratorsOf(machine, made, param), ...(named === param ? [] : decoratorsOf(machine, made, named))];
  for (const { name, args } of decorators) {
    const field = stringOf(args[0]) ?? stringOf(args[0]?.props?.get('name'));
    const of = (value: Value): Value => (field === undefined ? value : machine.member(value, field, true, nowhere, made.module));
    if (name === 'graphql Args' || name === 'graphql Arg') return of(asked.args);
    if (name === 'graphql Context' || name === 'graphql Ctx') return of(asked.context);
    if (name === 'graphql Parent' || name === 'graphql Root') return of(asked.parent);
    if (name === 'graphql Info') return asked.info;
  }
  return undefined;
}
