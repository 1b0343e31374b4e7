import { sentence, visible } from '../plain.ts';

/** Text that is already HTML; only `html` makes it, so nothing of the target gets into a page unescaped. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Part[] | undefined | false;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function partText(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return visible(part).replace(/[&<>"']/g, (character) => entities[character] ?? '');
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(partText).join('');
}

/** Template that escapes every value put into it, except other markup. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: texts.map((text, index) => `${text}${index < parts.length ? partText(parts[index]) : ''}`).join(''),
});

/** A sentence in which names between backticks are set as code. */
export const rich = (text: string): Markup => marked(text, (part) => html`${part}`);

/** The same for narrow columns: long names may break behind a dot, a slash or an @ before they break in the middle of a word. */
export const breakable = (text: string): Markup =>
  marked(
    text,
    (part) => html`${part.split(/(?<=[./@])(?=[^\s.]{3})/).flatMap((piece, nth) => (nth === 0 ? [piece] : [wordBreak, piece]))}`,
  );

const wordBreak: Markup = { markup: '<wbr>' };

const marked = (text: string, plain: (part: string) => Markup): Markup =>
  html`${sentence(text)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${plain(part)}</code>` : plain(part)))}`;
