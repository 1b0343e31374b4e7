import { record } from '../surface/schema.ts';

/** Something of a page that can be clicked. `nr` is its mark in the page: `[data-launch-ready="3"]`. */
export interface Clickable {
  readonly nr: number;
  /** Its text, else what it is called for those who do not see it, else the name of its icon. */
  readonly label: string;
  /** In a dialog, a menu or a banner over the page. */
  readonly overlay: boolean;
  /** In the navigation, which is the same on every page. */
  readonly navigation: boolean;
  /** How it is built: rows of a list have one of each kind. */
  readonly kind: string;
}

/** A form, or a dialog with fields. */
export interface Fillable {
  readonly nr: number;
  readonly type: string;
  readonly name: string;
  /** Most characters it takes; 0: as many as one likes. */
  readonly most: number;
}

export interface PageView {
  readonly links: readonly string[];
  readonly clickables: readonly Clickable[];
  /** Fields that are shown and empty. */
  readonly fields: readonly Fillable[];
  readonly hasPassword: boolean;
}

/** Runs in the page: what it shows now. Plain JavaScript, because it is no part of our program. */
export const viewScript = `(() => {
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 0 && box.height > 0 && style.visibility !== 'hidden' && style.display !== 'none';
  };
  const short = (text) => (text || '').replace(/\\s+/g, ' ').trim().slice(0, 60);
  const icons = 'svg, i, mat-icon, .material-icons, [class*=material-symbols]';
  const icon = (element) => [...element.querySelectorAll(icons)].map((one) => [one.getAttribute('data-icon'), one.getAttribute('data-lucide'), one.getAttribute('class'), one.textContent].filter(Boolean).join(' ')).join(' ').replace(/[-_]/g, ' ');
  const said = (element) => {
    let words = element.innerText || '';
    // Fonts of icons make their pictures of words: "delete Remove".
    for (const one of element.querySelectorAll(icons)) if (one.textContent) words = words.replace(one.innerText || one.textContent, ' ');
    return short(words);
  };
  const labelOf = (element) => short([said(element), element.getAttribute('aria-label'), element.getAttribute('title'), element.value].filter((one) => typeof one === 'string' && one !== '').join(' ')) || short(icon(element));
  // Links are followed by their addresses.
  const isLink = (element) => element.matches('a[href]') && !/^(?:#|javascript:)/.test(element.getAttribute('href')) && element.getAttribute('href') !== '';
  const isPlain = (element) => isLink(element) || element.matches('mat-row, mat-card, [onclick], [routerlink]') && !element.matches('a, button, [role], input') && getComputedStyle(element).cursor !== 'pointer';
  const kindOf = (element) => { const path = []; for (let at = element; at && path.length < 5; at = at.parentElement) path.push(at.tagName + '.' + (at.getAttribute('class') || '').slice(0, 80)); return path.join(' '); };
  const over = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox], [aria-modal=true], dialog[open], .cdk-overlay-container, [class*=cookie i], [class*=consent i], [id*=banner i], [class*=banner i], [class*=cc-window]';
  const all = [...document.querySelectorAll('button, [role=button], [role=menuitem], [role=tab], [role=option], summary, input[type=submit], input[type=button], a:not([href]), a[href="#"], a[href^="javascript:"], [onclick], mat-row, mat-card, [mat-list-item], [routerlink]')];
  let nr = 0;
  const mark = (element) => { nr += 1; element.setAttribute('data-launch-ready', String(nr)); return nr; };
  for (const element of document.querySelectorAll('[data-launch-ready]')) element.removeAttribute('data-launch-ready');
  const clickables = all.filter((element) => shown(element) && !isPlain(element) && !element.disabled && element.getAttribute('aria-disabled') !== 'true').slice(0, 150).map((element) => ({
    nr: mark(element), label: labelOf(element), overlay: element.closest(over) !== null,
    kind: kindOf(element),
    navigation: element.closest('nav, header, aside, [role=navigation], mat-toolbar, mat-sidenav') !== null,
  }));
  const fields = [...document.querySelectorAll('input, textarea, select')].filter((element) => shown(element) && !element.disabled && !element.readOnly && (element.value === '' || element.type === 'password') && !/^(?:hidden|submit|button|image|reset|checkbox|radio|file)$/.test(element.type)).slice(0, 30).map((element) => ({
    nr: mark(element), type: element.tagName === 'SELECT' ? 'select' : element.tagName === 'TEXTAREA' ? 'textarea' : element.type,
    name: short([element.name, element.id, element.getAttribute('aria-label'), element.placeholder].filter(Boolean).join(' ')), most: element.maxLength > 0 ? element.maxLength : 0,
  }));
  return {
    links: [...document.querySelectorAll('a[href]')].map((element) => element.href).slice(0, 400), clickables, fields,
    hasPassword: [...document.querySelectorAll('input[type=password]')].some(shown),
  };
})()`;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const rows = (value: unknown): Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value.map(record) : []);

/** What the script gave; a page may have changed what JavaScript itself does, so nothing of it is taken for granted. */
export function readView(value: unknown): PageView {
  const { links, clickables, fields, hasPassword } = record(value);
  return {
    links: Array.isArray(links) ? links.filter((one) => typeof one === 'string') : [],
    clickables: rows(clickables).map(({ nr, label, overlay, navigation, kind }) => ({
      nr: Number(nr),
      label: text(label),
      overlay: overlay === true,
      navigation: navigation === true,
      kind: text(kind),
    })),
    fields: rows(fields).map(({ nr, type, name, most }) => ({
      nr: Number(nr),
      type: text(type),
      name: text(name),
      most: Number(most) || 0,
    })),
    hasPassword: hasPassword === true,
  };
}
