import type { ProvedRules, RulesEscalation, RulesObject } from '../../../evidence/firebase-proof.ts';
import { people } from '../world/prove.ts';
import type { RealtimeRule, RuleNode } from './parse.ts';
import { type Cite, shownPath, type Spot, Trial } from './trial.ts';

const most = 200;

function spotsOf(root: RuleNode): Spot[] {
  const found: Spot[] = [];
  const visit = (node: RuleNode, pattern: readonly string[]): void => {
    if (node.read || node.write) found.push({ pattern, node });
    for (const [name, child] of node.children) visit(child, [...pattern, name]);
    if (node.any) visit(node.any.node, [...pattern, node.any.name]);
  };
  visit(root, []);
  return found;
}

/** Lets people try every place of a Realtime Database's rules. */
export function proveRealtime(
  file: string,
  root: RuleNode,
  line: (at: number) => number,
  now: number,
  outOfTime: () => boolean,
): ProvedRules {
  const spots = spotsOf(root);
  const names = new Map<RealtimeRule, string>(
    spots.flatMap(({ node, pattern }) => [node.read, node.write].flatMap((rule) => (rule ? [[rule, shownPath(pattern)] as const] : []))),
  );
  const cite: Cite = (rule) => ({ place: { file, line: line(rule.at), name: names.get(rule) ?? '' }, text: rule.text.slice(0, 300) });
  const objects: RulesObject[] = [];
  const escalations: RulesEscalation[] = [];
  for (const spot of spots.slice(0, most)) {
    if (outOfTime()) break;
    const trial = new Trial(root, spot, now, cite);
    objects.push(trial.object(file, line));
    for (const found of trial.escalations((rule) => names.get(rule) ?? ''))
      if (!escalations.some(({ what }) => what === found.what)) escalations.push(found);
  }
  const left = spots.length - objects.length;
  return {
    product: 'database',
    file,
    people: people(),
    objects,
    escalations,
    ...(left > 0 && { cutShort: `${left} places of the rules were not tried: there are too many, or they take too long` }),
  };
}
