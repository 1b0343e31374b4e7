/** A list of `tag=value;` (RFC 6376 §3.2), in order; `undefined` where it is none, or a tag stands in it twice. */
export function parseTags(text: string): Map<string, string> | undefined {
  const tags = new Map<string, string>();
  const parts = text.split(';');
  if (parts.at(-1)?.trim() === '') parts.pop();
  for (const part of parts) {
    const [, name, value = ''] = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*([\s\S]*?)\s*$/.exec(part) ?? [];
    if (name === undefined || tags.has(name)) return undefined;
    tags.set(name, value);
  }
  return tags.size === 0 ? undefined : tags;
}
