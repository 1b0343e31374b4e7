import { decodedId } from './encoded.ts';

/** A part of an address that names one thing of many: a number, a UUID, a hash, an id with a prefix or a date in it. */
const names =
  /^(?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}|(?=[\w-]*\d)[A-Za-z0-9_-]{20,}|c[a-z0-9]{20,}|[A-Za-z]{1,6}[-_]\d[\w-]*|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{8,})$/;

/** Whether a part of an address names one thing of many. */
export const isId = (part: string): boolean => names.test(part) || decodedId(part) !== undefined;

/** `/cases/7/files/a3f...` → `/cases/{id}/files/{id2}`, and what stood there. */
export function templateOf(path: string): { readonly template: string; readonly ids: readonly string[] } {
  const ids: string[] = [];
  const [plain = '', query] = path.split('?');
  const parts = plain.split('/').map((part) => {
    const text = decoded(part);
    if (!isId(text)) return part;
    ids.push(text);
    return `{id${ids.length > 1 ? ids.length : ''}}`;
  });
  return { template: `${parts.join('/')}${query === undefined ? '' : `?${query.replace(/=[^&]*/g, '=')}`}`, ids };
}

/** As it is meant; as it stands where it is no encoded text. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
