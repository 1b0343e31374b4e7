import { type Group, groupFindings } from './group.ts';
import { type Harm, harmOf, harms, layerOf, layers } from './harm.ts';
import type { Finding } from './finding.ts';
import { type Effort, severities } from './stage.ts';

/** A group in the fix order, and why it stands there. */
export interface Ranked extends Group {
  readonly harm: Harm;
  /** One sentence for the reader. */
  readonly reason: string;
}

/**
 * The fix order: what hurts customers first, but nothing before what it depends on (a leaked key is replaced before what it opens is
 * locked; row security is switched on before its policies are tightened), and the smaller job first among equals. Deterministic: the order of
 * `findings` does not matter. Groups findings of one cause (see `groupFindings`).
 */
export function rank(findings: readonly Finding[]): Ranked[] {
  const waiting = groupFindings(findings).toSorted(worstFirst);
  const done = new Set<Group>();
  const order: Ranked[] = [];
  const place = (group: Group, before?: Group): void => {
    if (done.has(group)) return;
    done.add(group);
    for (const other of waiting) if (comesBefore(other, group)) place(other, group);
    const harm = harmOf(group.lead);
    order.push({ ...group, harm, reason: before ? because[layerOf(group.lead)] : reasonFor(group.lead, harm) });
  };
  for (const group of waiting) place(group);
  return order;
}

/** True when mending `group` is in vain while `other` is open. Layers only ever point backwards, so there is no cycle. */
function comesBefore(other: Group, group: Group): boolean {
  const [first, then] = [layers.indexOf(layerOf(other.lead)), layers.indexOf(layerOf(group.lead))];
  if (first >= then || !blocking(other.lead)) return false;
  // Whoever holds a leaked key walks past every lock; the other layers only matter to each other where they guard the same thing.
  if (layers[first] === 'secret') return other.lead.severity === 'blocker' && harmOf(group.lead) === 'exposure';
  const guarded = new Set(subjectsOf(other));
  return subjectsOf(group).some((subject) => guarded.has(subject));
}

const subjectsOf = (group: Group): string[] =>
  [group.lead, ...group.also].flatMap(({ place }) => (place?.name === undefined ? [] : [place.name]));

const blocking = (finding: Finding): boolean => finding.tripwire || finding.severity === 'blocker' || finding.severity === 'high';

const efforts: readonly Effort[] = ['minutes', 'hours', 'days'];

// Data lying open and keys lying open hurt alike; which of them goes first is a matter of layers.
const harmRank = (finding: Finding): number => Math.max(1, harms.indexOf(harmOf(finding)));

// What is equal in all of this stays as `groupFindings` has it, which does not depend on the order given.
const worstFirst = (a: Group, b: Group): number =>
  Number(b.lead.tripwire) - Number(a.lead.tripwire) ||
  severities.indexOf(a.lead.severity) - severities.indexOf(b.lead.severity) ||
  harmRank(a.lead) - harmRank(b.lead) ||
  layers.indexOf(layerOf(a.lead)) - layers.indexOf(layerOf(b.lead)) ||
  efforts.indexOf(a.lead.effort) - efforts.indexOf(b.lead.effort) ||
  b.also.length - a.also.length;

function reasonFor(finding: Finding, harm: Harm): string {
  if (finding.tripwire) return 'One hole of this kind is enough to stop a launch.';
  // A check nobody filed under a harm must not be called harmless.
  return harm === 'hygiene' && blocking(finding) ? `It is rated ${finding.severity}.` : reasons[harm];
}

const reasons: Readonly<Record<Harm, string>> = {
  exposure: "Strangers or other customers can reach customers' data.",
  secret: 'A key that opens your systems is where others can read it.',
  takeover: 'Somebody can act as another person or give themselves more rights.',
  forgery: 'Strangers can send false events that your app believes.',
  abuse: 'It can be misused by anyone who finds it.',
  hygiene: 'It does little harm by itself.',
};

const because: Readonly<Record<(typeof layers)[number], string>> = {
  secret: 'Before the rest, because whoever has this key walks past every lock you add later.',
  identity: 'Before the next ones, because rights cannot be checked before it is known who is calling.',
  'row-security': 'Before its policies, because they have no effect until row security is on.',
  ownership: 'Before the roles, because they protect nothing while the rows themselves are open.',
  role: 'Before the next one, which relies on it.',
  other: 'Before the next one, which relies on it.',
};
