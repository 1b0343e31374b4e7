import { defineCollector } from '../../core/collector.ts';
import { firebaseProof, type ProvedRules } from '../../evidence/firebase-proof.ts';
import type { Gap } from '../../evidence/source.ts';
import { sourceTree } from '../source/tree.ts';
import { writtenFields } from './code.ts';
import { rulesFiles } from './files.ts';
import { parseRules } from './language/parse-rules.ts';
import { RulesError } from './language/syntax.ts';
import { parseRealtime } from './realtime/parse.ts';
import { proveRealtime } from './realtime/prove.ts';
import { proveRules } from './world/prove.ts';

/** Time for all rules of a repo; what is not done by then is named. */
const budgetMs = 40_000;

/** Evaluates the Firebase rules of a repo for two customers who are strangers, a visitor, a newcomer and an administrator. Runs nothing of it. */
export const firebaseProofCollector = defineCollector({
  provides: firebaseProof,
  wants: 'repo',
  needs: { tree: sourceTree },
  effects: 'none',
  timeoutMs: 90_000,
  async collect({ tree }, { progress, signal }) {
    const rulesets: ProvedRules[] = [];
    const gaps: Gap[] = [];
    const now = Date.now();
    const files = rulesFiles(tree);
    const known = { collections: files.length > 0 ? writtenFields(tree) : new Map<string, readonly string[]>() };
    const outOfTime = (): boolean => signal.aborted || Date.now() - now > budgetMs;
    for (const [index, { path, product, text }] of files.entries()) {
      progress('trying the Firebase rules', index, files.length);
      try {
        if (product === 'database') {
          const line = (at: number): number => text.slice(0, at).split('\n').length;
          rulesets.push(proveRealtime(path, parseRealtime(text), line, now, outOfTime));
          continue;
        }
        const rules = parseRules(path, text);
        for (const ruleset of rules) rulesets.push(proveRules(ruleset, known, now, outOfTime));
      } catch (error) {
        if (!(error instanceof RulesError)) throw error;
        gaps.push({ what: 'Firebase rules', why: error.message, place: { file: path, line: text.slice(0, error.at).split('\n').length } });
      }
    }
    return { rulesets, gaps };
  },
});
