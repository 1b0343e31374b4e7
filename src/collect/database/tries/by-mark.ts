import { quote } from '../world/literal.ts';

/** Rows of a query in which somebody's mark stands, whatever column it is in. */
export const byMark = (query: string, mark: string): string =>
  `SELECT * FROM (${query}) launch_ready_row WHERE strpos(launch_ready_row::text, ${quote(mark)}) > 0 LIMIT 2`;
