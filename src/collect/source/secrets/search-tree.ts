import { createHash } from 'node:crypto';
import type { Place } from '../../../core/finding.ts';
import type { SecretLocation } from '../../../evidence/secrets.ts';
import type { Gap } from '../../../evidence/source.ts';
import type { Tree, TreeFile } from '../tree.ts';
import type { Collection } from './collection.ts';
import { piecesOf } from './content.ts';
import { positionAt } from './decode.ts';
import { isEnvSample, isPicture, type Reading, readingOf } from './location.ts';
import { publicNames } from './public-variable.ts';
import { findSecrets } from './scan-text.ts';
import { temper } from './temper.ts';

/** A public variable with a secret's name, as the search met it. */
export interface Met {
  readonly variable: string;
  readonly file: string;
  readonly line: number;
  /** Program code reads it from the environment; otherwise an env file or a workflow declares it. */
  readonly code: boolean;
}

export interface TreeSearch {
  readonly files: number;
  readonly bytes: number;
  readonly where: ReadonlyMap<SecretLocation, number>;
  readonly met: readonly Met[];
  readonly gaps: readonly Gap[];
  /** Git object ids of files without any find, so that history need not read them again. */
  readonly clean: ReadonlySet<string>;
}

export interface SearchOptions {
  readonly tracked: ReadonlySet<string> | undefined;
  readonly signal: AbortSignal;
  readonly now: number;
  readonly budgetMs: number;
  /** Compute object ids (for the history that follows). */
  readonly objectIds: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

/** Finds in one file at most: a dump of random tokens must not fill the memory. */
const maxFindsOfFile = 500;

/** Searches every file of the tree once. */
export async function searchTree(tree: Tree, collection: Collection, options: SearchOptions): Promise<TreeSearch> {
  const met: Met[] = [];
  const gaps: Gap[] = [];
  const clean = new Set<string>();
  const where = new Map<SecretLocation, number>();
  const deadline = Date.now() + options.budgetMs;
  let files = 0;
  let bytes = 0;
  options.signal.throwIfAborted();
  for (const [index, file] of tree.files.entries()) {
    if (isPicture(file.path)) continue;
    if (index % 128 === 127) {
      options.onProgress(index, tree.files.length);
      // Lets other collectors and the abort signal have a turn.
      await new Promise((resolve) => setImmediate(resolve));
      options.signal.throwIfAborted();
    }
    if (Date.now() > deadline) {
      gaps.push({ what: file.path, why: 'the search for secrets ran out of time here; later files were not searched' });
      break;
    }
    const read = searchFile(tree, file, {
      collection,
      options,
      deadline,
      met,
      gap: (why) => void gaps.push({ what: file.path, why, place: { file: file.path } }),
    });
    if (read.bytes > 0) {
      files++;
      where.set(read.location, (where.get(read.location) ?? 0) + 1);
    }
    bytes += read.bytes;
    if (options.objectIds && read.finds === 0 && options.tracked?.has(file.path)) addObjectId(clean, tree.read(file.path));
  }
  return { files, bytes, where, met, gaps, clean };
}

interface FileContext {
  readonly collection: Collection;
  readonly options: SearchOptions;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly met: Met[];
  readonly gap: (why: string) => void;
}

function searchFile(
  tree: Tree,
  file: TreeFile,
  { collection, options, deadline, met, gap }: FileContext,
): { bytes: number; finds: number; location: SecretLocation } {
  const tracked = options.tracked?.has(file.path);
  const reading = readingOf(file, tracked, tree.has);
  let bytes = 0;
  let finds = 0;
  for (const { text, offset, lines, bytes: size, entry, binary } of piecesOf(tree, file, gap)) {
    bytes += size;
    if (Date.now() > deadline) {
      gap('the search for secrets ran out of time in it');
      break;
    }
    const read = { ...reading, names: reading.names && !binary && !isMinified(text), now: options.now };
    for (const hit of findSecrets(text, read)) {
      if (finds++ >= maxFindsOfFile) {
        gap(`holds more than ${maxFindsOfFile} things that look like secrets; the rest was not listed`);
        return { bytes, finds, location: reading.location };
      }
      const { line, column } = positionAt(text, hit.start);
      const place: Place = {
        file: file.path,
        line: line + lines,
        ...(offset === 0 && { column }),
        ...(entry !== undefined && { name: entry }),
      };
      collection.add(temper(hit, file.path), {
        location: reading.location,
        place,
        ...(tracked !== undefined && { tracked }),
        ...(file.ignored && { ignored: true }),
      });
    }
    if (!binary && mayNameVariables(file, reading)) meet(text, file.path, lines, met);
  }
  return { bytes, finds, location: reading.location };
}

const mayNameVariables = (file: TreeFile, reading: Reading): boolean =>
  reading.names || (isEnvSample(file.path) && !reading.certainOnly) || /\.(?:ya?ml|toml)$/.test(file.path);

/** Mentions noted in one file at most. */
const maxMet = 200;

function meet(text: string, file: string, lines: number, met: Met[]): void {
  const last = met.length + maxMet;
  for (const { variable, start } of publicNames(text)) {
    if (met.length >= last) return;
    const before = text.slice(Math.max(0, start - 24), start);
    const reads = /env(?:\??\.|(?:\?\.)?\[["'`])$/.test(before);
    const declares = /(?:^|\n)[ \t]*(?:export[ \t]+|-[ \t]+|ENV[ \t]+|ARG[ \t]+)?["']?$/.test(before) && !/\.[cm]?[jt]sx?$/.test(file);
    if (reads || declares) met.push({ variable, file, line: positionAt(text, start).line + lines, code: reads });
  }
}

// One line of thousands of characters is somebody's build, where names are single letters and values look like anything.
const isMinified = (text: string): boolean => text.length > 20_000 && text.length / (text.split('\n', 2000).length || 1) > 1000;

function addObjectId(clean: Set<string>, content: Buffer | undefined): void {
  if (content) clean.add(createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex'));
}
