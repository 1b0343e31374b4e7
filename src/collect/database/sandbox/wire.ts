import { Duplex } from 'node:stream';
import type { Engine } from './engine.ts';

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const message = (type: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(type), word(body.length + 4), body]);
const parameter = (name: string, value: string): Buffer => message('S', Buffer.from(`${name}\0${value}\0`));

/** What a server says to a new connection: welcome, its settings, ready. PGlite has one session and no sign-in, so we say it. */
const greeting = Buffer.concat([
  message('R', word(0)),
  parameter('server_version', '18'),
  parameter('client_encoding', 'UTF8'),
  parameter('DateStyle', 'ISO, MDY'),
  parameter('integer_datetimes', 'on'),
  parameter('standard_conforming_strings', 'on'),
  parameter('TimeZone', 'UTC'),
  message('Z', Buffer.from('I')),
]);

/** A socket, as `pg` sees it, whose other end is an engine: so both kinds of sandbox have one driver, and answer in the same types. */
export class EngineSocket extends Duplex {
  private readonly engine: Engine;
  private greeted = false;
  private pending: Buffer = Buffer.alloc(0);
  /** Messages that wait for the one that asks for an answer. */
  private batch: Buffer[] = [];

  constructor(engine: Engine) {
    super();
    this.engine = engine;
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // Answers are pushed as they come.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    this.deliver().then(() => done(), done);
  }

  private async deliver(): Promise<void> {
    for (;;) {
      const header = this.greeted ? 1 : 0;
      if (this.pending.length < header + 4) return;
      const length = header + this.pending.readInt32BE(header);
      if (this.pending.length < length) return;
      const whole = this.pending.subarray(0, length);
      this.pending = this.pending.subarray(length);
      if (this.greeted) await this.pass(whole);
      else {
        this.greeted = true;
        this.push(greeting);
      }
    }
  }

  private async pass(whole: Buffer): Promise<void> {
    const type = String.fromCharCode(whole[0] ?? 0);
    if (type === 'X') return void this.push(null);
    this.batch.push(whole);
    // Query and Sync are answered; Parse, Bind and the like wait for the Sync behind them.
    if (type !== 'Q' && type !== 'S') return;
    const messages = Buffer.concat(this.batch);
    this.batch = [];
    const answer = Buffer.from(await this.engine.send(new Uint8Array(messages)));
    // Every answer ends with "ready"; one that does not comes from an engine that is beyond repair.
    if (answer.length < 6 || answer[answer.length - 6] !== 0x5a) throw new Error('PGlite broke');
    this.push(answer);
  }
}
