import { describe, expect, it } from 'vitest';
import { fixtureReport } from '../../test/contracts/fixture.ts';
import type { Block } from '../core/deliverable.ts';
import { blockLines } from './terminal/blocks.ts';
import { columns, paint, wrap } from './terminal/text.ts';
import { terminal } from './terminal.ts';

const screen = { width: 80, paint: paint(false), verbose: true };

describe('terminal', async () => {
  const report = await fixtureReport({ hostile: true });

  it.each([40, 60, 80, 100, 300])('keeps to a width of %i, at most 100', (width) => {
    for (const line of terminal.render(report, { width }).split('\n'))
      expect(columns(line), line).toBeLessThanOrEqual(Math.min(100, width));
  });

  it('is one screen: verdict, five items, unknowns, where the rest is', async () => {
    const text = terminal.render(await fixtureReport(), { fullReport: 'report.html' });
    expect(text.split('\n').length).toBeLessThan(65);
    for (const part of [
      'NOT READY',
      'The top 5 of 7 launch blockers',
      '  5  ',
      '5 questions could not be answered',
      'Full report: report.html',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('Prompt for');
  });

  it('says how to get the rest when no file was written', async () => {
    expect(terminal.render(await fixtureReport())).toContain('run it again with --verbose');
  });

  it('prints everything with verbose', () => {
    const text = terminal.render(report, { verbose: true });
    for (const part of ['Prompt for Lovable', 'What was looked at', 'See it again: launch-ready replay']) expect(text).toContain(part);
  });

  it('colours only when asked, and says the same', () => {
    // oxlint-disable-next-line no-control-regex -- the colours themselves
    const sgr = /\u001b\[\d+m/g;
    expect(terminal.render(report, { colour: true }).replace(sgr, '')).toBe(terminal.render(report));
    expect(terminal.render(report, { colour: true })).toMatch(sgr);
  });

  it('breaks words that are longer than a line', () => {
    expect(wrap('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
    expect(columns('請求')).toBe(4);
  });

  it('aligns a table that fits and lists one that does not', () => {
    const table: Block = { kind: 'table', columns: ['A', 'B'], rows: [['x', 'y']] };
    expect(blockLines(table, screen)).toEqual(['  A  B', '  x  y', '']);
    expect(blockLines({ ...table, rows: [['x', 'word '.repeat(30)]] }, screen)[1]).toMatch(/^ {4}B: word/);
  });

  it('writes each way through a map as a line, and marks what is wrong', () => {
    const box = (id: string, column: number, state: 'fine' | 'broken' | 'unknown') => ({ id, column, text: id, state });
    const map: Block = {
      kind: 'map',
      label: 'x',
      columns: ['A', 'B'],
      boxes: [box('a', 0, 'broken'), box('b', 1, 'fine'), box('c', 1, 'unknown')],
      links: [{ from: 'a', to: 'b' }],
    };
    expect(blockLines(map, screen)).toEqual(['  a (!) → b', '  c (?)', '  (!) has a problem   (?) is not known', '']);
    const calm: Block = { ...map, boxes: [box('a', 0, 'fine'), box('b', 1, 'fine')] };
    expect(blockLines(calm, screen)).toEqual(['  a → b', '']);
  });

  it('renders matrix, checklist and code', () => {
    const blocks: Block[] = [
      { kind: 'matrix', corner: 'Route', columns: ['client'], rows: [{ name: 'GET /x', cells: [{ state: 'blocked' }] }] },
      { kind: 'checklist', items: [{ text: 'done it', state: 'done' }] },
      { kind: 'code', language: 'sh', text: 'ls' },
    ];
    expect(blocks.flatMap((block) => blockLines(block, screen))).toEqual([
      '  Route   client',
      '  GET /x  no',
      '',
      '  [x] done it',
      '',
      '  ls',
      '',
    ]);
  });
});
