import type { Codebase } from '../code/codebase.ts';
import { clientEntries } from '../secrets/client/entries.ts';
import type { Context } from './facts.ts';

/** Where the front ends of a repo begin. */
export interface Beginnings {
  /** Files that a framework loads by itself; a Next.js page is one, a `'use client'` component is not. */
  readonly roots: readonly string[];
  /** Files from which on code runs in a browser or on a phone. */
  readonly browser: readonly string[];
}

const nextPage = /(?:^|\/)app\/(?:.*\/)?(?:page|layout|template|default|error|global-error|loading|not-found)\.[jt]sx?$/;
const pagesRouter = /(?:^|\/)pages\/(?!api\/)/;
const useClient = /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use client["']/;

/** Finds where browser code begins, and where pages do. */
export function beginnings(code: Codebase): Beginnings {
  const resolve = (from: string, specifier: string): string | undefined => {
    const found = code.resolve(from, specifier);
    return found.kind === 'file' ? found.path : undefined;
  };
  const { entries } = clientEntries(code.tree, resolve);
  const product = new Set(code.product);
  const isTemplate = (path: string): boolean => /\.(?:vue|svelte)$/.test(path);
  const browser = entries.filter((path) => product.has(path) || isTemplate(path));
  const loaded = browser.filter((path) => pagesRouter.test(path) || !useClient.test((code.text(path) ?? '').slice(0, 2000)));
  return { roots: [...new Set([...loaded, ...code.product.filter((path) => nextPage.test(path))])], browser };
}

/** Layouts around a page of the app router, outermost last: what they guard, they guard for the page. */
export function layoutsAround(code: Codebase, page: string): Context | undefined {
  if (!nextPage.test(page)) return undefined;
  let within: Context | undefined;
  const folders = page.split('/').slice(0, -1);
  const own = /(?:^|\/)layout\.[jt]sx?$/.test(page);
  for (let depth = 1; depth <= folders.length - (own ? 1 : 0); depth++) {
    const folder = folders.slice(0, depth).join('/');
    const layout = ['tsx', 'jsx', 'ts', 'js'].map((ending) => `${folder}/layout.${ending}`).find((path) => code.tree.has(path));
    // An address from the root of the repo: layouts are found by place, not by import.
    if (layout !== undefined && layout !== page)
      within = {
        wrapper: { source: `/${layout}`, name: 'default' },
        props: new Map(),
        tag: { place: { file: layout }, what: layout },
        outer: within,
      };
  }
  return within;
}

const serverPath =
  /\.server\.[cm]?[jt]sx?$|(?:^|\/)lib\/server\/|(?:^|\/)(?:app|pages)\/(?:.*\/)?api\/|\+(?:page|layout)\.server\.|\+server\./;
const serverText = /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use server["']|^import\s+["']server-only["']/m;

/** True for a file that no browser gets, whoever imports it. */
export const staysOnServer = (path: string, text: string): boolean => serverPath.test(path) || serverText.test(text.slice(0, 2000));
