import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Arguments } from './arguments.ts';
import { reasonOf } from './file-error.ts';
import { type FormatName, formatNames, fileName } from './formats.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** One report: its format and its file; without file it goes to the screen. */
export interface Output {
  readonly format: FormatName;
  readonly file?: string;
}

/**
 * Reads `--format` and `--output`. One format goes to the screen unless a file is named; a file's ending names the
 * format when none is given; a folder takes them all. With a file the terminal report is shown as well.
 * Throws `UsageError` when something could not be written, before any work is done.
 */
export function chosenOutputs(args: Arguments): Output[] {
  const formats = [...new Set(args.all('format').map(formatOf))];
  const output = args.text('output');
  if (output === undefined || output === '-') {
    const [only = 'terminal', ...more] = formats;
    if (more.length > 0) throw new UsageError('Several formats need a folder: --output FOLDER.');
    return [{ format: only }];
  }
  if (formats.length > 1 || output.endsWith('/') || isFolder(output)) {
    const wanted = formats.length > 0 ? formats : formatNames.filter((format) => format !== 'terminal' && format !== 'github');
    checkFolder(output);
    return withScreen(
      wanted.map((format): Output => (format === 'terminal' ? { format } : { format, file: join(output, fileName(format)) })),
      args,
    );
  }
  const format = formats[0] ?? formatOfFile(output);
  checkFile(output);
  return withScreen([{ format, file: output }], args);
}

function withScreen(outputs: Output[], args: Arguments): Output[] {
  const quiet = args.on('quiet') ?? false;
  return quiet || outputs.some(({ file }) => file === undefined) ? outputs : [{ format: 'terminal' }, ...outputs];
}

/** Makes sure that `file` can be written, without touching it. */
export function checkFile(file: string): void {
  const refuse = (why: string): never => {
    throw new UsageError(`${file} cannot be written: ${why}.`);
  };
  if (isFolder(file)) refuse('it is a folder');
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) refuse(`there is no folder ${dirname(file)}`);
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK);
    if (!statSync(folder).isDirectory()) refuse(`${dirname(file)} is a file, not a folder`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    refuse(reasonOf(error));
  }
}

/** Makes sure that files can be written into `folder`; makes it when it is not there. */
export function checkFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'it is a file, not a folder' : reasonOf(error);
    throw new UsageError(`Nothing can be written into ${folder}: ${why}.`);
  }
}

/** Writes a report where the user said. Throws `UsageError` when the system refuses (the disk is full). */
export function writeReport(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${reasonOf(error)}.`);
  }
}

function formatOf(name: string): FormatName {
  const format = formatNames.find((candidate) => candidate === name);
  if (!format) throw new UsageError(`There is no format ${name}.`, didYouMean(name, formatNames) ?? `Formats: ${formatNames.join(', ')}.`);
  return format;
}

const endings: Readonly<Record<string, FormatName>> = {
  json: 'json',
  md: 'markdown',
  markdown: 'markdown',
  html: 'html',
  htm: 'html',
  sarif: 'sarif',
  xml: 'junit',
  txt: 'terminal',
};

function formatOfFile(file: string): FormatName {
  const format = file.endsWith('.sarif.json') ? 'sarif' : endings[/\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? ''];
  if (!format)
    throw new UsageError(
      `Which format should ${file} have?`,
      `Give --format, or an ending: ${Object.keys(endings).join(', ')}; a folder ends with a slash.`,
    );
  return format;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
