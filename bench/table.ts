/** Lines of a table for the terminal: numbers to the right, texts to the left, columns as wide as they need to be. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || /^[-–]?$|^\d/.test(String(row[column] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(cells[0] ?? []), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.slice(1).map(line)].join('\n');
}

/** A share to three digits; `–` where there is nothing to share. */
export const share = (part: number, whole: number): string => (whole === 0 ? '–' : (part / whole).toFixed(3));

/** One line that says whether a figure meets its target. */
export function verdict(
  name: string,
  figure: number,
  target: number,
  better: 'more' | 'less',
  digits = 3,
): { readonly line: string; readonly met: boolean } {
  const met = Number.isFinite(figure) && (better === 'more' ? figure >= target : figure <= target);
  const text = Number.isFinite(figure) ? figure.toFixed(digits) : 'not measured';
  return { met, line: `${met ? 'ok  ' : 'MISS'} ${name}: ${text} (target ${better === 'more' ? '≥' : '≤'} ${target})` };
}
