import type { Node } from 'oxc-parser';
import { cleanPath } from './address.ts';
import type { Asked } from './calls.ts';

/** Text of a template with `:param` where something is put in. */
export const textOfTemplate = (node: Extract<Node, { type: 'TemplateLiteral' }>): string =>
  node.quasis.map((quasi, at) => (quasi.value.cooked ?? '') + (at < node.expressions.length ? ':param' : '')).join('');

const operations: Readonly<Record<string, Asked['operation']>> = { POST: 'create', PUT: 'update', PATCH: 'update', DELETE: 'delete' };

/** What the forms and htmx buttons in a piece of markup send, and where to. Forms that only ask (GET) are left out. */
export function formsOf(markup: string): Asked[] {
  if (!/<form|hx-|formaction/i.test(markup)) return [];
  const found: Asked[] = [];
  for (const [, attributes = ''] of markup.matchAll(/<form\b([^>]*)>/gi)) {
    const method = (/\bmethod\s*=\s*["']?(\w+)/i.exec(attributes)?.[1] ?? 'get').toUpperCase();
    const action = /\baction\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/i.exec(attributes);
    const asked = formTo(action?.[1] ?? action?.[2] ?? action?.[3], method);
    if (asked) found.push(asked);
  }
  for (const [, method = '', address = ''] of markup.matchAll(/\bhx-(post|put|patch|delete)\s*=\s*["']([^"']*)["']/gi)) {
    const asked = formTo(address, method.toUpperCase());
    if (asked) found.push(asked);
  }
  for (const [, address = ''] of markup.matchAll(/<button\b[^>]*\bformaction\s*=\s*["']([^"']*)["']/gi)) {
    const asked = formTo(address, 'POST');
    if (asked) found.push(asked);
  }
  return found;
}

/** A form as an access; `undefined` when it only asks or its address is not of the app. */
export function formTo(address: string | undefined, method: string): Asked | undefined {
  const path = address === undefined ? undefined : cleanPath(address);
  const operation = operations[method];
  return path === undefined || operation === undefined ? undefined : { kind: 'api', name: path, operation, method };
}
