/** Where a service is, and how to reach it (RFC 9460 §2). */
export interface SvcbData {
  /** 0: an alias of `target`. */
  readonly priority: number;
  readonly target: string;
  /** Values of the parameters by their numbers. */
  readonly parameters: ReadonlyMap<number, Buffer>;
}

/** Reads the bytes of an HTTPS or SVCB record. Throws a `RangeError` where they end too early. */
export function svcbOf(bytes: Buffer): SvcbData {
  const priority = bytes.readUInt16BE(0);
  const labels: string[] = [];
  let at = 2;
  for (let length = bytes.readUInt8(at++); length > 0; length = bytes.readUInt8(at++)) {
    labels.push(bytes.toString('latin1', at, at + length));
    at += length;
  }
  const parameters = new Map<number, Buffer>();
  while (at < bytes.length) {
    const key = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    if (at + 4 + length > bytes.length) throw new RangeError('a parameter ends too early');
    parameters.set(key, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return { priority, target: labels.length === 0 ? '.' : labels.join('.').toLowerCase(), parameters };
}
