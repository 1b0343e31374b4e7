import { plural, thousands } from '../../../core/wording.ts';
import type { GitRepo } from './git.ts';
import { gitOutput } from './git.ts';
import { blobsOfHistory, introducedBy } from './git-objects.ts';
import { readBlobs } from './git-blobs.ts';
import { textOf, isBinary, positionAt } from './decode.ts';
import { isForeign, isLockFile, isPicture, isReadableBinary, readingOf } from './location.ts';
import { findSecrets, type Hit } from './scan-text.ts';
import { temper } from './temper.ts';

/** A credential in an old version of a file. */
export interface HistoryHit {
  readonly hit: Hit;
  readonly path: string;
  readonly line: number;
  /** First commit that has it, 12 hex digits; absent when it is only in an unreachable object. */
  readonly commit?: string;
}

export interface History {
  readonly hits: readonly HistoryHit[];
  readonly commits: number;
  /** Versions read. */
  readonly blobs: number;
  /** Versions read or known to be clean. */
  readonly versions: number;
  readonly bytes: number;
  /** Why part of it was not read, whole sentences. */
  readonly missing: readonly string[];
}

export interface HistoryOptions {
  readonly signal: AbortSignal;
  /** Object ids of files that were searched already and are clean. */
  readonly clean: ReadonlySet<string>;
  readonly now: number;
  /** Milliseconds for reading contents; the newest are read first. */
  readonly budgetMs: number;
  readonly maxBytes?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const maxBlobBytes = 8 * 2 ** 20;
const maxTotalBytes = 3 * 2 ** 30;
/** Versions of one secret that are traced back to their commit: the first commit is among the oldest. */
const maxHits = 5000;

/** Searches every version of every file that any branch, tag, stash or reflog of the checkout still reaches. Throws GitFailure. */
export async function searchHistory(repo: GitRepo, options: HistoryOptions): Promise<History> {
  const { signal, now } = options;
  const missing: string[] = [];
  const shallow = (await gitOutput(repo, ['rev-parse', '--is-shallow-repository'], { signal })).trim() === 'true';
  if (shallow) missing.push('This is a shallow clone: only its latest commits are here.');
  const commits = Number((await gitOutput(repo, ['rev-list', '--all', '--reflog', '--ignore-missing', '--count'], { signal })).trim());
  if (commits === 0) return { hits: [], commits: 0, blobs: 0, versions: 0, bytes: 0, missing };
  let known = 0;
  const skip = (oid: string, path: string): boolean => {
    if (options.clean.has(oid)) known++;
    return options.clean.has(oid) || isPicture(path) || isLockFile(path) || isForeign(path);
  };
  const listed = await blobsOfHistory(repo, { signal, skip });
  if (listed.absent > 0) missing.push(`${plural(listed.absent, 'old file')} ${listed.absent === 1 ? 'is' : 'are'} not in this clone.`);
  const wanted = listed.blobs.filter((blob) => blob.bytes <= maxBlobBytes);
  if (wanted.length < listed.blobs.length)
    missing.push(`${plural(listed.blobs.length - wanted.length, 'old version')} larger than ${maxBlobBytes / 2 ** 20} MB not read.`);
  const found: { oid: string; hit: Hit; path: string; line: number }[] = [];
  const deadline = Date.now() + options.budgetMs;
  let bytes = 0;
  let blobs = 0;
  for await (const { blob, content } of readBlobs(repo, wanted, signal)) {
    blobs++;
    bytes += content.length;
    if (blobs % 512 === 0) options.onProgress?.(blobs, wanted.length);
    if (found.length < maxHits && (!isBinary(content) || isReadableBinary(blob.path)))
      for (const { hit, line } of search(content, blob.path, now)) found.push({ oid: blob.oid, hit, path: blob.path, line });
    if (Date.now() > deadline || bytes > (options.maxBytes ?? maxTotalBytes)) {
      if (blobs < wanted.length)
        missing.push(`Only the newest ${thousands(blobs)} of ${plural(wanted.length, 'old version')} were read in the time allowed.`);
      break;
    }
  }
  const commitOf = found.length === 0 ? new Map<string, string>() : await introducedBy(repo, new Set(found.map(({ oid }) => oid)), signal);
  // Oldest first: a secret is reported with the commit that brought it in.
  const age = new Map([...commitOf.keys()].map((oid, index) => [oid, index]));
  const ageOf = (oid: string): number => age.get(oid) ?? age.size;
  const sorted = found.toSorted((a, b) => ageOf(a.oid) - ageOf(b.oid));
  const hits = sorted.map(({ oid, hit, path, line }) => {
    const commit = commitOf.get(oid);
    return { hit, path, line, ...(commit !== undefined && { commit }) };
  });
  return { hits, commits, blobs, versions: blobs + known, bytes, missing };
}

function search(content: Buffer, path: string, now: number): { hit: Hit; line: number }[] {
  const file = { path, bytes: content.length, ignored: false, built: false };
  const reading = readingOf(file, true, () => false);
  const text = textOf(content);
  // A guessable secret in an old version signs nothing any more.
  const read = { ...reading, names: reading.names && !isBinary(content), code: false, now };
  return findSecrets(text, read).map((hit) => ({ hit: temper(hit, path), line: positionAt(text, hit.start).line }));
}
