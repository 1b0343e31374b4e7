import { isHarmless } from './labels.ts';
import type { Clickable, PageView } from './page-script.ts';

/** Times that one button is clicked, whatever the page; what says more is content, and once is enough. */
const perLabel = ({ label }: Clickable): number => (label.length > 25 ? 1 : 2);
/** Of rows that are built alike, on one page; a menu has more. */
const perKind = ({ navigation, overlay }: Clickable): number => (navigation || overlay ? 12 : 2);
/** Times that a menu is clicked for what is in it and does not show it; the first may have closed it. */
const perMenu = 3;

/** Clicks on what a page itself offers before its menus; on pages that are likely somebody's own, all come first. */
const contentFirst = 4;

const own =
  /basket|cart|orders?\b|account|profile|settings|invoice|address|wallet|payment|history|projects?\b|dashboard|\bmy\b|messages|documents|files|tickets|tasks|team|members/i;

/** Whether a page is likely to show what is somebody's own. */
export const isOwn = (page: string): boolean => own.test(page);

/** What was clicked, so that each is clicked once: menus again while something in them was not. */
export interface Clicks {
  /** What is clicked next on a page of this key; `undefined` where nothing is left. */
  next(view: PageView, page: string): Clickable | undefined;
  /** After a click: what it opened. */
  opened(by: Clickable, page: string, before: PageView, after: PageView): void;
}

const kindKey = ({ kind }: Clickable, page: string): string => `${page}\n\n${kind}`;

export function openClicks(writes: boolean): Clicks {
  const times = new Map<string, number>();
  const menus = new Map<string, { readonly items: readonly Clickable[]; readonly inVain: number }>();
  const keyOf = ({ label, navigation, overlay }: Clickable, page: string): string => `${navigation || overlay ? '' : page}\n${label}`;
  const count = (key: string): number => times.get(key) ?? 0;

  const isFresh = (one: Clickable, page: string): boolean =>
    isHarmless(one.label, writes) &&
    count(keyOf(one, page)) === 0 &&
    count(one.label) < perLabel(one) &&
    count(kindKey(one, page)) < perKind(one);

  /** A menu in which something was not clicked yet. */
  const isMenu = (one: Clickable, page: string, depth = 0): boolean => {
    const menu = menus.get(keyOf(one, page));
    if (!menu || menu.inVain >= perMenu || depth > 4) return false;
    return menu.items.some((item) => isFresh(item, page) || isMenu(item, page, depth + 1));
  };

  let lastMenu = '';
  return {
    next({ clickables }, page) {
      const fresh = clickables.filter((one) => isFresh(one, page));
      const content = fresh.find(({ overlay, navigation }) => !overlay && !navigation);
      const chosen =
        fresh.find(({ overlay }) => overlay) ??
        // What is likely somebody's own comes first: time may run out.
        (isOwn(page) || count(`content ${page}`) < contentFirst ? content : undefined) ??
        fresh[0] ??
        clickables.findLast((one) => isMenu(one, page));
      if (!chosen) return undefined;
      const key = keyOf(chosen, page);
      const menu = menus.get(key);
      if (!fresh.includes(chosen) && menu && key === lastMenu) menus.set(key, { ...menu, inVain: menu.inVain + 1 });
      lastMenu = fresh.includes(chosen) ? '' : key;
      const kinds = [kindKey(chosen, page), ...(chosen === content ? [`content ${page}`] : [])];
      for (const one of [key, chosen.label, ...kinds]) times.set(one, count(one) + 1);
      return chosen;
    },
    opened(by, page, before, after) {
      const had = new Set(before.clickables.map(({ label }) => label));
      const items = after.clickables.filter(({ overlay, navigation, label }) => (overlay || navigation) && !had.has(label));
      const key = keyOf(by, page);
      const menu = menus.get(key);
      if (items.length > 0) menus.set(key, { items: [...(menu?.items ?? []), ...items], inVain: menu?.inVain ?? 0 });
      else if (menu) menus.set(key, { ...menu, inVain: menu.inVain + 1 });
    },
  };
}
