import type { Block } from '../core/deliverable.ts';
import type { Verdict } from '../core/gate.ts';
import type { Run } from '../core/run.ts';
import { risk, shares } from '../core/score.ts';
import { inputText, placeText } from '../core/wording.ts';

/** How the risk score is made: what each check adds. */
export function riskTable(run: Run): Block[] {
  const { parts } = risk(run);
  if (parts.length === 0) return [];
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return [
    {
      kind: 'text',
      text: `Every open problem takes a share of the trust that is left: a blocker ${percent(shares.blocker)}, a high one ${percent(shares.high)}, a medium one ${percent(shares.medium)}, a low one ${percent(shares.low)}; each further place of the same check counts half of the one before. Mending something never makes the score worse. What is not known is not in it, so read it beside the number of answered checks.`,
    },
    {
      kind: 'table',
      columns: ['Adds', 'Open places', 'Check'],
      rows: parts.map(({ points, open, title }) => [points.toFixed(1), String(open), title]),
    },
  ];
}

/** Findings somebody decided to live with, by whom and until when; findings of the baseline; waivers that ran out. */
export function accepted({ waived, known, expired }: Verdict): Block[] {
  const rows = [
    ...waived.map(({ finding, waiver }) => [
      finding.message,
      `${waiver.reason} (${waiver.name}, until ${waiver.expires})`,
      placeText(finding.place),
      `\`${finding.id}\``,
    ]),
    ...known.map((finding) => [finding.message, 'known from an earlier run', placeText(finding.place), `\`${finding.id}\``]),
  ];
  return [
    ...(rows.length > 0 ? [{ kind: 'table' as const, columns: ['Finding', 'Why it does not count', 'Where', 'Name'], rows }] : []),
    ...(expired.length > 0
      ? [
          { kind: 'heading' as const, level: 3 as const, text: 'Ran out, so they count again' },
          {
            kind: 'table' as const,
            columns: ['Finding', 'Reason given', 'By', 'Until'],
            rows: expired.map(({ finding, reason, name, expires }) => [finding, reason, name, expires]),
          },
        ]
      : []),
  ];
}

/** What became of every check. */
export function checksTable({ checks }: Run): Block[] {
  if (checks.length === 0) return [];
  const result = ({ state, wants, reason, counts }: Run['checks'][number]): string => {
    if (state === 'off') return `switched off: ${reason ?? ''}`;
    if (state === 'out-of-reach') return `not looked at: needs ${inputText(wants ?? [])}`;
    const parts = [
      ...(counts.fail > 0 ? [`${counts.fail} open`] : []),
      ...(counts.unknown > 0 ? [`${counts.unknown} not known`] : []),
      ...(counts.pass > 0 ? [`${counts.pass} passed`] : []),
    ];
    return parts.length > 0 ? parts.join(', ') : 'nothing of the kind here';
  };
  return [
    { kind: 'table', columns: ['Check', 'Result', 'Name'], rows: checks.map((check) => [check.title, result(check), `\`${check.id}\``]) },
  ];
}
