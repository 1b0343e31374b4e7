import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../core/engine.ts';
import { reasonOf } from './file-error.ts';
import { UsageError } from './usage-error.ts';

/** File of the run beside the facts. */
const runFile = 'run.json';

/** Writes each fact as `<evidence id>.json` and the run as `run.json`. Secrets were taken out by the engine. */
export function saveEvidence(folder: string, result: RunResult): void {
  mkdirSync(folder, { recursive: true });
  for (const [id, value] of Object.entries(result.evidence))
    writeFileSync(join(folder, `${id}.json`), `${JSON.stringify(value, null, 2)}\n`);
  writeFileSync(join(folder, runFile), `${JSON.stringify(result.run, null, 2)}\n`);
}

/** Reads the facts of these ids as `saveEvidence` wrote them. Throws `UsageError` when the folder holds none or a broken file. */
export function loadEvidence(folder: string, ids: readonly string[]): Record<string, unknown> {
  let names: Set<string>;
  try {
    names = new Set(readdirSync(folder));
  } catch (error) {
    throw new UsageError(`The evidence in ${folder} cannot be read: ${reasonOf(error)}.`);
  }
  const evidence: Record<string, unknown> = {};
  for (const id of ids) {
    const name = `${id}.json`;
    if (!names.has(name)) continue;
    try {
      evidence[id] = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    } catch (error) {
      throw new UsageError(
        `${join(folder, name)} cannot be read: ${error instanceof SyntaxError ? 'it is no valid JSON' : reasonOf(error)}.`,
      );
    }
  }
  if (Object.keys(evidence).length === 0)
    throw new UsageError(`${folder} holds no saved evidence.`, 'launch-ready audit --save-evidence FOLDER writes some.');
  return evidence;
}
