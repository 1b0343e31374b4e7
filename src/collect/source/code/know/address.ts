import { madeOf } from '../interpret/content.ts';
import { alternativesOf, api, each, inputOf, native, some, stringOf, unknown, type Value } from '../interpret/value.ts';
import { addressOf } from './sign-in-with.ts';

/** True when the request decides the host of an address: it is an input, or starts with one. */
export const choosesHost = (target: Value): boolean => alternativesOf(target).some(({ value }) => isChosen(value));

function isChosen(target: Value): boolean {
  const [first] = target.parts ?? [target];
  if (typeof first === 'string')
    return /^https?:\/\/(?:[^/?#]*[.@])?$/.test(first) && hostOf(target.parts ?? []).some((part) => inputOf(part) !== undefined);
  if (first === undefined || isOwnOrigin(first)) return false;
  const found = inputOf(first, target.parts ? 4 : 1);
  if (found === undefined || found.source === 'header') return false;
  // After a setting, whatever it is, the host has been named.
  return !(target.parts && some(first, (value) => value.env !== undefined));
}

// `request.url`, and what is cut off its beginning.
// What stands between `https://` and the slash after the host; a path behind it chooses nothing.
function hostOf(parts: readonly (string | Value)[]): Value[] {
  const end = parts.findIndex((part, nth) => nth > 0 && typeof part === 'string' && /[/?#]/.test(part));
  return parts.slice(1, end === -1 ? undefined : end).flatMap((part) => (typeof part === 'string' ? [] : [part]));
}

const isOwnOrigin = (value: Value): boolean => value.api?.kind === 'request-url';

/** `new URL(x)`: the request's own URL keeps its known path; another one keeps what it begins with, or carries its input. */
export const urlClass: Value = api('URL', { call: ({ args }) => each(args[0] ?? unknown, (first) => urlFrom(first, args[1])) });

function urlFrom(first: Value, base: Value | undefined): Value {
  const own = (isOwnOrigin(first) ? first : undefined)?.api?.data as Value | undefined;
  if (own) return own;
  const built = builtOf(first, base);
  if (built) return built;
  const carried = inputOf(first) ?? (base && first.literal === undefined ? inputOf(base) : undefined);
  if (carried) return { input: carried, ...madeOf(first, base) };
  const text = stringOf(first);
  if (base && choosesHost(base) && !/^https?:/.test(text ?? '')) return { input: inputOf(base) as NonNullable<Value['input']> };
  const site = text !== undefined && /^https?:/.test(text) ? '' : stringOf(base);
  return text !== undefined && site !== undefined && /^https?:\/\//.test(site + text)
    ? addressOf(site === '' ? text : `${site.replace(/\/$/, '')}/${text.replace(/^\//, '')}`)
    : unknown;
}

// An address put together keeps its beginning, which is its host: `https://api.example.com/orders/${id}`, or `/orders/${id}` on a base.
function builtOf(first: Value, base: Value | undefined): Value | undefined {
  const [head] = first.parts ?? [];
  if (!first.parts || choosesHost(first)) return undefined;
  if (base === undefined || (typeof head === 'string' && /^https?:/.test(head))) return address(first);
  return typeof head === 'string' && /^\/(?!\/)/.test(head) ? address({ parts: [base, ...first.parts] }) : undefined;
}

const address = (text: Value): Value => ({
  ...text,
  api: { kind: 'address', member: (name) => (name === 'href' ? text : name === 'toString' ? native(() => text) : undefined) },
});
