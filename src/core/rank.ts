import { type Group, groupFindings } from './group.ts';
import { type Harm, harmOf, harms, type Layer, layerOf, layers } from './harm.ts';
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
  const waiting = groupFindings(findings).map(jobOf).toSorted(worstFirst);
  const done = new Set<Job>();
  const order: Ranked[] = [];
  const place = (job: Job, before?: Job): void => {
    if (done.has(job)) return;
    done.add(job);
    for (const other of waiting) if (comesBefore(other, job)) place(other, job);
    const { group, harm, layer } = job;
    order.push({ ...group, harm, reason: before ? because[layer] : reasonFor(group.lead, harm) });
  };
  for (const job of waiting) place(job);
  return order;
}

/** A group with what its place in the order depends on. */
interface Job {
  readonly group: Group;
  readonly harm: Harm;
  readonly layer: Layer;
  /** Number of layers below this one. */
  readonly depth: number;
  /** Routes, tables and other things it guards. */
  readonly guards: ReadonlySet<string>;
}

const jobOf = (group: Group): Job => ({
  group,
  harm: harmOf(group.lead),
  layer: layerOf(group.lead),
  depth: layers.indexOf(layerOf(group.lead)),
  guards: new Set([group.lead, ...group.also].flatMap(({ place }) => (place?.name === undefined ? [] : [place.name]))),
});

/** True when mending `job` is in vain while `other` is open. Layers only ever point backwards, so there is no cycle. */
function comesBefore(other: Job, job: Job): boolean {
  if (other.depth >= job.depth || !blocking(other.group.lead)) return false;
  // Whoever holds a leaked key walks past every lock; the other layers only matter to each other where they guard the same thing.
  if (other.layer === 'secret') return other.group.lead.severity === 'blocker' && job.harm === 'exposure';
  return [...job.guards].some((name) => other.guards.has(name));
}

const blocking = (finding: Finding): boolean => finding.tripwire || finding.severity === 'blocker' || finding.severity === 'high';

const efforts: readonly Effort[] = ['minutes', 'hours', 'days'];

// Data lying open and keys lying open hurt alike; which of them goes first is a matter of layers.
const harmRank = (harm: Harm): number => Math.max(1, harms.indexOf(harm));

// What is equal in all of this stays as `groupFindings` has it, which does not depend on the order given.
const worstFirst = ({ group: a, ...first }: Job, { group: b, ...second }: Job): number =>
  Number(b.lead.tripwire) - Number(a.lead.tripwire) ||
  severities.indexOf(a.lead.severity) - severities.indexOf(b.lead.severity) ||
  harmRank(first.harm) - harmRank(second.harm) ||
  first.depth - second.depth ||
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

const because: Readonly<Record<Layer, string>> = {
  secret: 'Before the rest, because until the key is replaced whoever has it can use it, whatever else you fix.',
  identity: 'Before the next ones, because rights cannot be checked before it is known who is calling.',
  'row-security': 'Before its policies, because they have no effect until row security is on.',
  ownership: 'Before the roles, because they protect nothing while the rows themselves are open.',
  role: 'Before the next one, which relies on it.',
  other: 'Before the next one, which relies on it.',
};
