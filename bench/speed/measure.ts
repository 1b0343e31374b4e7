import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What one run of a program took. */
export interface Sample {
  readonly wallMs: number;
  /** User and system time of the process with all its threads. */
  readonly cpuMs: number;
  /** Most memory it held at a time. */
  readonly rssMb: number;
}

const probe = pathToFileURL(join(import.meta.dirname, 'probe.mjs')).href;

/** Runs Node with these arguments in a fresh process. Throws when it ends with an exit code that is not among `codes`. */
export async function measure(args: readonly string[], codes: readonly number[] = [0]): Promise<Sample> {
  const folder = await mkdtemp(join(tmpdir(), 'launch-ready-usage-'));
  const usage = join(folder, 'usage.json');
  try {
    const begun = performance.now();
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(process.execPath, ['--import', probe, ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, LAUNCH_READY_BENCH_USAGE: usage },
      });
      let complaint = '';
      child.stderr.on('data', (data: Buffer) => {
        complaint = (complaint + data.toString()).slice(-2000);
      });
      child.once('error', reject);
      child.once('close', (status) => {
        if (status !== null && codes.includes(status)) resolve(status);
        else reject(new Error(`node ${args.join(' ')} ended with ${status}: ${complaint}`));
      });
    });
    const wallMs = performance.now() - begun;
    if (code === null) throw new Error('The process was killed.');
    const { cpuMs, rssMb } = JSON.parse(await readFile(usage, 'utf8')) as { cpuMs: number; rssMb: number };
    return { wallMs, cpuMs, rssMb };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Smallest and middle value of a list with at least one number. */
export function spread(values: readonly number[]): { readonly min: number; readonly median: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median =
    sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
  return { min: sorted[0] ?? NaN, median };
}
