import { matricesOf, picturesOf } from '../core/deliverable.ts';
import { sentence } from './plain.ts';
import { blocksMarkup } from './html/blocks.ts';
import { filterHash, filterScript } from './html/filter.ts';
import { html as markup, type Markup } from './html/markup.ts';
import { style } from './html/style.ts';
import type { Renderer, Report } from './report.ts';
import { dateOf, targetName, verdictWords } from './words.ts';

/** The policy lets nothing be loaded, and nothing run but the filter of a long matrix, whatever the target's texts contain. */
function page({ run, verdict, documents }: Report): Markup {
  const name = sentence(targetName(run));
  const css: Markup = { markup: style };
  const filtered = documents.some(({ blocks }) => matricesOf(blocks).some(({ rows }) => rows.length > 12));
  // Pictures stand in the page itself: nothing is loaded for them either.
  const pictured = documents.some(({ blocks }) => picturesOf(blocks).length > 0);
  const policy: Markup = { markup: `${filtered ? ` script-src 'sha256-${filterHash}';` : ''}${pictured ? ' img-src data:;' : ''}` };
  const script: Markup = { markup: filtered ? `<script>${filterScript}</script>` : '' };
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';${policy} base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${verdictWords[verdict.status]}: ${name}</title>
<style>${css}</style>
</head>
<body>
<header><span><strong>Launch Ready</strong> · ${name}</span><span>${sentence(dateOf(run))}</span></header>
<main>
${documents.map(({ title, blocks }) => markup`<article><h1>${sentence(title)}</h1>\n${blocksMarkup(blocks)}</article>\n`)}</main>
<footer>Made by ${run.tool.name} ${sentence(run.tool.version)} from what it could read on ${sentence(dateOf(run))}. What it could not tell is listed above and never counts as safe.</footer>
${script}</body>
</html>
`;
}

export const html: Renderer = {
  render: (report) => page(report).markup,
  extension: 'html',
  describe: 'one self-contained HTML page, to read, show and print',
};
