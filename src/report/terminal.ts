import { blockLines } from './terminal/blocks.ts';
import { indented, paint as paintOf } from './terminal/text.ts';
import { sentence } from './plain.ts';
import type { Renderer } from './report.ts';
import { dateOf, targetName } from './words.ts';

export const terminal: Renderer = {
  render({ run, documents }, { colour = false, width = 80, verbose = false, fullReport } = {}) {
    const paint = paintOf(colour);
    const screen = { width: Math.max(40, Math.min(width, 100)), paint, verbose };
    const below = documents.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'fold' ? [block.title] : [])));
    const tail = [
      ...(verbose || below.length === 0
        ? []
        : indented(`More below the fold: ${below.map(sentence).join('; ')}.`, screen.width, '  ').map(paint.dim)),
      ...(fullReport === undefined ? [] : [`  ${paint.bold('Full report:')} ${sentence(fullReport)}`]),
      ...(fullReport === undefined && !verbose && below.length > 0
        ? indented('Full report: run it again with --verbose, or with --format html --output report.html', screen.width, '  ')
        : []),
    ];
    const lines = documents.flatMap(({ title, blocks }) => [
      ...indented(sentence(`${title} · ${targetName(run)} · ${dateOf(run)}`), screen.width, '  ').map(paint.dim),
      '',
      ...blocks.flatMap((block) => blockLines(block, screen)),
    ]);
    return `\n${[...lines, ...tail].join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
  },
  extension: 'txt',
  describe: 'the first screen in the terminal; --verbose prints everything',
};
