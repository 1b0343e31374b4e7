import { decodedId } from './encoded.ts';

/** A part of an address that names one thing of many: a number, a UUID, a hash, an id with a prefix or a date in it. */
const names =
  /^(?:\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}|(?=[\w-]*\d)[A-Za-z0-9_-]{20,}|c[a-z0-9]{20,}|[A-Za-z]{1,6}[-_]\d[\w-]*|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{8,})$/;

/** Whether a part of an address names one thing of many. */
export const isId = (part: string): boolean => names.test(part) || decodedId(part) !== undefined;

/**
 * Ids with enough chance in them that nobody finds one by trying (OWASP asks for 64 bits, W3C's good practices for capability URLs for 120): random UUIDs
 * (RFC 9562, versions 4 and 7), 128 bits in hexadecimal, and 20 letters of both cases and digits without words between them.
 */
const random =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|(?:[0-9a-f]{32,})|(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{20,})$/;

/** Whether an id is such that whoever knows it was told it. */
export const isUnguessable = (id: string): boolean =>
  random.test(id) && decodedId(id) === undefined && (!/[G-Zg-z]/.test(id) || switches(id) >= id.length * 0.4);

/** How often small letters, large ones and digits take turns: in words they seldom do. */
const switches = (text: string): number => text.match(/(?<=[a-z])[^a-z]|(?<=[A-Z])[^A-Z]|(?<=\d)\D/g)?.length ?? 0;

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
