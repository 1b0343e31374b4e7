import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Judged } from './corpus.ts';

/** Verdicts written down while reading: JSON files, each a list of `{ repo, check, subject, file, line, severity, verdict, why }`. By repo. */
export async function readVerdicts(folder: string): Promise<Map<string, Judged[]>> {
  const by = new Map<string, Judged[]>();
  for (const name of (await readdir(folder)).filter((entry) => entry.endsWith('.json')).toSorted()) {
    const list = JSON.parse(await readFile(join(folder, name), 'utf8')) as (Judged & { repo: string })[];
    for (const { repo, ...judged } of list) {
      const known = ['right', 'wrong', 'depends'].includes(judged.verdict);
      by.set(repo, [...(by.get(repo) ?? []), known ? judged : { ...judged, verdict: 'depends' }]);
    }
  }
  return by;
}
