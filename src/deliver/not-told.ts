import type { Block } from '../core/deliverable.ts';
import type { Finding } from '../core/finding.ts';
import type { Run } from '../core/run.ts';
import { inputText, placeText, plural } from '../core/wording.ts';
import { clientAccess, sourceRoutes } from '../evidence/routes.ts';
import { databaseModel } from '../evidence/database.ts';
import { firebaseRules } from '../evidence/firebase.ts';
import { liveBundles } from '../evidence/http.ts';
import { sourceSecrets } from '../evidence/secrets.ts';
import { type Gap, sourceFiles } from '../evidence/source.ts';
import { type Collected, read } from './evidence-of.ts';
import { unknownItems } from './finding-item.ts';
import { groupByInput } from './verdict-text.ts';

/** What could not be told, by cause, with what would tell it: open questions, checks that were not run, parts that could not be read. */
export function notTold(run: Run, findings: readonly Finding[], collected: Collected): Block[] {
  const items = unknownItems(findings);
  const waiting = [...groupByInput(run.checks)];
  const gaps = gapsOf(collected);
  return [
    ...(items.length > 0 ? [{ kind: 'findings' as const, ordered: false, items }] : []),
    ...waiting.flatMap(([input, checks]): Block[] => [
      {
        kind: 'heading',
        level: 3,
        text: `${plural(checks.length, 'check')} that ${checks.length === 1 ? 'needs' : 'need'} ${inputText([input])}`,
      },
      { kind: 'table', columns: ['Not looked at', 'Check'], rows: checks.map(({ id, title }) => [title, `\`${id}\``]) },
    ]),
    ...(gaps.length > 0
      ? [
          { kind: 'heading' as const, level: 3 as const, text: 'Parts that could not be read or followed' },
          {
            kind: 'table' as const,
            columns: ['What', 'Why', 'Where'],
            rows: gaps.map(({ what, why, place }) => [what, why, placeText(place)]),
          },
        ]
      : []),
  ];
}

/** Everything the collectors listed as not read or not resolved, each once. */
export function gapsOf(collected: Collected): Gap[] {
  const sources = [sourceFiles, sourceRoutes, clientAccess, databaseModel, firebaseRules, sourceSecrets, liveBundles];
  const gaps = sources.flatMap((source) => read<{ readonly gaps?: readonly Gap[] }>(collected, source)?.gaps ?? []);
  const routes = read(collected, sourceRoutes)?.routes.flatMap(({ unresolved }) => unresolved) ?? [];
  return [...new Map([...gaps, ...routes].map((gap) => [`${gap.what}\0${gap.why}\0${placeText(gap.place)}`, gap])).values()];
}
