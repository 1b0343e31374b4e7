import { keyName } from '../objects/seen.ts';
import { idOf } from '../objects/things.ts';
import { type Form, formsOf } from '../surface/crawl.ts';

type Row = Readonly<Record<string, unknown>>;

const addressName = /^(?:e_?mail(?:_address)?|address|login|user_?name|identifier)$/;
const personName = /^(?:user|member|person|profile|account|contact)$/;

/** Whether a row is about whoever has this address: it is its own, or that of the one user in it, and not just somewhere in what hangs on it. */
export function isAboutHim(row: Row, email: string): boolean {
  return Object.entries(row).some(([name, value]) =>
    typeof value === 'string'
      ? addressName.test(keyName(name)) && value.toLowerCase() === email.toLowerCase()
      : personName.test(keyName(name)) && value !== null && typeof value === 'object' && isAboutHim(value as Row, email),
  );
}

/**
 * The id by which a route with this parameter takes somebody, from his row of a list. `undefined` where it may be somebody else's: another row has it, or
 * the row says more than one short id, and what is one's membership is another's user.
 */
export function idOfHim(rows: readonly Row[], email: string, parameter: string, collection: string): string | undefined {
  const his = rows.filter((row) => isAboutHim(row, email));
  const [row] = his;
  if (!row || his.length > 1) return undefined;
  const id = idOf(row, keyName(parameter), collection);
  if (id === undefined || rows.some((other) => other !== row && idsOf(other).includes(id))) return undefined;
  return id.length >= 16 || new Set(idsOf(row)).size === 1 ? id : undefined;
}

/** What a row says under names of ids, and the one user in it. */
const idsOf = (row: Row): string[] =>
  Object.entries(row).flatMap(([name, value]): string[] => {
    if (value !== null && typeof value === 'object') return personName.test(keyName(name)) ? idsOf(value as Row) : [];
    const isPersons = /^_?(?:id|uuid)$|(?:^|_)(?:user|member(?:ship)?|person|profile|account|contact)_(?:id|uuid)$/.test(keyName(name));
    return isPersons && (typeof value === 'string' || typeof value === 'number') ? [String(value)] : [];
  });

const addresses = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const endless = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);

/** The forms of a page that stand by this address and by no other: the smallest part of the page that holds a form and any address holds only his. */
export function formsAboutHim(page: string, at: string, origin: string, email: string): Form[] {
  const open: { readonly name: string; readonly from: number; readonly forms: string[] }[] = [];
  const his: string[] = [];
  const tags = /<(\/?)([a-z][\w-]*)(?:[^>"']|"[^"]*"|'[^']*')*>/gi;
  for (const { index, 0: tag, 1: slash, 2: named = '' } of page.matchAll(tags)) {
    const name = named.toLowerCase();
    if (slash === '') {
      if (!endless.has(name)) open.push({ name, from: index, forms: [] });
      continue;
    }
    const nth = open.findLastIndex((one) => one.name === name);
    if (nth < 0) continue;
    // What was not closed ends with what it is in.
    const [element, ...within] = open.splice(nth);
    const text = page.slice(element!.from, index + tag.length);
    const forms = [...element!.forms, ...within.flatMap((one) => one.forms), ...(name === 'form' ? [text] : [])];
    const found = new Set((text.match(addresses) ?? []).map((one) => one.toLowerCase()));
    if (found.size === 0) open.at(-1)?.forms.push(...forms);
    else if (found.size === 1 && found.has(email.toLowerCase())) his.push(...forms);
  }
  return his.flatMap((form) => formsOf(form, at, origin));
}
