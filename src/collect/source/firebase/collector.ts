import { defineCollector } from '../../../core/collector.ts';
import { type FirebaseRule, firebaseRules } from '../../../evidence/firebase.ts';
import type { Gap } from '../../../evidence/source.ts';
import { maxSourceBytes, sourceTree } from '../tree.ts';
import { namedRules } from './deployed.ts';
import { readRealtimeRules } from './realtime.ts';
import { readRulesFile, RulesError } from './rules-file.ts';

const rulesFile = /(?:^|\/)[^/]*\.rules$/;
const realtimeFile = /(?:^|\/)[^/]*(?:database|rtdb|rules)[^/]*\.(?:rules\.json|json|bolt\.json)$/i;

/** The product a file of rules is for, by what it says. */
function productOf(path: string, text: string): FirebaseRule['product'] | undefined {
  const service = /\bservice\s+(cloud\.firestore|firebase\.storage)\b/.exec(text)?.[1];
  if (service !== undefined) return service === 'cloud.firestore' ? 'firestore' : 'storage';
  return path.endsWith('.json') && /"rules"\s*:\s*\{/.test(text) && /"\.(?:read|write)"\s*:/.test(text) ? 'database' : undefined;
}

/** Reads the Firestore, Storage and Realtime Database rules of a repo. Where firebase.json says which files are deployed, only those. */
export const firebaseCollector = defineCollector({
  provides: firebaseRules,
  wants: 'repo',
  needs: { tree: sourceTree },
  effects: 'none',
  timeoutMs: 30_000,
  async collect({ tree }, { progress }) {
    progress('looking for Firebase rules');
    const files = tree.files.filter((file) => !file.built && file.bytes <= maxSourceBytes);
    const known = new Set(files.map(({ path }) => path));
    const deployed = files
      .filter(({ path }) => /(?:^|\/)firebase\.json$/.test(path))
      .flatMap(({ path }) => namedRules(path, tree.text(path, maxSourceBytes) ?? ''))
      .filter(({ file }) => known.has(file));
    const rules: FirebaseRule[] = [];
    const gaps: Gap[] = [];
    const today = new Date().toISOString().slice(0, 10);
    for (const { path } of files) {
      if (!rulesFile.test(path) && !realtimeFile.test(path) && !deployed.some(({ file }) => file === path)) continue;
      const text = tree.text(path, maxSourceBytes) ?? '';
      const product = productOf(path, text);
      const named = deployed.filter((one) => one.product === product);
      if (product === undefined || (named.length > 0 && !named.some(({ file }) => file === path))) continue;
      try {
        rules.push(...(product === 'database' ? readRealtimeRules(path, text, today) : readRulesFile(path, text, today)));
      } catch (error) {
        const line = error instanceof RulesError ? { line: error.line } : {};
        const why = error instanceof Error ? error.message : String(error);
        gaps.push({ what: 'Firebase rules', why, place: { file: path, ...line } });
      }
    }
    return { rules, gaps };
  },
});
