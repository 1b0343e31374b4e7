import { contentOf } from '../wire/content.ts';
import type { Answer } from '../wire/sender.ts';

const tokenName = /^(?:access_?token|auth_?token|id_?token|token|jwt|bearer|session_?token)$/i;

/** The token an answer hands out: by its name, else because it looks like a JWT. */
export function tokenIn({ text }: Answer): string | undefined {
  const { json } = contentOf(text);
  let found: string | undefined;
  let looksLike: string | undefined;
  const walk = (value: unknown, key: string, depth: number): void => {
    if (depth > 5 || found !== undefined) return;
    if (typeof value === 'string') {
      if (tokenName.test(key) && value.length >= 16) found = value;
      else if (/^[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}$/.test(value)) looksLike ??= value;
    } else if (value !== null && typeof value === 'object') for (const [name, one] of Object.entries(value)) walk(one, name, depth + 1);
  };
  walk(json, '', 0);
  return found ?? looksLike;
}
