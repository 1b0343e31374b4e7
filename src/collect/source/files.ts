import { defineCollector } from '../../core/collector.ts';
import { plural } from '../../core/wording.ts';
import { type Gap, sourceFiles } from '../../evidence/source.ts';
import { sourceCode } from './code/codebase.ts';
import { sourceTree, type Tree } from './tree.ts';

/** Languages that servers and apps are written in and that nothing here follows; SQL, HTML and settings are read by their own collectors. */
const unread: Readonly<Record<string, string>> = {
  php: 'PHP',
  py: 'Python',
  rb: 'Ruby',
  go: 'Go',
  dart: 'Dart',
  cs: 'C#',
  java: 'Java',
  kt: 'Kotlin',
  swift: 'Swift',
  rs: 'Rust',
  ex: 'Elixir',
  exs: 'Elixir',
  scala: 'Scala',
  pl: 'Perl',
};

// What frameworks for phones and desktops put there themselves.
const nativeShell = /(?:^|\/)(?:android|ios|macos|windows|linux|src-tauri)\//;

/** One gap a language, the most files first: what stands in them is not known. */
export function otherLanguages(tree: Pick<Tree, 'files'>): Gap[] {
  const counts = new Map<string, number>();
  for (const { path, ignored, built } of tree.files) {
    const language = unread[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''];
    if (language === undefined || ignored || built || nativeShell.test(path)) continue;
    counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([language, count]) => ({
      what: plural(count, `${language} file`),
      why: `${count === 1 ? 'was' : 'were'} not ${
        language === 'Python'
          ? 'followed: of Python only the addresses of FastAPI, Flask and Django are read, so what is done there with data is not known'
          : 'read: only JavaScript and TypeScript are followed, so routes and guards written there are not known'
      }`,
    }));
}

/** Counts what is on disk, and names what could not be read. */
export const filesCollector = defineCollector({
  provides: sourceFiles,
  wants: 'repo',
  needs: { tree: sourceTree, code: sourceCode },
  effects: 'none',
  timeoutMs: 60_000,
  collect: ({ tree, code }) => {
    for (const gap of otherLanguages(tree)) tree.gap(gap);
    return Promise.resolve({
      files: tree.files.length,
      sources: code.sources.length,
      bytes: tree.files.reduce((sum, file) => sum + file.bytes, 0),
      git: tree.git,
      // The tree's own list, not a copy: other collectors still add to it while they read, and reports are made after all of them.
      gaps: tree.gaps,
    });
  },
});
