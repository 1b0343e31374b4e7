import { codeclimate } from './codeclimate.ts';
import { githubAnnotations, githubSummary } from './github.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import type { Renderer } from './report.ts';
import { sarif } from './sarif.ts';
import { terminal } from './terminal.ts';

export type { Renderer, RenderOptions, Report } from './report.ts';

/** Every output format by the name that `--format` takes. */
export const renderers = {
  terminal,
  json,
  markdown,
  html,
  sarif,
  junit,
  'github-summary': githubSummary,
  'github-annotations': githubAnnotations,
  codeclimate,
} as const satisfies Readonly<Record<string, Renderer>>;

export type Format = keyof typeof renderers;
