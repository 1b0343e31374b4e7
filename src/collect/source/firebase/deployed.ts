import { dirname, join } from 'node:path/posix';
import type { FirebaseRule } from '../../../evidence/firebase.ts';

type Product = FirebaseRule['product'];
const products: readonly Product[] = ['firestore', 'storage', 'database'];

/** Files of rules that a firebase.json names, with the product they are for. Nothing for a file that is no JSON. */
export function namedRules(path: string, text: string): { readonly product: Product; readonly file: string }[] {
  let config: unknown;
  try {
    config = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return [];
  }
  if (config === null || typeof config !== 'object') return [];
  return products.flatMap((product) =>
    // One entry, or a list of them with a target each.
    [(config as Record<string, unknown>)[product]].flat().flatMap((entry) => {
      const file = entry !== null && typeof entry === 'object' ? (entry as Record<string, unknown>)['rules'] : undefined;
      return typeof file === 'string' ? [{ product, file: join(dirname(path), file) }] : [];
    }),
  );
}
