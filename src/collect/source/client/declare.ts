import type { Node, Statement } from 'oxc-parser';
import type { Module } from '../code/module.ts';
import type { Target } from './facts.ts';
import { type Binding, lookUp, patternPaths, type Scope } from './scope.ts';
import { bare, calleeName, isFunction, keyOf, plainArguments } from './syntax.ts';
import { type At, unitNamed } from './walk.ts';

/** Code that a declaration only stores, to run when its name is used: functions, mutations, callbacks, objects and classes of methods. */
export function lazyCode(init: Node): Node | undefined {
  const value = bare(init);
  if (isFunction(value)) return value;
  if (value.type === 'ObjectExpression')
    return value.properties.some((item) => item.type === 'Property' && isFunction(bare(item.value))) ? value : undefined;
  if (value.type === 'ClassExpression') return value.body;
  if (value.type !== 'CallExpression') return undefined;
  const name = calleeName(value);
  const [first] = plainArguments(value);
  if (
    /^(?:useCallback|useEvent|useEffectEvent|useDebouncedCallback|useThrottledCallback|debounce|throttle|memo|forwardRef|lazy|dynamic|observer|cache|React\.memo)$/.test(
      name,
    )
  )
    return first ? bare(first) : undefined;
  // `useMutation({ mutationFn })`, `trpc.order.delete.useMutation()`
  return /Mutation$|^useAction(?:State)?$|^useServerAction$|^useFetcher$/.test(name) ? value : undefined;
}

/** Methods and function properties of a class or an object. */
export function membersOf(code: Extract<Node, { type: 'ClassBody' | 'ObjectExpression' }>): { name: string | undefined; value: Node }[] {
  if (code.type === 'ObjectExpression')
    return code.properties.map((item) =>
      item.type === 'Property' ? { name: keyOf(item), value: bare(item.value) } : { name: undefined, value: item.argument },
    );
  return code.body.flatMap((item) =>
    (item.type === 'MethodDefinition' || item.type === 'PropertyDefinition') && item.value
      ? [{ name: keyOf(item), value: bare(item.value) }]
      : [],
  );
}

/** The names a file takes from others. */
export function moduleScope(module: Module): Scope {
  const names = new Map<string, Binding>();
  for (const [local, { source, name }] of module.imports) names.set(local, { kind: 'import', target: { source, name }, name });
  return { names, parent: undefined };
}

/** Declares the names of these statements before they are walked: functions are used above where they stand. */
export function declareNames(statements: readonly Statement[], at: At): void {
  const { scope } = at;
  for (const statement of statements) {
    const declared =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
        ? (statement.declaration as Node | null)
        : statement;
    if (!declared) continue;
    if ((declared.type === 'FunctionDeclaration' || declared.type === 'ClassDeclaration') && declared.id)
      scope.names.set(declared.id.name, { kind: 'unit', target: { unit: unitNamed(declared.id.name, at) }, node: declared, scope });
    else if (declared.type === 'VariableDeclaration') for (const declarator of declared.declarations) declareVariable(declarator, at);
  }
}

function declareVariable({ id, init }: Extract<Node, { type: 'VariableDeclarator' }>, at: At): void {
  const { scope } = at;
  const names = patternPaths(id);
  const [first] = names;
  if (!first) return;
  const value = init ? bare(init) : undefined;
  const code = value && lazyCode(value);
  // At the top of a file everything waits until it is used.
  if (init && (code || (at.unit.name === '' && id.type === 'Identifier' && !isPlain(value)))) {
    const alias = value && instanceOf(value, scope);
    const binding: Binding = alias
      ? { kind: 'unit', target: alias }
      : { kind: 'unit', target: { unit: unitNamed(first.name, at) }, node: code ?? init, scope };
    for (const { name } of names) scope.names.set(name, binding);
    return;
  }
  const result = value && resultOf(value, scope);
  for (const { name, path } of names) {
    const member = path[0];
    scope.names.set(name, {
      kind: 'value',
      init: init ?? undefined,
      path,
      scope,
      ...(value?.type === 'CallExpression' && id.type === 'ArrayPattern' && { state: true }),
      ...(result && { result: member === undefined ? result : { ...result, member } }),
    });
  }
}

// Lists of roles, names of tables: read by value, they run nothing.
const isPlain = (value: Node | undefined): boolean =>
  value === undefined ||
  value.type === 'Literal' ||
  value.type === 'TemplateLiteral' ||
  value.type === 'Identifier' ||
  value.type === 'MemberExpression' ||
  value.type === 'BinaryExpression' ||
  (value.type === 'ArrayExpression' && value.elements.every((item) => item?.type === 'Literal' || item?.type === 'MemberExpression')) ||
  (value.type === 'ObjectExpression' &&
    value.properties.every((item) => item.type === 'Property' && (item.value.type === 'Literal' || item.value.type === 'ArrayExpression')));

// `const api = new Api()`: its methods are those of the class.
function instanceOf(value: Node, scope: Scope): Target | undefined {
  if (value.type !== 'NewExpression' || value.callee.type !== 'Identifier') return undefined;
  const binding = lookUp(scope, value.callee.name);
  return binding?.kind === 'unit' || binding?.kind === 'import' ? binding.target : undefined;
}

// `const { remove } = useOrders()`: used by name, it runs the hook's `remove`.
function resultOf(value: Node, scope: Scope): Target | undefined {
  const name = value.type === 'CallExpression' && bare(value.callee).type === 'Identifier' ? calleeName(value) : '';
  const binding = /^use[A-Z]/.test(name) ? lookUp(scope, name) : undefined;
  return binding?.kind === 'unit' || binding?.kind === 'import' ? { ...binding.target } : undefined;
}
