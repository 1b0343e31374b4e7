import type { FindingItem, MatrixCell } from '../core/deliverable.ts';
import type { Finding } from '../core/finding.ts';
import type { VerdictStatus } from '../core/gate.ts';
import type { Run } from '../core/run.ts';
import { bothForms } from '../core/domain-name.ts';
import { findingsOf } from '../core/deliverable.ts';
import { plural } from '../core/wording.ts';
import { lines, visible } from './plain.ts';
import type { Report } from './report.ts';

/** The verdict in two words, for a heading. */
export const verdictWords: Readonly<Record<VerdictStatus, string>> = {
  ready: 'Ready',
  'not-ready': 'Not ready',
  'cannot-tell': 'Cannot tell',
};

/** What a cell of the matrix says without colour. */
export const cellWords: Readonly<Record<MatrixCell['state'], string>> = {
  allowed: 'allowed',
  blocked: 'blocked',
  leak: 'LEAK',
  unknown: 'not known',
  'not-applicable': '–',
};

/** `blocker`, or `not known` where nothing could be told. */
export const labelOf = ({ outcome, severity }: Pick<Finding, 'outcome' | 'severity'>): string =>
  outcome === 'unknown' ? 'not known' : severity;

/** The target by its last folder name, address and domain: no path of the machine that ran it. */
export function targetName({ target }: Pick<Run, 'target'>): string {
  const folder = target.root?.split(/[/\\]/).findLast((part) => part !== '');
  const { url, domain } = target;
  // An address on the domain names it already; one elsewhere (a preview of the app) does not say what was looked at.
  const isNamed = domain !== undefined && `.${URL.parse(url ?? '')?.hostname ?? ''}`.endsWith(`.${domain}`);
  const host = URL.parse(url ?? '')?.hostname ?? '';
  // An address has its host in ASCII; people know it in the letters of their language.
  const address = url !== undefined && bothForms(host) !== host ? `${url} · ${bothForms(host)}` : url;
  return (
    [folder, address, isNamed || domain === undefined ? undefined : bothForms(domain)].filter((part) => part !== undefined).join(' · ') ||
    'saved evidence'
  );
}

/** `23 November 2026`, from the run's own clock. */
export function dateOf({ startedAt }: Pick<Run, 'startedAt'>): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(startedAt) ?? [];
  return year === undefined ? startedAt : `${Number(day)} ${months[Number(month) - 1] ?? month} ${year}`;
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** The findings that stand above the fold, in fix order: the only ones shown where room is short. */
export const topItems = ({ documents }: Report): readonly FindingItem[] =>
  documents
    .flatMap(({ blocks }) =>
      findingsOf(blocks)
        .filter(({ ordered }) => ordered)
        .flatMap(({ items }) => items),
    )
    .slice(0, 5);

/** `13 more places`, or questions where nothing could be told; empty for a single one. */
export const moreText = ({ finding, also }: FindingItem): string =>
  also.length === 0 ? '' : plural(also.length, finding.outcome === 'unknown' ? 'more question' : 'more place');

/** `and 13 more places of the same cause`; empty for a single place. */
export const alsoText = (item: FindingItem): string => (item.also.length === 0 ? '' : `and ${moreText(item)} of the same cause`);

/** What a finding says besides the headline above it: its own sentence, or which question stays open where the sentence is the same. */
export function ownText({ message, title, outcome }: Finding, headline: string): string {
  if (message.startsWith(headline) && message !== headline) return message.slice(headline.length).trim();
  if (message !== headline) return message;
  return outcome === 'unknown' ? `Left open: ${title}` : '';
}

/** One of the other places of a finding, as far as it says something else: which question it leaves open where another check asks. */
export function otherText(other: Finding, lead: Finding): string {
  if (other.outcome === 'unknown' && other.check !== lead.check) return `Left open: ${other.title}`;
  return ownText(other, lead.message) || other.message;
}

/**
 * A fix in words, and what of it is to be pasted: all that follows a first line with a colon at its end. The code is whole, line by line as it is, as a
 * statement that was cut would do something else.
 */
export function fixParts(fix: string): { readonly text: readonly string[]; readonly code: readonly string[] } {
  const [first = '', ...rest] = fix.replaceAll('\r\n', '\n').split('\n');
  if (!first.trimEnd().endsWith(':')) return { text: lines(fix), code: [] };
  return { text: lines(first), code: visible(rest.join('\n')).trimEnd().split('\n') };
}
