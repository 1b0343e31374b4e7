import type { Class, MethodDefinition, Node } from 'oxc-parser';
import { walk } from '../codebase.ts';
import { api, isNullish, type Machine, type NativeCall, type Scope, unknown, type Value } from './value.ts';

/** A class of the user's code. */
export type Made = NonNullable<Value['constructs']>;

const maxAncestors = 8;

const filled = new WeakMap<Class, ReadonlySet<string>>();

/** Fields that methods of a class assign (`this.name = …`). Computed once a class. */
function filledLater(node: Class): ReadonlySet<string> {
  let names = filled.get(node);
  if (names) return names;
  const found = new Set<string>();
  walk(node.body, (inner) => {
    if (inner.type !== 'AssignmentExpression' || inner.left.type !== 'MemberExpression') return;
    const { object, property } = inner.left;
    if (object.type === 'ThisExpression' && property.type === 'Identifier' && !inner.left.computed) found.add(property.name);
    if (object.type === 'ThisExpression' && property.type === 'PrivateIdentifier') found.add(`#${property.name}`);
  });
  filled.set(node, (names = found));
  return names;
}

/** A class and its ancestors, most derived first; `root` is what the last of them extends when that is no class of the code. */
export function ancestry(machine: Machine, made: Made): { readonly classes: readonly Made[]; readonly root?: Value } {
  const classes = [made];
  for (let at = made; at.node.superClass && classes.length < maxAncestors;) {
    const { superClass } = at.node;
    const { scope } = at;
    const parent: Value = machine.aside(() => machine.evaluate(superClass, scope));
    if (!parent.constructs || classes.some(({ node }) => node === parent.constructs?.node)) return { classes, root: parent };
    at = parent.constructs;
    classes.push(at);
  }
  return { classes };
}

/** Name under which a member of a class is reached. */
export function memberName(item: Class['body']['body'][number]): string | undefined {
  if (!('key' in item) || ('computed' in item && item.computed)) return undefined;
  const { key } = item;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  return key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
}

const methodOf = ({ node }: Made, name: string): MethodDefinition | undefined => {
  for (const item of node.body.body)
    if (item.type === 'MethodDefinition' && !item.static && item.kind !== 'set' && memberName(item) === name) return item;
  return undefined;
};

const instances = new WeakMap<object, Made>();

/** The class of the user's code that a value is an instance of. */
export const classOf = (value: Value): Made | undefined => value.api && instances.get(value.api);

/**
 * An instance of a class of the user's code: one object for all its ancestors, so that a method of a base class sees what the derived
 * class overrides. `super(...)` runs the constructor above with what it is given.
 */
export function instantiate(machine: Machine, made: Made, args: readonly Value[]): Value {
  const { classes, root } = ancestry(machine, made);
  const fields = new Map<string, Value>();
  let base: Value | undefined;
  const find = (name: string, from: number, call: Omit<NativeCall, 'args'>): Value | undefined => {
    for (const [at, one] of classes.entries()) {
      const item = at < from ? undefined : methodOf(one, name);
      if (!item) continue;
      const method: Value = { closure: { node: item.value, module: one.module, scope: scopes[at] ?? one.scope, self, name } };
      return item.kind === 'get' ? call.machine.call(method, [], self, call.node, call.module) : method;
    }
    if (!base) return undefined;
    const inherited = call.machine.member(base, name, true, call.node, call.module);
    const { native } = inherited;
    return native ? { native: (inner) => native({ ...inner, self }) } : inherited;
  };
  const self: Value = api('holder', { data: fields, member: (name, call) => fields.get(name) ?? find(name, 0, call) });
  if (self.api) instances.set(self.api, made);
  const above = (at: number, ready: () => void): Value =>
    api('super', {
      member: (name, call) => find(name, at + 1, call),
      call: (call) => {
        construct(at + 1, call.args);
        ready();
        return self;
      },
    });
  const scopes: Scope[] = classes.map((one, at) => ({
    names: new Map([['super', above(at, () => undefined)]]),
    parent: one.scope,
    module: one.module,
  }));
  construct(0, args);
  return self;

  function construct(at: number, given: readonly Value[]): void {
    const one = classes[at];
    if (!one) {
      const open = root?.api && (root.api.call ?? root.api.member?.('new', { machine, node: made.node, module: made.module, self: root }));
      base = root && open ? machine.construct(root, given, made.node, made.module) : unknown;
      return;
    }
    const constructor = one.node.body.body.find((item) => item.type === 'MethodDefinition' && item.kind === 'constructor');
    if (constructor?.type !== 'MethodDefinition') {
      if (one.node.superClass) construct(at + 1, given);
      initialise(one, self);
      return;
    }
    let prepared = false;
    const prepare = (): void => {
      prepared = true;
      constructor.value.params.forEach((param, nth) => {
        if (param.type !== 'TSParameterProperty') return;
        const inner: Node = param.parameter;
        const name = inner.type === 'AssignmentPattern' ? inner.left : inner;
        if (name.type === 'Identifier') fields.set(name.name, given[nth] ?? unknown);
      });
      initialise(one, self);
    };
    if (!one.node.superClass) prepare();
    const scope: Scope = { names: new Map([['super', above(at, prepare)]]), parent: one.scope, module: one.module };
    const run: Value = { closure: { node: constructor.value, module: one.module, scope, self, name: 'constructor' } };
    machine.call(run, given, self, one.node, one.module);
    if (!prepared) prepare();
  }

  function initialise(one: Made, owner: Value): void {
    const scope: Scope = { names: new Map([['this', owner]]), parent: one.scope, module: one.module };
    for (const item of one.node.body.body) {
      if (item.type !== 'PropertyDefinition' || item.static || !item.value) continue;
      const name = memberName(item);
      if (name === undefined) continue;
      const value = machine.evaluate(item.value, scope);
      // What begins empty and is filled by another method (a connection, a cache) is not empty when a request comes.
      fields.set(name, isNullish(value) && filledLater(one.node).has(name) ? unknown : value);
    }
  }
}
