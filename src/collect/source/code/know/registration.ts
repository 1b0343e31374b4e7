import type { Node } from 'oxc-parser';
import type { Place } from '../../../../core/finding.ts';
import { alternativesOf, type NativeCall, stringOf, type Value } from '../interpret/value.ts';

type Site = Pick<NativeCall, 'node' | 'module'>;

/** Where a registration stands: at the name of the method called, so that every link of a chain (`app.use(a)⏎.get(b)`) has its own line. */
export function registrationPlace({ node, module }: Site): Place {
  const call = node as Node;
  const named = call.type === 'CallExpression' && call.callee.type === 'MemberExpression' ? call.callee.property : call;
  return module.placeOf(named);
}

/** True for `await call(...)`: what is registered lazily happens before the next statement. */
export const isAwaited = ({ node, module }: Site): boolean =>
  /\bawait\s*$/.test(module.text.slice(Math.max(0, node.start - 20), node.start));

/** A path or prefix as text: unknown parts become `*`; of several possible ones (`env.PREFIX || '/api'`) the first that is known. */
export function pathText(value: Value | undefined): string | undefined {
  if (!value) return undefined;
  const texts = alternativesOf(value).map(
    ({ value: one }) => stringOf(one) ?? one.parts?.map((part) => (typeof part === 'string' ? part : (stringOf(part) ?? '*'))).join(''),
  );
  return texts.find((text) => text !== undefined);
}

/** The items of nested arrays; anything else is its only item. */
export const flatten = (value: Value | undefined): readonly Value[] =>
  !value ? [] : value.items && !value.api ? value.items.flatMap((item) => flatten(item)) : [value];

/** Middleware of packages we know nothing of (an upload, a logger) neither guards nor opens anything, unless its name says so; anything else may. */
export function mayGuard(handler: Value): boolean {
  const known =
    handler.api?.kind === 'package'
      ? (handler.api.data as { name: string; package: string; missing?: boolean })
      : handler.from && { ...handler.from, missing: false };
  if (!known) return !handler.literal;
  return known.missing === true || /auth|jwt|session|guard|permission|role|access|protect|verify/i.test(`${known.package} ${known.name}`);
}
