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
 * Puts findings of one cause together: what the check names as their `cause`, else same check and same advice but for the names in it (all
 * routes that lack the same guard, all tables with the same policy). Unknowns for want of one thing (a piece of evidence, what they name as their `cause`) go together across checks.
 * Independent of the order given.
 */
export function groupFindings(findings: readonly Finding[]): Group[] {
  const members = new Map<string, Finding[]>();
  for (const finding of findings.toSorted(worstFirst)) {
    const cause = causeOf(finding);
    const known = members.get(cause);
    if (known) known.push(finding);
    else members.set(cause, [finding]);
  }
  return [...members.values()].flatMap(([lead, ...also]) => (lead ? [{ lead, also: also.toSorted(byPlace) }] : []));
}

function causeOf(finding: Finding): string {
  const { check, outcome, subject, message, toKnow, cause, fix } = finding;
  if (outcome === 'unknown')
    return subject === 'evidence'
      ? `evidence ${message}`
      : cause !== undefined
        ? `unknown for want of ${cause}`
        : `${check} unknown ${shapeOf(toKnow ?? message, finding)}`;
  return cause === undefined ? `${check} ${outcome} advice ${shapeOf(fix, finding)}` : `${check} ${outcome} cause ${cause}`;
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
