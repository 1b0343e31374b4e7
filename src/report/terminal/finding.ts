import type { FindingItem } from '../../core/deliverable.ts';
import type { Finding, Proof } from '../../core/finding.ts';
import { firstSentence, placeText, spotText } from '../../core/wording.ts';
import { gist, quotation, sentence, verbatim } from '../plain.ts';
import { fixParts, labelOf, moreText, ownText, otherText } from '../words.ts';
import { indented, type Paint } from './text.ts';

export interface Screen {
  readonly width: number;
  readonly paint: Paint;
  readonly verbose: boolean;
}

/** The label in the colour of how bad it is. */
export function toned(finding: Pick<Finding, 'outcome' | 'severity'>, paint: Paint): string {
  const label = labelOf(finding).toUpperCase();
  if (finding.outcome === 'unknown') return paint.yellow(label);
  return finding.severity === 'blocker'
    ? paint.bold(paint.red(label))
    : finding.severity === 'high'
      ? paint.red(label)
      : paint.yellow(label);
}

/** A finding of the first screen: headline, how bad and how much work, where, and the first sentence of the fix. */
export function shortFinding(item: FindingItem, number: number | undefined, { width, paint }: Screen): string[] {
  const { finding, headline, effort, also } = item;
  const indent = '     ';
  const more = also.length > 0 ? `and ${moreText(item)}` : '';
  const where = [sentence(spotText(finding.place ?? {}) || placeText(finding.place)), more].filter((part) => part !== '').join(' ');
  const fix =
    finding.outcome === 'unknown' ? `What would tell: ${finding.toKnow ?? 'nothing we know of'}` : `Fix: ${firstSentence(finding.fix)}`;
  return [
    ...indented(sentence(headline), width, indent, number === undefined ? '  -  ' : `  ${String(number).padEnd(3)}`).map((line) =>
      paint.bold(line),
    ),
    `${indent}${toned(finding, paint)}${effort === '' ? '' : paint.dim(`  ${effort}`)}`,
    ...(where === '' ? [] : indented(where, width, indent).map((line) => paint.cyan(line))),
    // The headline of a group names only what its places have in common; one of them says what that means here.
    ...(also.length === 0 ? [] : indented(gist(firstSentence(ownText(finding, headline)), 220), width, indent)),
    ...indented(gist(fix, 220), width, indent),
    ...(finding.outcome === 'unknown' ? [] : codeOf(finding.fix, width - indent.length - 2)).map((line) => paint.dim(`${indent}| ${line}`)),
    '',
  ];
}

/** Lines of code shown on the first screen. */
const mostCode = 3;

/** What of a fix is to be pasted: the beginning of it. */
function codeOf(fix: string, width: number): string[] {
  const { code } = fixParts(fix);
  const rest = code.length - mostCode;
  return [
    ...code.slice(0, rest > 1 ? mostCode : mostCode + 1).map((line) => gist(sentence(line), width)),
    ...(rest > 1 ? [`... ${rest} more lines in the full report`] : []),
  ];
}

/** A finding with everything known about it. */
export function fullFinding(item: FindingItem, number: number | undefined, { width, paint }: Screen): string[] {
  const { finding, headline, effort, order, also, prompt } = item;
  const unknown = finding.outcome === 'unknown';
  const indent = '     ';
  const put = (text: string): string[] => indented(sentence(text), width, indent);
  const block = (text: string): string[] => text.split('\n').map((line) => paint.dim(`${indent}| ${line}`));
  const where = sentence(placeText(finding.place));
  const fix = fixParts(finding.fix);
  return [
    ...indented(sentence(headline), width, indent, number === undefined ? '  -  ' : `  ${String(number).padEnd(3)}`).map((line) =>
      paint.bold(line),
    ),
    `${indent}${toned(finding, paint)}${effort === '' ? '' : paint.dim(`  ${effort}`)}`,
    ...(where === '' ? [] : put(where).map((line) => paint.cyan(line))),
    ...put(ownText(finding, headline)),
    ...(order === undefined ? [] : put(order).map((line) => paint.dim(line))),
    ...(unknown ? put(`What would tell: ${finding.toKnow ?? 'nothing we know of'}`) : put(`Why it matters: ${finding.why}`)),
    ...(finding.proof ?? []).flatMap((proof) => [...put(proofHead(proof)), ...block(quotation(proofBody(proof)))]),
    ...(unknown ? [] : [...fix.text.flatMap((line, nth) => put(nth === 0 ? `Fix: ${line}` : line)), ...fix.code.flatMap(block)]),
    ...put(`See it again: ${finding.replay}`),
    ...(also.length === 0 ? [] : put(`${moreText(item)}:`)),
    ...also.flatMap((other) =>
      indented(
        `${[sentence(placeText(other.place)), sentence(otherText(other, finding))].filter((part) => part !== '').join(': ')} [${other.id}]`,
        width,
        `${indent}  `,
        `${indent}- `,
      ),
    ),
    ...(prompt === undefined ? [] : [...put(`Prompt for ${prompt.tool}:`), ...block(verbatim(prompt.text))]),
    '',
  ];
}

const proofHead = (proof: Proof): string =>
  proof.kind === 'http' ? 'Asked and answered:' : `Evidence${placeText(proof.place) === '' ? '' : ` in ${placeText(proof.place)}`}:`;
const proofBody = (proof: Proof): string => (proof.kind === 'http' ? `${proof.request}\n\n${proof.response}` : proof.text);
