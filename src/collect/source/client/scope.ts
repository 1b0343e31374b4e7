import type { BindingPattern, Node, ParamPattern } from 'oxc-parser';
import type { Target } from './facts.ts';
import { bare, keyOf } from './syntax.ts';

/** What a name stands for where it is used. */
export type Binding =
  /** Code that runs when the name is used; `node` is its function where it is a plain one. */
  | { readonly kind: 'unit'; readonly target: Target; readonly node?: Node; readonly scope?: Scope }
  | { readonly kind: 'import'; readonly target: Target; readonly name: string }
  /** `path`: properties taken out of it by destructuring. `result`: the hook or object it came from. */
  | {
      readonly kind: 'value';
      readonly init: Node | undefined;
      readonly path: readonly string[];
      readonly scope: Scope;
      readonly result?: Target;
      readonly state?: boolean;
    }
  /** `of`: what the function is; `property`: name in the object it is taken out of. */
  | { readonly kind: 'parameter'; readonly of: FunctionRole; readonly property: string | undefined; readonly type: string };

/** A component gets properties, a callback rows and events, any other function whatever its callers hand in. */
export type FunctionRole = 'component' | 'callback' | 'function';

export interface Scope {
  readonly names: Map<string, Binding>;
  readonly parent: Scope | undefined;
}

export const inner = (parent: Scope | undefined): Scope => ({ names: new Map(), parent });

export function lookUp(scope: Scope, name: string): Binding | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const found = at.names.get(name);
    if (found) return found;
  }
  return undefined;
}

/** Names a pattern introduces, each with the properties that lead to it. */
export function patternPaths(pattern: Node, path: readonly string[] = []): { name: string; path: readonly string[] }[] {
  switch (pattern.type) {
    case 'Identifier':
      return [{ name: pattern.name, path }];
    case 'AssignmentPattern':
      return patternPaths(pattern.left, path);
    case 'RestElement':
      return patternPaths(pattern.argument, path);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element, at) => (element ? patternPaths(element, [...path, String(at)]) : []));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'RestElement'
          ? patternPaths(property.argument, path)
          : patternPaths(property.value, [...path, keyOf(property) ?? '?']),
      );
    default:
      return [];
  }
}

/** Binds the parameters of a function. */
export function bindParameters(scope: Scope, parameters: readonly ParamPattern[], of: FunctionRole): void {
  for (const parameter of parameters) {
    const pattern: Node = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter;
    const type = typeName(pattern.type === 'AssignmentPattern' ? pattern.left : (pattern as BindingPattern));
    for (const { name, path } of patternPaths(pattern))
      scope.names.set(name, { kind: 'parameter', of, property: path.at(-1), type: path.length === 0 ? type : '' });
  }
}

function typeName(pattern: Node): string {
  const annotation = 'typeAnnotation' in pattern ? pattern.typeAnnotation : undefined;
  const type = annotation && 'typeAnnotation' in annotation ? annotation.typeAnnotation : undefined;
  return type && 'typeName' in type && type.typeName.type === 'Identifier' ? type.typeName.name : '';
}

/** Strings of a list: written out, or in a constant of the file. `undefined` when it cannot be told. */
export function stringsOf(node: Node, scope: Scope, depth = 0): readonly string[] | undefined {
  const value = bare(node);
  if (value.type === 'Literal') return typeof value.value === 'string' ? [value.value] : undefined;
  if (value.type === 'TemplateLiteral' && value.expressions.length === 0) return [value.quasis[0]?.value.cooked ?? ''];
  if (value.type === 'ArrayExpression') {
    const items = value.elements.map((element) =>
      element && element.type !== 'SpreadElement' ? stringsOf(element, scope, depth) : undefined,
    );
    return items.every((item) => item !== undefined) ? items.flat() : undefined;
  }
  // An enum or a table of constants: the name says as much as its value.
  if (value.type === 'MemberExpression' && !value.computed && value.property.type === 'Identifier') {
    const base = bare(value.object);
    return base.type === 'Identifier' && /^[A-Z]/.test(base.name) && /role|permission/i.test(base.name)
      ? [value.property.name.toLowerCase()]
      : undefined;
  }
  if (value.type === 'NewExpression' && value.callee.type === 'Identifier' && value.callee.name === 'Set' && value.arguments[0])
    return stringsOf(value.arguments[0], scope, depth);
  if (value.type !== 'Identifier' || depth > 4) return undefined;
  const binding = lookUp(scope, value.name);
  // A list of another file: its name says who is on it.
  if (binding?.kind === 'import')
    return /(?:ADMIN|OWNER|STAFF|MANAGER|PRIVILEGED)\w*$/.test(value.name) ? [value.name.toLowerCase()] : undefined;
  return binding?.kind === 'value' && binding.init && binding.path.length === 0
    ? stringsOf(binding.init, binding.scope, depth + 1)
    : undefined;
}
