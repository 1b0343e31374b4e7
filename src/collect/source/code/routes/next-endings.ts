import type { Codebase } from '../codebase.ts';

/** Endings that `pageExtensions` in next.config gives to pages (`page.tsx`); `undefined` when Next.js's own hold. */
export function pageEndings(code: Codebase, prefix: string): readonly string[] | undefined {
  for (const ending of ['js', 'mjs', 'cjs', 'ts', 'mts']) {
    const text = code.tree.has(`${prefix}next.config.${ending}`) ? code.tree.text(`${prefix}next.config.${ending}`) : undefined;
    const list = /\bpageExtensions\s*:\s*\[([^\]]*)\]/.exec(text ?? '')?.[1];
    const found = list === undefined ? [] : [...list.matchAll(/['"`]\.?([\w.]+)['"`]/g)].flatMap((match) => match[1] ?? []);
    // A longer list of plain endings (mdx) changes nothing for code.
    if (found.some((one) => one.includes('.'))) return found;
  }
  return undefined;
}

/** A file's path with an ordinary ending (`pages/api/hello.page.ts` → `pages/api/hello.ts`); empty when the file is no page. */
export function asPage(inside: string, endings: readonly string[] | undefined): string {
  if (!endings) return inside;
  const ending = endings.find((one) => inside.endsWith(`.${one}`));
  return ending === undefined ? '' : inside.slice(0, -ending.length) + (ending.split('.').at(-1) ?? '');
}
