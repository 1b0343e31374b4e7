import { namedRules } from '../source/firebase/deployed.ts';
import { maxSourceBytes, type Tree } from '../source/tree.ts';

export type Product = 'firestore' | 'storage' | 'database';

/** A rules file of the repo, with its text. */
export interface RulesText {
  readonly path: string;
  readonly product: Product;
  readonly text: string;
}

const rulesFile = /(?:^|\/)[^/]*\.rules$/;
const realtimeFile = /(?:^|\/)[^/]*(?:database|rtdb|rules)[^/]*\.(?:rules\.json|json|bolt\.json)$/i;

/** The product a file of rules is for, by what it says. */
function productOf(path: string, text: string): Product | undefined {
  const service = /\bservice\s+(cloud\.firestore|firebase\.storage)\b/.exec(text)?.[1];
  if (service !== undefined) return service === 'cloud.firestore' ? 'firestore' : 'storage';
  return path.endsWith('.json') && /"rules"\s*:\s*\{/.test(text) && /"\.(?:read|write)"\s*:/.test(text) ? 'database' : undefined;
}

/** Every rules file of the repo; where a firebase.json says which files are deployed, only those. */
export function rulesFiles(tree: Tree): RulesText[] {
  const files = tree.files.filter((file) => !file.built && file.bytes <= maxSourceBytes);
  const known = new Set(files.map(({ path }) => path));
  const deployed = files
    .filter(({ path }) => /(?:^|\/)firebase\.json$/.test(path))
    .flatMap(({ path }) => namedRules(path, tree.text(path, maxSourceBytes) ?? ''))
    .filter(({ file }) => known.has(file));
  return files.flatMap(({ path }): RulesText[] => {
    if (!rulesFile.test(path) && !realtimeFile.test(path) && !deployed.some(({ file }) => file === path)) return [];
    const text = tree.text(path, maxSourceBytes) ?? '';
    const product = productOf(path, text);
    const named = deployed.filter((one) => one.product === product);
    if (product === undefined || (named.length > 0 && !named.some(({ file }) => file === path))) return [];
    return [{ path, product, text }];
  });
}
