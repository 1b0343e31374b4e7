import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startTied } from '../../../src/collect/database/tied-process.ts';
import type { TiedProcess } from '../../../src/collect/database/tied-process.ts';

/** One line of the portal's log. */
export type LogLine = Record<string, unknown> & { event?: string };

/** A program of the portal (or of a twin) that was started and its log so far. */
export interface Product {
  process: TiedProcess;
  logs(): LogLine[];
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Starts one of the product's TypeScript programs, in its own folder and with nothing of our environment but the search path. */
function run(
  directory: string,
  program: string,
  env: Record<string, string>,
  onLine: (line: string) => void,
  removeAfter?: string,
): TiedProcess {
  return startTied(process.execPath, ['--import', tsx, join(directory, program)], {
    cwd: directory,
    env: { PATH: process.env['PATH'], ...env },
    stopSignal: 'TERM',
    onLine,
    ...(removeAfter !== undefined && { removeAfter }),
  });
}

/** Runs a program to its end. Rejects with what it printed when it fails. */
export async function runProduct(directory: string, program: string, env: Record<string, string>): Promise<void> {
  const lines: string[] = [];
  const code = await run(directory, program, env, (line) => lines.push(line)).ended;
  if (code !== 0) throw new Error(`${program} failed:\n${lines.join('\n')}`);
}

/**
 * Starts the server and waits until it listens. Rejects with what it printed when it gives up before.
 * @param removeAfter folder to delete when the server has been stopped, even when we were killed.
 */
export async function serveProduct(
  directory: string,
  env: Record<string, string>,
  onLine: (line: string) => void = () => {},
  removeAfter?: string,
): Promise<Product> {
  const lines: string[] = [];
  let listening: () => void;
  const ready = new Promise<void>((resolve) => (listening = resolve));
  const hear = (line: string): void => {
    lines.push(line);
    onLine(line);
    if (line.includes('"event":"listening"')) listening();
  };
  const server = run(directory, join('src', 'server.ts'), env, hear, removeAfter);
  const gaveUp = server.ended.then(() => {
    throw new Error(`The portal did not start:\n${lines.join('\n')}`);
  });
  // Once it listens, its end is nobody's error.
  gaveUp.catch(() => {});
  await Promise.race([ready, gaveUp]);
  return { process: server, logs: () => lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine) };
}
