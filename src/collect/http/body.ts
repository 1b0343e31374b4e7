import { pipeline, type Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** What we say we understand. */
export const acceptEncoding = 'gzip, deflate, br';

/** Why a body is not whole: longer than we read, slower than we wait, or broken off (also: compressed data that cannot be unpacked). */
export type Cut = 'size' | 'time' | 'broken';

export interface Body {
  readonly bytes: Buffer;
  readonly cut?: Cut;
}

/** Nested encodings beyond this are only found in attacks. */
const maxEncodings = 2;

/**
 * Reads and unpacks a body, at most `limit` unpacked bytes: a stream without end, a gigabyte and a decompression bomb all stop there.
 * Never throws: what arrived until then is returned with the reason.
 */
export async function readBody(source: Readable, encodings: readonly string[], limit: number, timedOut: () => boolean): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  const done = (cut?: Cut): Body => ({ bytes: Buffer.concat(chunks, Math.min(size, limit)), ...(cut && { cut }) });
  const stream = unpack(source, encodings);
  if (!stream) {
    source.on('error', () => undefined).destroy();
    return done('broken');
  }
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      chunks.push(chunk);
      // Leaving the loop destroys the stream, which closes the connection.
      if (size > limit) return done('size');
    }
    return done();
  } catch {
    return done(timedOut() ? 'time' : 'broken');
  }
}

function unpack(source: Readable, encodings: readonly string[]): Readable | undefined {
  const wanted = encodings.filter((encoding) => encoding !== 'identity').toReversed();
  if (wanted.length > maxEncodings) return undefined;
  let stream = source;
  for (const encoding of wanted) {
    const decoder = decoderOf(encoding);
    if (!decoder) return undefined;
    stream = pipeline(stream, decoder, () => undefined);
  }
  return stream;
}

function decoderOf(encoding: string) {
  // Browsers accept a stream that lacks its trailer; so do we.
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  if (encoding === 'deflate') return createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
  if (encoding === 'br') return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return undefined;
}
