import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { type Body, type Cut, readBody } from './body.ts';

export interface Gathered {
  readonly status: number;
  /** As undici gives them: lower case, a list where a header came several times. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Body;
}

/** When to stop; milliseconds and unpacked bytes. */
export interface Stop {
  readonly totalMs: number;
  readonly bodyBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** Why we hung up ourselves. */
class HungUp extends Error {
  override readonly name = 'HungUp';
  readonly cut: Cut;
  constructor(cut: Cut) {
    super(`stopped: ${cut}`);
    this.cut = cut;
  }
}

/**
 * Sends one request and collects its answer without a stream in between: for answers of a few kilobytes, the stream takes longer than the rest.
 * Throws when no headers came; what arrived of a body until it broke is returned.
 */
export function gather(agent: Dispatcher, request: Dispatcher.DispatchOptions, { totalMs, bodyBytes, signal }: Stop): Promise<Gathered> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let started: Omit<Gathered, 'body'> | undefined;
    // The request may still wait for a connection when it is to stop.
    let stopped: Error | undefined;
    let connection: Dispatcher.DispatchController | undefined;
    const stop = (reason: Error): void => {
      stopped ??= reason;
      connection?.abort(reason);
    };
    // A server that drips a byte a second outlives every idle timeout, so there is one clock for everything.
    const clock = setTimeout(() => stop(new HungUp('time')), totalMs);
    const aborted = (): void => stop(signal?.reason instanceof Error ? signal.reason : new HungUp('time'));
    const over = (): void => {
      clearTimeout(clock);
      signal?.removeEventListener('abort', aborted);
    };
    const end = (cut?: Cut): void => {
      over();
      const { status, headers } = started!;
      const encodings = encodingsOf(headers['content-encoding']);
      if (encodings.length === 0) {
        const bytes = Buffer.concat(chunks, Math.min(size, bodyBytes));
        return resolve({ status, headers, body: { bytes, ...(cut && { cut }) } });
      }
      // Packed bytes beyond the limit are more than it when unpacked: what came is enough.
      const unpacked = readBody(Readable.from(chunks), encodings, bodyBytes, () => false);
      void unpacked.then(({ bytes, cut: torn }) => {
        const why = cut ?? torn;
        resolve({ status, headers, body: { bytes, ...(why && { cut: why }) } });
      }, reject);
    };
    if (signal?.aborted) {
      over();
      return reject(signal.reason as Error);
    }
    signal?.addEventListener('abort', aborted);
    agent.dispatch(request, {
      onRequestStart(controller) {
        connection = controller;
        if (stopped) controller.abort(stopped);
      },
      onResponseStart(_, status, headers) {
        // 1xx only announces the answer.
        if (status >= 200) started = { status, headers };
      },
      onResponseData(_, chunk) {
        size += chunk.length;
        chunks.push(chunk);
        if (size > bodyBytes) stop(new HungUp('size'));
      },
      onResponseEnd: () => end(),
      onResponseError(_, error) {
        if (started) return end(error instanceof HungUp ? error.cut : signal?.aborted ? 'time' : 'broken');
        over();
        reject(error);
      },
    });
  });
}

const encodingsOf = (value: string | string[] | undefined): string[] =>
  value === undefined
    ? []
    : [value]
        .flat()
        .join(',')
        .toLowerCase()
        .split(',')
        .map((encoding) => encoding.trim())
        .filter((encoding) => encoding !== '');
