import type { Finding } from './finding.ts';
import { severities } from './stage.ts';
import { compareText } from './wording.ts';

/** Findings of one cause: mending that cause mends them all. */
export interface Group {
  /** The worst of them; on a tie the first by place. */
  readonly lead: Finding;
  /** The rest, by place. */
  readonly also: readonly Finding[];
}

/**
 * Puts findings of one cause together: same check, same advice, and the same sentence but for the names in it, the same file, or the same
 * `cause` named by the check. Unknowns of one missing piece of evidence go together across checks. Independent of the order given.
 */
export function groupFindings(findings: readonly Finding[]): Group[] {
  const sorted = findings.toSorted(worstFirst);
  const parent = sorted.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) at = parent[at] ?? at;
    return at;
  };
  const first = new Map<string, number>();
  for (const [index, finding] of sorted.entries()) {
    for (const key of causesOf(finding)) {
      const known = first.get(key);
      if (known === undefined) first.set(key, index);
      else {
        const [low, high] = [root(known), root(index)].toSorted((a, b) => a - b);
        if (low !== undefined && high !== undefined) parent[high] = low;
      }
    }
  }
  const members = new Map<number, Finding[]>();
  for (const [index, finding] of sorted.entries()) members.set(root(index), [...(members.get(root(index)) ?? []), finding]);
  return [...members.values()].flatMap(([lead, ...also]) => (lead ? [{ lead, also: also.toSorted(byPlace) }] : []));
}

function causesOf(finding: Finding): string[] {
  if (finding.outcome === 'unknown')
    return [
      finding.subject === 'evidence'
        ? `evidence ${finding.message}`
        : `${finding.check} unknown ${shapeOf(finding.toKnow ?? finding.message, finding)}`,
    ];
  if (finding.cause !== undefined) return [`${finding.check} cause ${finding.cause}`];
  const advice = `${finding.check} ${shapeOf(finding.fix, finding)}`;
  const causes = [`${advice} says ${shapeOf(finding.message, finding)}`];
  if (finding.place?.file !== undefined) causes.push(`${advice} in ${finding.place.file}`);
  return causes;
}

/** The sentence with its names taken out: quoted words, paths, dotted names, numbers, methods and the names of the finding's own place. */
export function shapeOf(text: string, finding: Pick<Finding, 'place' | 'subject'>): string {
  let shape = text;
  for (const name of [finding.place?.name, finding.subject, finding.place?.file])
    if (name !== undefined && name.length > 2) shape = shape.replaceAll(name, '#');
  return shape
    .replace(/`[^`]*`|"[^"]*"|“[^”]*”|(?<!\w)'[^']*'(?!\w)/g, '#')
    .replace(/\S*[/\\]\S*|\w+[._]\w+(?:[._]\w+)*|\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|ALL|CALL)\b|\d+/g, '#')
    .replace(/#(?:(?:\s*,\s*|\s+and\s+|\s+or\s+|\s+)#)*/g, '#')
    .trim();
}

const worstFirst = (a: Finding, b: Finding): number =>
  Number(b.tripwire) - Number(a.tripwire) || severities.indexOf(a.severity) - severities.indexOf(b.severity) || byPlace(a, b);

const byPlace = (a: Finding, b: Finding): number =>
  compareText(a.check, b.check) ||
  compareText(a.place?.file ?? a.place?.url ?? '', b.place?.file ?? b.place?.url ?? '') ||
  (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
  compareText(a.place?.name ?? '', b.place?.name ?? '') ||
  compareText(a.id, b.id);
