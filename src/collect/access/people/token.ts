import { contentOf } from '../wire/content.ts';
import type { Answer } from '../wire/sender.ts';

const tokenName = /^(?:access_?token|auth_?token|id_?token|token|jwt|bearer|session_?token)$/i;

/** The token an answer hands out, and the keys that lead to it: by its name, else because it looks like a JWT. */
export function tokenIn({ text }: Answer): { readonly value: string; readonly keys: readonly string[] } | undefined {
  const { json } = contentOf(text);
  let found: ReturnType<typeof tokenIn>;
  let looksLike: ReturnType<typeof tokenIn>;
  const walk = (value: unknown, keys: readonly string[]): void => {
    if (keys.length > 5 || found) return;
    if (typeof value === 'string') {
      if (tokenName.test(keys.at(-1) ?? '') && value.length >= 16) found = { value, keys };
      else if (/^[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}$/.test(value)) looksLike ??= { value, keys };
    } else if (value !== null && typeof value === 'object') for (const [name, one] of Object.entries(value)) walk(one, [...keys, name]);
  };
  walk(json, []);
  return found ?? looksLike;
}
