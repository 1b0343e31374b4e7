import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree, TreeFile } from '../tree.ts';
import { isBinary, textOf } from './decode.ts';
import { isReadableBinary } from './location.ts';
import { isArchive, unpack } from './unpack.ts';

/** A piece of a file as text. Pieces overlap, so that nothing is cut in two. */
export interface Piece {
  readonly text: string;
  /** Bytes of the file before the piece. */
  readonly offset: number;
  /** Lines of the file before the piece. */
  readonly lines: number;
  readonly bytes: number;
  /** Entry of an archive the text comes from. */
  readonly entry?: string;
  /** Binary content: names beside values mean nothing there. */
  readonly binary: boolean;
}

/** Up to here a file is read whole through the tree, which keeps it for the other collectors. */
const wholeBytes = 2 * 2 ** 20;
const pieceBytes = 4 * 2 ** 20;
const overlapBytes = 16 * 2 ** 10;
/** Read of one file at most; a gap says so beyond it. */
export const maxBytesOfFile = 256 * 2 ** 20;

/** Takes why a file, or part of it, was not read. */
export type SayWhy = (why: string) => void;

/** The contents of a file in pieces; nothing for binary junk. */
export function* piecesOf(tree: Tree, file: TreeFile, gap: SayWhy): Generator<Piece> {
  if (isArchive(file.path)) {
    yield* unpack(tree, file, gap);
    return;
  }
  if (file.bytes <= wholeBytes) {
    const content = tree.read(file.path);
    if (!content) gap('cannot be read');
    if (!content || content.length === 0) return;
    const binary = isBinary(content);
    if (!binary || isReadableBinary(file.path)) yield { text: textOf(content), offset: 0, lines: 0, bytes: content.length, binary };
    return;
  }
  yield* largePieces(tree, file, gap);
}

function* largePieces(tree: Tree, file: TreeFile, gap: SayWhy): Generator<Piece> {
  let handle: number | undefined;
  try {
    handle = openSync(join(tree.root, file.path), 'r');
    const buffer = Buffer.allocUnsafe(pieceBytes);
    let lines = 0;
    let binary = false;
    for (let offset = 0; ; offset += pieceBytes - overlapBytes) {
      if (offset >= maxBytesOfFile) {
        gap(`searched for secrets up to ${maxBytesOfFile / 2 ** 20} MB only`);
        return;
      }
      const filled = fill(handle, buffer, offset);
      if (filled === 0) return;
      const content = buffer.subarray(0, filled);
      if (offset === 0) {
        binary = isBinary(content);
        if (binary && !isReadableBinary(file.path)) return;
      }
      yield { text: offset === 0 ? textOf(content) : content.toString('latin1'), offset, lines, bytes: filled, binary };
      if (filled < pieceBytes) return;
      lines += countLines(content.subarray(0, pieceBytes - overlapBytes));
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    gap(`cannot be read (${code})`);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function fill(handle: number, buffer: Buffer, position: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const count = readSync(handle, buffer, filled, buffer.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

function countLines(content: Buffer): number {
  let count = 0;
  for (let at = content.indexOf(10); at >= 0; at = content.indexOf(10, at + 1)) count++;
  return count;
}
