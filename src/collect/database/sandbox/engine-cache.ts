import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const content = 'snapshot';
const marker = 'complete';

/**
 * A snapshot that is made once and kept under the temporary folder: setting up a cluster in WebAssembly takes four times as long as starting from a
 * copy. Its folder belongs to us and is closed to everybody else; where that cannot be had, it is made anew. `parts` are all that it is made of.
 */
export async function cachedSnapshot(parts: readonly string[], make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  const place = join(tmpdir(), `launch-ready-pglite-${process.geteuid?.() ?? 0}-${key}`);
  const known = await read(place);
  if (known) return known;
  const snapshot = await make();
  // No room, no right to write there, or somebody else's folder of that name: it is used all the same, and made again next time.
  await write(place, snapshot).catch(() => undefined);
  return snapshot;
}

const isOurs = async (place: string): Promise<boolean> => {
  const status = await lstat(place).catch(() => undefined);
  return (
    status !== undefined &&
    status.isDirectory() &&
    status.uid === (process.geteuid?.() ?? status.uid) &&
    (process.platform === 'win32' || (status.mode & 0o077) === 0)
  );
};

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function read(place: string): Promise<Uint8Array | undefined> {
  if (!(await isOurs(place))) return undefined;
  try {
    const packed = await readFile(join(place, content));
    if (digestOf(packed) !== (await readFile(join(place, marker), 'utf8'))) return undefined;
    return new Uint8Array(gunzipSync(packed));
  } catch {
    return undefined;
  }
}

async function write(place: string, snapshot: Uint8Array): Promise<void> {
  const building = await mkdtemp(join(tmpdir(), 'launch-ready-pglite-'));
  try {
    const packed = gzipSync(snapshot, { level: 1 });
    await writeFile(join(building, content), packed, { mode: 0o600 });
    await writeFile(join(building, marker), digestOf(packed), { mode: 0o600 });
    // An old one of ours that is damaged makes way; what is somebody else's stays.
    if (await isOurs(place)) await rm(place, { recursive: true, force: true });
    await rename(building, place);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
