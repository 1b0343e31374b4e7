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
export const rich = (text: string): Markup =>
  html`${sentence(text)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
