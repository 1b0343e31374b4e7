import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A recording that is written while it is made, and whole after each entry: a stop of any kind loses nothing. */
export interface HarFile {
  /** False where the file is full: the entry was not added. */
  add(entry: unknown): boolean;
  close(): void;
}

/** What reads recordings takes 400 MB and 20,000 requests at most. */
const most = { bytes: 300 * 2 ** 20, entries: 20_000 };

/**
 * Begins a recording at `path`, for this user's eyes only. Throws what the file system says; `EEXIST` where something is there already, unless it may be
 * replaced.
 */
export function openHarFile(path: string, version: string, replace: boolean): HarFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Never through a link that lies there.
  if (replace) rmSync(path, { force: true });
  const file = openSync(path, 'wx', 0o600);
  const end = '\n]}}\n';
  const head = `{"log":{"version":"1.2","creator":{"name":"launch-ready","version":${JSON.stringify(version)}},"pages":[],"entries":[`;
  let at = writeSync(file, head);
  writeSync(file, end);
  let entries = 0;
  return {
    add(entry) {
      const bytes = Buffer.from(`${entries === 0 ? '' : ','}\n${JSON.stringify(entry)}${end}`);
      if (entries >= most.entries || at + bytes.length > most.bytes) return false;
      // Over the old end: the file is whole again with the last byte.
      writeSync(file, bytes, 0, bytes.length, at);
      at += bytes.length - Buffer.byteLength(end);
      ftruncateSync(file, at + Buffer.byteLength(end));
      entries += 1;
      return true;
    },
    close: () => closeSync(file),
  };
}
