import type { Block, Document } from '../core/deliverable.ts';
import type { Severity } from '../core/stage.ts';
import { firstSentence, placeText, plural } from '../core/wording.ts';
import { blockText, headText, prose } from './markdown.ts';
import { clip, sentence } from './plain.ts';
import type { RenderOptions, Renderer, Report } from './report.ts';
import { alsoText, topItems, verdictWords } from './words.ts';

/** GitHub throws a summary of more than 1 MiB away whole; stay well below. */
const mostBytes = 900_000;

const size = (text: string): number => new TextEncoder().encode(text).length;

/** As much of the document as fits: the top always, then block by block; a list too long is cut at a finding, never inside one. */
function fitted(report: Report, document: Document, room: number, pointer: string): string {
  let left = room - 2000;
  const parts: string[] = [];
  const add = (text: string): boolean => {
    const bytes = size(text) + 2;
    if (bytes > left) return false;
    left -= bytes;
    parts.push(text);
    return true;
  };
  add(headText(report, document));
  const missing = document.blocks.filter((block) => !add(blockText(block)) && !shorter(block).some((smaller) => add(blockText(smaller))));
  const cut = parts.length < document.blocks.length + 1 || missing.length > 0;
  const titles = missing.map((block) => (block.kind === 'fold' ? block.title : block.kind));
  return [...parts, ...(titles.length > 0 || cut ? [prose(`Left out here for want of room: ${titles.join('; ')}. ${pointer}`)] : [])].join(
    '\n\n',
  );
}

/** The same block with ever fewer findings or rows, and a word on how many are left out. */
function shorter(block: Block): Block[] {
  if (block.kind !== 'fold') return [];
  return [2, 4, 8, 16, 32, 64, 128].map((part) => {
    let dropped = 0;
    const blocks = block.blocks.map((inner): Block => {
      if (inner.kind !== 'findings' && inner.kind !== 'table' && inner.kind !== 'matrix') return inner;
      const all = (inner.kind === 'findings' ? inner.items : inner.rows).length;
      const keep = Math.floor(all / part);
      dropped += all - keep;
      if (inner.kind === 'matrix') return { ...inner, rows: inner.rows.slice(0, keep) };
      return inner.kind === 'findings' ? { ...inner, items: inner.items.slice(0, keep) } : { ...inner, rows: inner.rows.slice(0, keep) };
    });
    return {
      ...block,
      blocks: [...blocks, { kind: 'text', text: `${plural(dropped, 'more entry', 'more entries')} left out here for want of room.` }],
    };
  });
}

const pointerTo = ({ fullReport }: RenderOptions): string =>
  fullReport === undefined ? 'The HTML or JSON report has everything.' : `Everything is in ${fullReport}.`;

export const githubSummary: Renderer = {
  render(report, options = {}) {
    const room = Math.floor(mostBytes / Math.max(1, report.documents.length));
    return `${report.documents.map((document) => fitted(report, document, room, pointerTo(options))).join('\n\n---\n\n')}\n`;
  },
  extension: 'md',
  describe: 'Markdown for the step summary of a GitHub Actions job, never above its size limit',
};

const inMessage = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const inProperty = (text: string): string => inMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** A workflow command; see "Workflow commands for GitHub Actions" for what has to be escaped where. */
function command(
  level: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string | number | undefined>>,
  message: string,
): string {
  const set = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${inProperty(sentence(String(value)))}`],
  );
  return `::${level}${set.length > 0 ? ` ${set.join(',')}` : ''}::${inMessage(message)}`;
}

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  blocker: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
};

export const githubAnnotations: Renderer = {
  render(report, options = {}) {
    const { run, verdict } = report;
    const lines = topItems(report).map((item, index) => {
      const { file, line, column } = item.finding.place ?? {};
      const where = file === undefined ? placeText(item.finding.place) : '';
      const message = [
        item.finding.message,
        where,
        alsoText(item),
        `Fix: ${firstSentence(item.finding.fix)}`,
        `See it again: ${item.finding.replay}`,
      ];
      const text = message
        .filter((part) => part !== '')
        .map(sentence)
        .join('\n');
      return command(
        levels[item.finding.severity],
        { file, line, col: column, title: clip(`${index + 1}. ${item.finding.title}`, 120) },
        text,
      );
    });
    const count = (outcome: string): number => run.findings.filter((finding) => finding.outcome === outcome).length;
    const tail = `${plural(count('fail'), 'finding')} open, ${plural(count('unknown'), 'question')} not answered (never counted as passed). ${pointerTo(options)}`;
    const level = { ready: 'notice', 'not-ready': 'error', 'cannot-tell': 'warning' } as const;
    return `${[...lines, command(level[verdict.status], { title: `Launch Ready: ${verdictWords[verdict.status]}` }, sentence(tail))].join('\n')}\n`;
  },
  extension: 'txt',
  describe: 'GitHub Actions annotations for the top five, printed to the job log',
};
