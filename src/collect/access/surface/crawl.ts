import { readHtml, type Tag } from '../../http/html.ts';
import type { Schema } from './schema.ts';

/** A form of a page. `fields` hold what it was sent with: hidden values, defaults, the first option of a list. */
export interface Form {
  readonly action: string;
  readonly method: 'GET' | 'POST';
  readonly multipart: boolean;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  /** `text`, `password`, `hidden`, `select`, `textarea`, `file` ... */
  readonly type: string;
  readonly value: string;
  readonly required: boolean;
  /** Values to choose from. */
  readonly options?: readonly string[];
}

/** The addresses a page links to and its forms, as paths of the app; what lies elsewhere is left out. */
export function readPage(page: string, at: string, origin: string): { readonly links: readonly string[]; readonly forms: readonly Form[] } {
  const { tags } = readHtml(withOptionValues(page));
  const links = new Set<string>();
  for (const { name, attributes } of tags) {
    const link = name === 'a' ? attributes.get('href') : name === 'iframe' ? attributes.get('src') : undefined;
    const path = link === undefined ? undefined : ownPath(link, at, origin);
    if (path !== undefined) links.add(path);
  }
  return { links: [...links], forms: formsAmong(tags, at, origin).filter(({ fields }) => fields.length > 0) };
}

function ownPath(link: string, at: string, origin: string): string | undefined {
  const url = URL.parse(link, new URL(at, origin).href);
  return url?.origin === origin ? `${url.pathname}${url.search}` : undefined;
}

/** All forms of a page; one that is only a button has no fields. */
export const formsOf = (page: string, at: string, origin: string): Form[] => formsAmong(readHtml(withOptionValues(page)).tags, at, origin);

/** An option without a value has its text for one (HTML standard, 4.10.10). */
const withOptionValues = (page: string): string =>
  page.replace(
    /<option\b(?![^>]*\bvalue\s*=)([^>]*)>([^<]*)/gi,
    (_, attributes: string, label: string) => `<option${attributes} value="${label.trim().replaceAll('"', '&quot;')}">`,
  );

// Closing tags are not among the tags: a form reaches to where the next one begins.
function formsAmong(tags: readonly Tag[], at: string, origin: string): Form[] {
  const forms: { action: string; method: 'GET' | 'POST'; multipart: boolean; fields: Field[] }[] = [];
  let select: { name: string; required: boolean; options: string[]; selected?: string } | undefined;
  const endSelect = (): void => {
    if (select) {
      const { name, required, options, selected } = select;
      const value = selected || (options.find((one) => one !== '') ?? '');
      forms.at(-1)?.fields.push({ name, type: 'select', value, required, options });
    }
    select = undefined;
  };
  for (const { name, attributes, text = '' } of tags) {
    if (name === 'option' && select) {
      select.options.push(attributes.get('value') ?? '');
      if (attributes.has('selected')) select.selected = attributes.get('value') ?? '';
    } else if (name !== 'optgroup') endSelect();
    // Browsers do not send it.
    if (attributes.has('disabled')) continue;
    const field = attributes.get('name') ?? '';
    const required = attributes.has('required');
    if (name === 'form') {
      forms.push({
        action: ownPath(attributes.get('action') || at, at, origin) ?? '',
        method: attributes.get('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
        multipart: attributes.get('enctype') === 'multipart/form-data',
        fields: [],
      });
    } else if (name === 'select' && field !== '') select = { name: field, required, options: [] };
    else if (name === 'textarea' && field !== '')
      forms.at(-1)?.fields.push({ name: field, type: 'textarea', value: text.replace(/^\r?\n/, ''), required });
    else if (name === 'input' && field !== '') {
      const type = attributes.get('type')?.toLowerCase() ?? 'text';
      if (/^(?:submit|button|image|reset)$/.test(type)) continue;
      if (/^(?:checkbox|radio)$/.test(type) && !attributes.has('checked') && !required) continue;
      forms.at(-1)?.fields.push({ name: field, type, value: attributes.get('value') ?? '', required });
    }
  }
  endSelect();
  return forms.filter(({ action }) => action !== '');
}

/** What a field takes, as a schema. */
export function schemaOfField({ type, options }: Field): Schema {
  if (options && options.length > 0) return { type: 'string', enum: options.filter((one) => one !== '') };
  if (type === 'number' || type === 'range') return { type: 'number' };
  if (type === 'email' || type === 'date' || type === 'url') return { type: 'string', format: type === 'url' ? 'uri' : type };
  if (type === 'file') return { type: 'string', format: 'binary' };
  return { type: 'string' };
}
