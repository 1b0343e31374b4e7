import { defineCollector } from '../../../core/collector.ts';
import { type FirebaseRule, firebaseRules } from '../../../evidence/firebase.ts';
import type { Gap } from '../../../evidence/source.ts';
import { rulesFiles } from '../../firebase/files.ts';
import { sourceTree } from '../tree.ts';
import { readRealtimeRules } from './realtime.ts';
import { readRulesFile, RulesError } from './rules-file.ts';

/** Reads the Firestore, Storage and Realtime Database rules of a repo. Where firebase.json says which files are deployed, only those. */
export const firebaseCollector = defineCollector({
  provides: firebaseRules,
  wants: 'repo',
  needs: { tree: sourceTree },
  effects: 'none',
  timeoutMs: 30_000,
  async collect({ tree }, { progress }) {
    progress('looking for Firebase rules');
    const rules: FirebaseRule[] = [];
    const gaps: Gap[] = [];
    const today = new Date().toISOString().slice(0, 10);
    for (const { path, product, text } of rulesFiles(tree)) {
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
