import { readJson, type Tree } from '../../tree.ts';

/** What kind of app a folder with a package.json (or pubspec.yaml) holds. */
interface App {
  /** `''` or `apps/web/`. */
  readonly folder: string;
  readonly uses: (name: string) => boolean;
}

const source = '\\.(?:[cm]?[jt]sx?|vue|svelte)$';
const inApp = (pattern: string): RegExp => new RegExp(`^(?:src/|app/)?${pattern}`);

/** Files that a framework sends to the browser or the phone by its conventions, by the package that makes it so. */
const conventions: readonly { readonly packages: readonly string[]; readonly entry: RegExp; readonly not?: RegExp }[] = [
  {
    packages: ['next'],
    entry: new RegExp(`^(?:src/)?pages/.*${source}|^(?:src/)?instrumentation-client${source}`),
    not: /^(?:src\/)?pages\/(?:api\/|_document\.)/,
  },
  { packages: ['react-scripts', 'react-app-rewired', '@craco/craco'], entry: /^src\/index\.[jt]sx?$/ },
  { packages: ['@angular/core', '@vue/cli-service'], entry: /^src\/main\.[jt]s$/ },
  { packages: ['expo', 'react-native'], entry: /^(?:index(?:\.\w+)?|App|src\/App|src\/index)\.[jt]sx?$/ },
  { packages: ['expo-router'], entry: new RegExp(`^(?:src/)?app/.*${source}`), not: /\+(?:api|html|middleware)\.[jt]sx?$/ },
  {
    packages: ['@remix-run/react', 'react-router', '@react-router/dev', '@tanstack/react-start', '@tanstack/start'],
    entry: new RegExp(`^(?:app|src)/(?:routes/.*|root|entry\\.client|client|router)${source}`),
    not: /\.server\.[jt]sx?$|(?:^|\/)api[./]/,
  },
  { packages: ['@sveltejs/kit'], entry: /^src\/(?:routes\/.*(?:\.svelte|\+(?:page|layout|error)\.[jt]s)|hooks\.client\.[jt]s)$/ },
  {
    packages: ['nuxt', 'nuxt3'],
    entry: inApp(`(?:app|error|pages/.*|components/.*|layouts/.*|composables/.*|middleware/.*|stores/.*|plugins/.*)${source}`),
    not: /^server\/|\.server\.\w+$/,
  },
  { packages: ['gatsby'], entry: new RegExp(`^(?:src/(?:pages|templates)/.*|gatsby-browser)${source}`) },
];

/** Served or shipped as they are: no import needed. */
const shipped = /^(?:public|static|www)\/.*\.(?:[cm]?js|html?|json|txt|xml|env)$/;
const nativeApp =
  /(?:^|\/)(?:lib\/.*\.dart|android\/app\/src\/(?!test|androidTest).*\.(?:java|kt|xml)|ios\/(?!Pods\/).*\.(?:swift|m|mm|plist)|assets\/.*\.(?:env|json))$/;
const script = /<script\b[^>]*?\bsrc\s*=\s*["']([^"']+)["']/gi;

/** Files that browsers or phones load first. `shipped` ones are public whatever imports them. */
export interface ClientEntries {
  readonly entries: readonly string[];
  readonly shipped: ReadonlySet<string>;
}

/** Finds where browser and phone code begins: HTML pages and their scripts, `'use client'` files, pages by convention, native app sources. */
export function clientEntries(tree: Tree, resolve: (from: string, specifier: string) => string | undefined): ClientEntries {
  const apps = appsOf(tree);
  const entries = new Set<string>();
  const whole = new Set<string>();
  const flutter = tree.files.some((file) => /(?:^|\/)pubspec\.yaml$/.test(file.path));
  const native = flutter || apps.some((app) => app.uses('react-native') || app.uses('@capacitor/core'));
  for (const { path, built, ignored } of tree.files) {
    if (built || ignored) continue;
    if (native && nativeApp.test(path)) whole.add(path);
    const app = apps.find((item) => path.startsWith(item.folder));
    const below = path.slice(app?.folder.length ?? 0);
    if (/\.html?$/.test(path))
      addPage(tree, path, { entries, whole, resolve, served: app !== undefined || !/(?:^|\/)(?:docs?|templates?|emails?)\//.test(path) });
    else if (shipped.test(below) && app) whole.add(path);
    if (!app || !/\.(?:[cm]?[jt]sx?|vue|svelte)$/.test(path)) continue;
    const fits = conventions.some((item) => item.packages.some(app.uses) && item.entry.test(below) && !item.not?.test(below));
    if (fits || (app.uses('next') && startsOnClient(tree, path))) entries.add(path);
  }
  if (flutter) for (const path of flutterAssets(tree)) whole.add(path);
  return { entries: [...entries], shipped: whole };
}

interface PageContext {
  readonly entries: Set<string>;
  readonly whole: Set<string>;
  readonly resolve: (from: string, specifier: string) => string | undefined;
  readonly served: boolean;
}

// A page's own text is public, and so is every script of the repo that it names.
function addPage(tree: Tree, path: string, { entries, whole, resolve, served }: PageContext): void {
  const text = tree.text(path, 2 ** 20);
  if (text === undefined || !served) return;
  whole.add(path);
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
  for (const [, address = ''] of text.matchAll(script)) {
    if (/^(?:https?:)?\/\//.test(address)) continue;
    const clean = address.replace(/[?#].*$/, '');
    const found =
      resolve(path, clean.startsWith('/') ? `./${clean.slice(1)}` : `./${clean.replace(/^\.\//, '')}`) ??
      (tree.has(folder + clean) ? folder + clean : undefined);
    if (found) entries.add(found);
  }
}

function startsOnClient(tree: Tree, path: string): boolean {
  const head = tree.text(path, 2 * 2 ** 20)?.slice(0, 2000) ?? '';
  return /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use client["']/.test(head);
}

// flutter_dotenv and friends ship the env file as an asset inside the app.
function flutterAssets(tree: Tree): string[] {
  return tree.files
    .filter((file) => /(?:^|\/)pubspec\.yaml$/.test(file.path))
    .flatMap(({ path }) => {
      const folder = path.slice(0, -'pubspec.yaml'.length);
      return [...(tree.text(path, 2 ** 20) ?? '').matchAll(/^\s*-\s+["']?([\w./-]*\.env[\w.-]*)["']?\s*$/gm)].map(
        (match) => folder + (match[1] ?? ''),
      );
    })
    .filter((path) => tree.has(path));
}

function appsOf(tree: Tree): App[] {
  const apps = tree.files
    .filter((file) => /(?:^|\/)package\.json$/.test(file.path) && !file.built)
    .map(({ path }) => {
      const manifest = readJson(tree, path) as Record<string, unknown> | undefined;
      const names = ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((key) =>
        Object.keys((manifest?.[key] as object | undefined) ?? {}),
      );
      const packages = new Set(names);
      return { folder: path.slice(0, -'package.json'.length), uses: (name: string) => packages.has(name) };
    });
  // The nearest package.json decides.
  return apps.toSorted((a, b) => b.folder.length - a.folder.length);
}
