import { GitFailure, type GitRepo, startGit } from './git.ts';
import type { Blob } from './git-objects.ts';

/** Contents one after the other from a single `git cat-file --batch`. Stops the process when the caller stops reading. */
export async function* readBlobs(
  repo: GitRepo,
  blobs: readonly Blob[],
  signal: AbortSignal,
): AsyncGenerator<{ blob: Blob; content: Buffer }> {
  if (blobs.length === 0) return;
  const run = startGit(repo, ['cat-file', '--batch', '--buffer'], signal);
  let next = 0;
  // Written in portions: the whole list at once would fill the pipe while git waits for us to read.
  const feed = (): void => {
    while (next < blobs.length) {
      const portion = blobs.slice(next, (next += 500)).map(({ oid }) => oid);
      if (!run.stdin.write(`${portion.join('\n')}\n`)) {
        run.stdin.once('drain', feed);
        return;
      }
    }
    run.stdin.end();
  };
  feed();
  const byOid = new Map(blobs.map((blob) => [blob.oid, blob]));
  let ended = false;
  try {
    let held: Buffer[] = [];
    let size = 0;
    let needed = 1;
    for await (const chunk of run.stdout as AsyncIterable<Buffer>) {
      held.push(chunk);
      size += chunk.length;
      if (size < needed) continue;
      let rest = held.length === 1 ? chunk : Buffer.concat(held, size);
      for (;;) {
        const record = firstRecord(rest);
        if (typeof record === 'number') {
          needed = record;
          break;
        }
        const blob = byOid.get(record.oid);
        if (blob && record.content) yield { blob, content: record.content };
        rest = rest.subarray(record.length);
      }
      held = [rest];
      size = rest.length;
    }
    ended = true;
  } finally {
    if (!ended) run.stop();
  }
  const failure = await run.done;
  if (failure !== undefined && !signal.aborted) throw new GitFailure(failure);
}

/** The first record of the stream, or how many bytes are needed to have it. */
function firstRecord(bytes: Buffer): { oid: string; content?: Buffer; length: number } | number {
  const end = bytes.indexOf(10);
  if (end < 0) return bytes.length + 1;
  const [oid = '', type, size] = bytes.toString('latin1', 0, end).split(' ');
  if (type === 'missing' || size === undefined) return { oid, length: end + 1 };
  const length = end + 1 + Number(size) + 1;
  return bytes.length < length ? length : { oid, content: bytes.subarray(end + 1, length - 1), length };
}
