import type { Node, Program } from 'oxc-parser';
import { defineCollector } from '../../../core/collector.ts';
import { evidence } from '../../../core/evidence.ts';
import { maxSourceBytes, sourceTree, type Tree } from '../tree.ts';
import { createModule, type Module } from './module.ts';
import { createResolver, type Resolution } from './resolve.ts';

/** The JavaScript and TypeScript of the repo: modules parsed on first demand, imports resolved inside the tree. */
export interface Codebase {
  readonly tree: Tree;
  /** Paths of all sources that are part of the product: no build output, no ignored files, no declarations. */
  readonly sources: readonly string[];
  /** Same without tests, stories, mocks and examples of other projects. */
  readonly product: readonly string[];
  text(path: string): string | undefined;
  /** `undefined` for files that cannot be parsed; the reason is in the tree's gaps. */
  module(path: string): Module | undefined;
  /** Same, but not kept: for readers of many files that need each one once. */
  glance(path: string): Module | undefined;
  resolve(from: string, specifier: string): Resolution;
}

export const sourceCode = evidence<Codebase>()('source.code', 'the JavaScript and TypeScript of the repo');

const sourceEnding = /\.(?:[cm]?[jt]sx?)$/;
const notProduct =
  /(?:^|\/)(?:__tests__|__mocks__|__fixtures__|tests?|e2e|spec|cypress|playwright|mocks?|fixtures?|\.storybook|stories|storybook)\/|\.(?:test|spec|stories|story|e2e|e2e-spec|mock|fixture)\.[cm]?[jt]sx?$|(?:^|\/)(?:jest|vitest|playwright|cypress)\.(?:config|setup)\b/;

/** True for tests, stories and mocks: code that never runs in the product. */
export const isTestPath = (path: string): boolean => notProduct.test(path);

// What imports a test runner is a helper of tests, whatever its name.
const testRunner = /^\s*import\b[^'"]*['"](?:vitest|@jest\/globals|node:test|bun:test)['"]/m;

type Parse = (path: string, text: string) => { program: Program; errors: readonly { severity: string; message: string }[] };

/** Opens the code of a tree. `parse` is oxc-parser's, handed in so that its native code loads only when needed. */
export function openCodebase(tree: Tree, parse: Parse): Codebase {
  const modules = new Map<string, Module | undefined>();
  const texts = new Map<string, string | undefined>();
  const sources = tree.files
    .filter(
      (file) =>
        sourceEnding.test(file.path) && !file.built && !file.ignored && !file.path.endsWith('.d.ts') && !/\.min\.[cm]?js$/.test(file.path),
    )
    .map((file) => file.path);
  const text = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, tree.text(path, maxSourceBytes));
    return texts.get(path);
  };
  const load = (path: string): Module | undefined => {
    const source = text(path);
    if (source === undefined) return undefined;
    const { code, name } = scriptOf(path, source);
    try {
      const { program, errors } = parse(name, code);
      const broken = errors.find((error) => error.severity === 'Error');
      if (broken && program.body.length === 0) {
        tree.gap({ what: path, why: `cannot be parsed: ${broken.message.slice(0, 120)}`, place: { file: path } });
        return undefined;
      }
      return createModule(path, code, program);
    } catch (error) {
      tree.gap({
        what: path,
        why: `cannot be parsed: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown error'}`,
        place: { file: path },
      });
      return undefined;
    }
  };
  return {
    tree,
    sources,
    product: sources.filter((path) => !isTestPath(path) && !testRunner.test(text(path) ?? '')),
    text,
    module(path) {
      if (!modules.has(path)) modules.set(path, load(path));
      return modules.get(path);
    },
    glance: (path) => (modules.has(path) ? modules.get(path) : load(path)),
    resolve: createResolver(tree),
  };
}

/** Script part of .vue and .svelte files with the other lines blanked, so that line numbers stay. */
function scriptOf(path: string, source: string): { code: string; name: string } {
  if (!/\.(vue|svelte)$/.test(path)) return { code: source, name: path };
  let code = '';
  let at = 0;
  for (const match of source.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const begin = match.index + match[0].indexOf('>') + 1;
    const body = match[1] ?? '';
    code += source.slice(at, begin).replace(/[^\n]/g, ' ') + body;
    at = begin + body.length;
  }
  return { code, name: `${path}.ts` };
}

/** Calls `visit` for every node below and including `node`; return `false` from it to skip the children. */
export function walk(node: Node, visit: (node: Node) => boolean | void): void {
  if (visit(node) === false) return;
  for (const key in node) {
    if (key === 'parent') continue;
    const child: unknown = (node as unknown as Record<string, unknown>)[key];
    if (Array.isArray(child)) {
      for (const item of child) if (isNode(item)) walk(item, visit);
    } else if (isNode(child)) walk(child, visit);
  }
}

const isNode = (value: unknown): value is Node =>
  value !== null && typeof value === 'object' && typeof (value as { type?: unknown }).type === 'string';

export const codeCollector = defineCollector({
  provides: sourceCode,
  wants: 'repo',
  needs: { tree: sourceTree },
  effects: 'none',
  timeoutMs: 60_000,
  transient: true,
  async collect({ tree }) {
    const { parseSync } = await import('oxc-parser');
    return openCodebase(tree, (path, text) => {
      const result = parseSync(path, text, { preserveParens: false });
      return { program: result.program, errors: result.errors };
    });
  },
});
