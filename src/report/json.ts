import { mapsOf, matricesOf, tablesOf } from '../core/deliverable.ts';
import { rank } from '../core/rank.ts';
import { coverage, risk } from '../core/score.ts';
import { risky } from './plain.ts';
import type { Renderer, Report } from './report.ts';

// JSON is data for programs, so it keeps every character; those that harm a screen or a page it is pasted into are written as escapes.
const escaped = (text: string): string => text.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** `value` as JSON text that is safe to print and to embed; parses back to the same value. */
export const safeJson = (value: unknown): string => `${JSON.stringify(value, null, 2).replace(risky, escaped)}\n`;

/** The run with its verdict, score and fix order, and the matrices of its documents; findings are named by id where they are repeated. */
export function jsonReport({ run, verdict, documents }: Report): unknown {
  const matrices = documents.flatMap(({ title, blocks }) =>
    matricesOf(blocks).map(({ corner, columns, rows }) => ({ title, corner, columns, rows })),
  );
  const maps = documents.flatMap(({ title, blocks }) =>
    mapsOf(blocks).map(({ label, columns, boxes, links }) => ({ title, label, columns, boxes, links })),
  );
  const tables = documents.flatMap(({ title, blocks }) =>
    tablesOf(blocks).map(({ label, columns, rows }) => ({ title, label, columns, rows })),
  );
  const routes = documents.find((document) => document.routes)?.routes;
  const { value, band, atLeast, parts } = risk(run);
  return {
    ...run,
    findings: run.findings.map((finding) => ({ ...finding, place: finding.place ?? {}, proof: finding.proof ?? [] })),
    verdict: {
      status: verdict.status,
      because: verdict.because.map(({ id }) => id),
      waived: verdict.waived.map(({ finding, waiver }) => ({ finding: finding.id, waiver })),
      known: verdict.known.map(({ id }) => id),
      expired: verdict.expired,
    },
    ...(matrices.length > 0 && { matrices }),
    ...(maps.length > 0 && { maps }),
    ...(tables.length > 0 && { tables }),
    ...(routes && { routes }),
    summary: {
      risk: { value, band, atLeast, parts },
      coverage: coverage(run),
      fixOrder: rank(run.findings.filter(({ outcome }) => outcome === 'fail')).map(({ lead, also, harm, reason }) => ({
        finding: lead.id,
        also: also.map(({ id }) => id),
        harm,
        reason,
      })),
    },
  };
}

export const json: Renderer = {
  render: (report) => safeJson(jsonReport(report)),
  extension: 'json',
  describe: 'the whole run as JSON (schema/run.schema.json), for scripts and as a baseline',
};
