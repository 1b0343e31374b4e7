import type { Block } from '../core/deliverable.ts';
import { plural } from '../core/wording.ts';
import type { DmarcFacts } from '../evidence/dmarc.ts';
import { nextStep } from '../evidence/dmarc-ladder.ts';
import type { DmarcReports } from '../evidence/dmarc-reports.ts';

/** Rows that are shown; the rest is summed up. */
const mostRows = 25;
const mostGaps = 5;

/** Who sends in the name of the domain, out of the reports of receivers. */
export function reportBlocks({ reports, reporters, from, until, sources, gaps }: DmarcReports): Block[] {
  const day = (seconds = 0): string => new Date(seconds * 1000).toISOString().slice(0, 10);
  const unread: Block[] =
    gaps.length === 0
      ? []
      : [
          // A sentence of many names would be cut, and what it counts at its end with it.
          { kind: 'table', columns: ['Not read', 'Why'], rows: gaps.slice(0, mostGaps).map(({ file, why }) => [file, why]) },
          ...(gaps.length > mostGaps
            ? [{ kind: 'text' as const, text: `And ${gaps.length - mostGaps} more that could not be read; --format json names them.` }]
            : []),
        ];
  const heading: Block = { kind: 'heading', level: 2, text: 'Who sends in the name of the domain' };
  if (reports === 0) return [heading, { kind: 'text', text: 'No report could be read.' }, ...unread];
  const rest = sources.slice(mostRows);
  return [
    heading,
    {
      kind: 'text',
      text: `${plural(reports, 'report')} of ${reporters.slice(0, 6).join(', ')}${reporters.length > 6 ? ' and others' : ''}, ${day(from)} to ${day(until)}.`,
    },
    {
      kind: 'table',
      columns: ['From', 'Sent by', 'Mails', 'Passed', 'by SPF', 'by DKIM', 'Kept out'],
      rows: sources
        .slice(0, mostRows)
        .map((one) => [
          one.domain,
          one.service === undefined
            ? one.host === undefined
              ? `${one.ip}, whom nobody knows`
              : `${one.host} (${one.ip})`
            : `${one.service} (${one.ip})`,
          String(one.messages),
          one.passed === one.messages ? 'all' : String(one.passed),
          String(one.bySpf),
          String(one.byDkim),
          String(one.held),
        ]),
    },
    ...(rest.length > 0
      ? [
          {
            kind: 'text' as const,
            text: `${plural(rest.length, 'further address', 'further addresses')} with ${plural(
              rest.reduce((sum, { messages }) => sum + messages, 0),
              'mail',
            )}.`,
          },
        ]
      : []),
    ...unread,
  ];
}

const noReports: DmarcReports = { reports: 0, reporters: [], published: [], sources: [], gaps: [] };

/** How far up the ladder none → quarantine → reject each domain is, and whether the reports allow the next step. */
export function ladderBlocks(domains: readonly DmarcFacts[], reports: DmarcReports = noReports): Block[] {
  const rows = domains.flatMap((facts) => {
    if (facts.fault !== undefined || !facts.record || facts.record.ignored || facts.senders?.length === 0) return [];
    const now = `${facts.policy ?? 'none'}${facts.record.test ? ', as a test (t=y)' : ''}`;
    return [[facts.domain, now, nextStep(reports, facts) ?? 'None: this is the top.']];
  });
  return rows.length === 0
    ? []
    : [
        { kind: 'heading', level: 2, text: 'DMARC, step by step: none, then quarantine, then reject' },
        { kind: 'table', columns: ['Domain', 'Now', 'Next step'], rows },
      ];
}
