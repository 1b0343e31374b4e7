import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { findExecutable } from './executable.ts';

/** Something another scanner reported. */
export interface OutsideHit {
  readonly value: string;
  /** The scanner's own name of the rule. */
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

export interface OutsideReport {
  readonly name: string;
  readonly hits: readonly OutsideHit[];
  /** Why it could not be used, a whole sentence. */
  readonly failure?: string;
}

interface Scanner {
  readonly name: string;
  readonly args: (root: string, report: string) => readonly string[];
  readonly read: (report: string, output: string) => Promise<unknown[]>;
  readonly hit: (item: Record<string, unknown>) => Partial<OutsideHit>;
}

const gitleaksArgs = (root: string, report: string): string[] => [
  'dir',
  root,
  '--report-format',
  'json',
  '--report-path',
  report,
  '--no-banner',
  '--exit-code',
  '0',
  '--log-level',
  'error',
];
const readReport = async (report: string): Promise<unknown[]> => [JSON.parse(await readFile(report, 'utf8'))].flat();
const gitleaksHit = (item: Record<string, unknown>): Partial<OutsideHit> => ({
  value: text(item['Secret']),
  rule: text(item['RuleID']),
  file: text(item['File']),
  line: Number(item['StartLine']),
});

/** Scanners we know how to run without letting them call the services whose keys they find. */
const scanners: readonly Scanner[] = [
  { name: 'gitleaks', args: gitleaksArgs, read: readReport, hit: gitleaksHit },
  { name: 'betterleaks', args: gitleaksArgs, read: readReport, hit: gitleaksHit },
  {
    name: 'trufflehog',
    args: (root) => ['filesystem', root, '--json', '--no-verification', '--no-update'],
    read: async (_report, output) => output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as unknown] : [])),
    hit: (item) => {
      const place =
        (item['SourceMetadata'] as { Data?: { Filesystem?: { file?: unknown; line?: unknown } } } | undefined)?.Data?.Filesystem ?? {};
      return { value: text(item['Raw']), rule: text(item['DetectorName']), file: text(place.file), line: Number(place.line ?? 1) };
    },
  },
];

const maxOutput = 64 * 2 ** 20;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Runs the scanners found on PATH over the folder, one after the other; reports go into a folder of ours that is removed again. */
export async function runOutside(
  root: string,
  options: { signal: AbortSignal; timeoutMs: number; path?: string | undefined },
): Promise<OutsideReport[]> {
  const reports: OutsideReport[] = [];
  for (const scanner of scanners) {
    const program = findExecutable(scanner.name, root, options.path);
    if (program !== undefined) reports.push(await runScanner(scanner, program, root, options));
  }
  return reports;
}

async function runScanner(
  scanner: Scanner,
  program: string,
  root: string,
  options: { signal: AbortSignal; timeoutMs: number },
): Promise<OutsideReport> {
  const folder = await mkdtemp(join(tmpdir(), 'launch-ready-'));
  try {
    const report = join(folder, 'report.json');
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
    const output = await outputOf(program, scanner.args(root, report), { folder, signal });
    const items = await scanner.read(report, output);
    const hits = items.flatMap((item) =>
      typeof item === 'object' && item !== null ? hitOf(scanner, item as Record<string, unknown>, root) : [],
    );
    return { name: scanner.name, hits };
  } catch (error) {
    const reason =
      error instanceof SyntaxError
        ? 'its report is not the JSON we know'
        : error instanceof Error
          ? error.message.slice(0, 160)
          : 'unknown error';
    return { name: scanner.name, hits: [], failure: `${scanner.name} is installed but could not be used: ${reason}.` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function hitOf(scanner: Scanner, item: Record<string, unknown>, root: string): OutsideHit[] {
  const { value = '', rule = '', file = '', line = 1 } = scanner.hit(item);
  const path = (file.startsWith(root) ? relative(root, file) : file).split(sep).join('/');
  return value.length < 6 || path === '' ? [] : [{ value, rule, file: path, line: Number.isInteger(line) && line > 0 ? line : 1 }];
}

function outputOf(program: string, args: readonly string[], { folder, signal }: { folder: string; signal: AbortSignal }): Promise<string> {
  return new Promise((resolve, reject) => {
    const { PATH, SystemRoot } = process.env;
    const child = spawn(program, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...(PATH !== undefined && { PATH }), ...(SystemRoot !== undefined && { SystemRoot }), HOME: folder, TMPDIR: folder },
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutput) stop();
      else chunks.push(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(new Error('it took too long'));
      else if (bytes > maxOutput) reject(new Error('it reported too much'));
      else if (code !== 0 && code !== 183) reject(new Error(`it ended with code ${code}`));
      else resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}
