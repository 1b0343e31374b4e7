import type { FindingItem } from '../core/deliverable.ts';
import { hoursFor, hoursText } from '../core/estimate.ts';
import { type Group, groupFindings } from '../core/group.ts';
import type { Ranked } from '../core/rank.ts';
import type { Finding } from '../core/finding.ts';
import type { Builder } from '../evidence/source.ts';
import { toolOf } from './builder.ts';
import { promptFor } from './prompt.ts';

/** A ranked group as the reader sees it. A single place speaks for itself; several are named by what they have in common. */
export const itemOf = (group: Ranked, builder: Builder | undefined): FindingItem => ({
  finding: group.lead,
  also: group.also,
  headline: group.also.length === 0 ? group.lead.message : group.lead.title,
  prompt: { tool: toolOf(builder).name, text: promptFor({ finding: group.lead, also: group.also }, builder) },
  order: group.reason,
  effort: hoursText(hoursFor(group)),
});

/** What could not be told, one item a cause, the one that leaves most questions open first. */
export function unknownItems(findings: readonly Finding[]): FindingItem[] {
  const groups = groupFindings(findings.filter(({ outcome }) => outcome === 'unknown'));
  const size = (group: Group): number => group.also.length;
  return groups
    .toSorted((a, b) => size(b) - size(a))
    .map(({ lead, also }) => ({ finding: lead, also, headline: lead.message, effort: '' }));
}
