import type { Node } from 'oxc-parser';
import { lookUp, type Scope } from './scope.ts';
import { bare, propertyValue, stringOf } from './syntax.ts';

const mostSteps = 5;

/**
 * The path an address leads to on the app's own server, what is put in as `:param`, without query: `/api/orders/:param`.
 * A leading base (`${API_URL}/orders`) is left out. `undefined` for other hosts and for what is no address.
 */
export function addressOf(node: Node, scope: Scope): string | undefined {
  const text = textOf(node, scope);
  return text === undefined ? undefined : cleanPath(text);
}

/** Makes a path of an address whose unknown parts are `:param`. */
export function cleanPath(text: string): string | undefined {
  let path = text.trim().replace(/[?#].*$/s, '');
  if (/^(?:https?:)?\/\//.test(path)) {
    if (!/^https?:\/\/(?:localhost|127\.0\.0\.1)/.test(path)) return undefined;
    path = path.replace(/^https?:\/\/[^/]+/, '');
  }
  // The base of the API, which a setting names.
  path = path.replace(/^:param(?=\/)/, '');
  if (!path.startsWith('/')) return /^api\/[\w:/-]+$/.test(path) ? `/${path}` : undefined;
  // `/orders:param` is a query put behind the path.
  path = path.replace(/([\w-]):param$/, '$1').replace(/\/+$/, '');
  return /^(?:\/[\w.:@~-]+)+$/.test(path) ? path : undefined;
}

/** Text of an expression with `:param` for what cannot be told; `undefined` when nothing of it can. */
function textOf(node: Node, scope: Scope, depth = 0): string | undefined {
  const at = bare(node);
  const part = (piece: Node): string => textOf(piece, scope, depth + 1) ?? ':param';
  if (depth > mostSteps) return undefined;
  if (at.type === 'Literal') return typeof at.value === 'string' ? at.value : undefined;
  if (at.type === 'TemplateLiteral')
    return at.quasis
      .map((quasi, index) => (quasi.value.cooked ?? '') + (at.expressions[index] ? part(at.expressions[index]) : ''))
      .join('');
  if (at.type === 'BinaryExpression' && at.operator === '+') {
    const [left, right] = [textOf(at.left, scope, depth + 1), textOf(at.right, scope, depth + 1)];
    return left === undefined && right === undefined ? undefined : `${left ?? ':param'}${right ?? ':param'}`;
  }
  if (at.type === 'Identifier') return constantOf(at.name, scope, depth);
  if (at.type !== 'MemberExpression' || at.computed || at.object.type !== 'Identifier' || at.property.type !== 'Identifier')
    return undefined;
  const binding = lookUp(scope, at.object.name);
  const value =
    binding?.kind === 'value' && binding.init && binding.path.length === 0
      ? propertyValue(bare(binding.init), at.property.name)
      : undefined;
  return stringOf(value);
}

function constantOf(name: string, scope: Scope, depth: number): string | undefined {
  const binding = lookUp(scope, name);
  if (binding?.kind !== 'value' || !binding.init || binding.path.length > 0 || binding.state) return undefined;
  return textOf(binding.init, binding.scope, depth + 1);
}

/** A name that is a constant: a table, a bucket, a function. */
export function constantText(node: Node | undefined, scope: Scope): string | undefined {
  if (!node) return undefined;
  const text = textOf(node, scope);
  return text === undefined || text.includes(':param') ? undefined : text;
}
