import { defineCollector } from '../../../core/collector.ts';
import { type FirebaseRule, firebaseRules } from '../../../evidence/database.ts';
import type { Gap } from '../../../evidence/source.ts';
import { maxSourceBytes, sourceTree } from '../tree.ts';
import { readRealtimeRules } from './realtime.ts';
import { readRulesFile, RulesError } from './rules-file.ts';

const rulesFile = /(?:^|\/)[^/]*\.rules$/;
const realtimeFile = /(?:^|\/)[^/]*(?:database|rtdb|rules)[^/]*\.(?:rules\.json|json|bolt\.json)$/i;

/** Reads the Firestore, Storage and Realtime Database rules of a repo. */
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
    for (const file of tree.files) {
      if (file.built || !(rulesFile.test(file.path) || realtimeFile.test(file.path)) || file.bytes > maxSourceBytes) continue;
      const text = tree.text(file.path, maxSourceBytes);
      if (text === undefined) continue;
      try {
        if (/\bservice\s+(?:cloud\.firestore|firebase\.storage)\b/.test(text)) rules.push(...readRulesFile(file.path, text));
        else if (file.path.endsWith('.json') && /"rules"\s*:\s*\{/.test(text) && /"\.(?:read|write)"\s*:/.test(text))
          rules.push(...readRealtimeRules(file.path, text));
      } catch (error) {
        const line = error instanceof RulesError ? { line: error.line } : {};
        gaps.push({
          what: 'Firebase rules',
          why: `could not be read: ${error instanceof Error ? error.message : String(error)}`,
          place: { file: file.path, ...line },
        });
      }
    }
    // A rule whose day has passed lets nobody through any more.
    const today = new Date().toISOString().slice(0, 10);
    return {
      rules: rules.map((rule) => (rule.until !== undefined && rule.until <= today ? { ...rule, kind: 'never' as const } : rule)),
      gaps,
    };
  },
});
