import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative } from 'node:path';
import { parseSync } from 'oxc-parser';

/** One import of a source file. */
export interface Import {
  /** As written. */
  readonly from: string;
  readonly typeOnly: boolean;
}

/** A source file with what it imports; paths are relative to the repo with `/`. */
export interface Source {
  readonly file: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** What each folder below src may import: other folders, Node's modules, packages. */
interface Rule {
  readonly folders: readonly string[];
  readonly node: readonly string[] | 'any';
  readonly packages: 'any' | 'none';
}

const pure: Rule = { folders: ['core', 'evidence'], node: [], packages: 'none' };

/** The table of the design. A file directly below src (index.ts) is the public API and may import all but cli. */
export const rules: Readonly<Record<string, Rule>> = {
  core: { folders: [], node: ['node:crypto'], packages: 'none' },
  // The name of a fact is made by a function of core; nothing else runs there.
  evidence: { folders: ['core'], node: [], packages: 'none' },
  checks: pure,
  deliver: pure,
  report: pure,
  collect: { folders: ['core', 'evidence'], node: 'any', packages: 'any' },
  // Files for the user's repo; who writes them to the disk is cli.
  generate: { folders: ['core', 'evidence'], node: ['node:crypto'], packages: 'none' },
  cli: { folders: ['core', 'evidence', 'checks', 'collect', 'deliver', 'report', 'generate'], node: 'any', packages: 'any' },
};

const meaningless = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager', 'service', 'services']);
const maxLines = 300;

/** All TypeScript sources below those of the folders that exist, tests and generated files included. */
export function readSources(root: string, folders: readonly string[]): Source[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter(
          (entry) => entry.isFile() && /\.m?ts$/.test(entry.name) && !/node_modules|\.twins|supabase-portal\/src/.test(entry.parentPath),
        )
        .map((entry) => {
          const path = join(entry.parentPath, entry.name);
          return readSource(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
        }),
    );
}

/** Parses one source: static, re-exported and dynamic imports. Throws on a syntax error, because a file that is not understood is not checked. */
export function readSource(file: string, text: string): Source {
  const { module, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const imports: Import[] = [];
  for (const { moduleRequest, entries } of module.staticImports)
    imports.push({ from: moduleRequest.value, typeOnly: entries.length > 0 && entries.every((entry) => entry.isType) });
  for (const { entries } of module.staticExports)
    for (const entry of entries) if (entry.moduleRequest) imports.push({ from: entry.moduleRequest.value, typeOnly: entry.isType });
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"`])([^'"`$]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (literal?.[2]) imports.push({ from: literal[2], typeOnly: false });
  }
  return { file, lines: text.split('\n').length - 1, imports };
}

/** Everything that breaks the design, one sentence each. */
export function breaches(sources: readonly Source[]): string[] {
  return [...sources.flatMap(importBreaches), ...sources.flatMap(shapeBreaches), ...cycles(sources)];
}

const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.startsWith('test/');
const isGenerated = (file: string): boolean => file === 'src/checks/index.ts';

/** The folder below src, or the top folder outside it; a file directly below src counts as `index`. */
function layerOf(file: string): string {
  const [top = '', layer = '', ...rest] = file.split('/');
  if (top !== 'src') return top;
  return rest.length === 0 ? 'index' : layer;
}

function importBreaches(source: Source): string[] {
  const layer = layerOf(source.file);
  if (isTest(source.file) || layer === 'package.json') return [];
  const found: string[] = [];
  for (const { from, typeOnly } of source.imports) {
    const why = from.startsWith('.') ? forbiddenFile(source.file, layer, from) : forbiddenModule(layer, from, typeOnly);
    if (why !== undefined) found.push(`${source.file} imports ${from}: ${why}`);
  }
  return found;
}

function forbiddenFile(file: string, layer: string, from: string): string | undefined {
  const to = posix.join(dirname(file), from);
  const target = layerOf(to);
  if (target === 'package.json' || target === layer) return checksApart(file, to);
  if (target === 'cli' && layer !== 'scripts' && layer !== 'bench') return 'nothing imports cli';
  const rule = rules[layer];
  if (!rule) return undefined;
  if (rule.folders.includes(target)) return undefined;
  return `${layer} may only import ${rule.folders.join(', ') || 'itself'}`;
}

/** A check is one file: it never leans on another check. */
function checksApart(file: string, to: string): string | undefined {
  return layerOf(file) === 'checks' && !isGenerated(file) && /^src\/checks\/[a-z]+\/[a-z0-9-]+\.ts$/.test(to)
    ? 'checks do not import each other'
    : undefined;
}

function forbiddenModule(layer: string, from: string, typeOnly: boolean): string | undefined {
  const rule = rules[layer];
  if (!rule) return undefined;
  const isNode = from.startsWith('node:') || builtinModules.includes(from);
  if (isNode) return rule.node === 'any' || rule.node.includes(from) ? undefined : `${layer} may not use Node's modules`;
  return rule.packages === 'any' || typeOnly ? undefined : `${layer} may not use packages`;
}

function shapeBreaches({ file, lines }: Source): string[] {
  const words = file.replace(/(\.test)?\.m?ts$/, '').split('/');
  const names = words.filter((word) => meaningless.has(word)).map((word) => `${file}: ${word} says nothing about what is in it`);
  const long = lines > maxLines && !isTest(file) && !isGenerated(file) ? [`${file} has ${lines} lines; ${maxLines} is the limit`] : [];
  return [...names, ...long];
}

/** Circles of imports that exist at run time. */
function cycles(sources: readonly Source[]): string[] {
  const files = new Set(sources.map(({ file }) => file));
  const edges = new Map(
    sources.map(({ file, imports }) => [
      file,
      imports.flatMap(({ from, typeOnly }) => {
        const to = posix.join(dirname(file), from);
        return from.startsWith('.') && !typeOnly && files.has(to) ? [to] : [];
      }),
    ]),
  );
  const found: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') return void found.push(`circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
    state.set(file, 'open');
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  return found;
}
