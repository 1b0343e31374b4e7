import type { BenchOptions } from './main.ts';
import { reportCorpus } from './corpus/report.ts';
import { reportRivals } from './rivals/report.ts';
import { reportTwins } from './twins/report.ts';

/** `npm run bench -- audit`: true when every target is met. */
export async function benchAudit(options: BenchOptions): Promise<boolean> {
  const wants = (part: string): boolean => options.only === undefined || options.only === part;
  let met = true;
  if (wants('twins') || wants('rivals')) {
    const twins = await reportTwins();
    met &&= twins.met;
    if (wants('rivals') && options.rivals) await reportRivals(twins.results);
  }
  if (wants('corpus')) met = (await reportCorpus(options)) && met;
  return met;
}
