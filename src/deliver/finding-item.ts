import type { FindingItem } from '../core/deliverable.ts';
import { hoursFor, hoursText } from '../core/estimate.ts';
import { type Group, groupFindings } from '../core/group.ts';
import type { Ranked } from '../core/rank.ts';
import { andList, firstSentence } from '../core/wording.ts';
import type { Finding } from '../core/finding.ts';
import type { Builder } from '../evidence/source.ts';
import { toolOf } from './builder.ts';
import { promptFor } from './prompt.ts';

/** A ranked group as the reader sees it. A single place speaks for itself; several are named by what they have in common. */
export const itemOf = (group: Ranked, builder: Builder | undefined): FindingItem => ({
  finding: group.lead,
  also: group.also,
  headline: headlineOf(group),
  ...(group.lead.mendedIn === 'code' && {
    prompt: { tool: toolOf(builder).name, text: promptFor({ finding: group.lead, also: group.also }, builder) },
  }),
  order: group.reason,
  effort: hoursText(hoursFor(group)),
});

/** What was reached is what a group of leaks is about; places in code say little to whoever reads the headline. */
function headlineOf({ lead, also }: Group): string {
  if (lead.stage !== 'access') return also.length === 0 ? lead.message : lead.title;
  if (also.length === 0) return firstSentence(lead.message);
  const names = [...new Set([lead, ...also].flatMap(({ place }) => place?.name ?? []))];
  const shown = names.slice(0, 4);
  const rest = names.length - shown.length;
  if (shown.length === 0) return lead.title;
  return `${lead.title}: ${rest > 0 ? `${shown.join(', ')} and ${rest} more` : andList(shown)}`;
}

/** What could not be told, one item a cause, the one that leaves most questions open first. */
export function unknownItems(findings: readonly Finding[]): FindingItem[] {
  const groups = groupFindings(findings.filter(({ outcome }) => outcome === 'unknown'));
  const size = (group: Group): number => group.also.length;
  return groups
    .toSorted((a, b) => size(b) - size(a))
    .map(({ lead, also }) => ({ finding: lead, also, headline: lead.message, effort: '' }));
}
