import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { decodeMessage, type DnsMessage, encodeQuestion, type Question } from './message.ts';

/** A name server. */
export interface ServerAddress {
  /** IP address; host of `url` where that is given. */
  readonly address: string;
  readonly port: number;
  /** Where a resolver is asked by HTTPS (RFC 8484). */
  readonly url?: string;
}

/** Why no answer came. */
export type NoAnswer = 'timeout' | 'unreachable' | 'malformed';

export class ExchangeFault extends Error {
  readonly why: NoAnswer;
  constructor(why: NoAnswer, message: string) {
    super(message);
    this.name = 'ExchangeFault';
    this.why = why;
  }
}

export interface ExchangeLimits {
  /** Milliseconds to wait for an answer. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/** Asks by UDP. What answers another question, or another id, is none of ours: it is passed over and waited on. Throws `ExchangeFault`. */
export async function askByUdp(server: ServerAddress, question: Question, { waitMs, signal }: ExchangeLimits): Promise<DnsMessage> {
  const id = randomInt(65_536);
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  let bad = '';
  try {
    return await new Promise<DnsMessage>((resolve, reject) => {
      const fail = (why: NoAnswer, message: string): void => reject(new ExchangeFault(why, message));
      const timer = setTimeout(() => (bad === '' ? fail('timeout', `no answer in ${waitMs} ms`) : fail('malformed', bad)), waitMs);
      const stop = (): void => fail('timeout', 'stopped');
      signal?.addEventListener('abort', stop, { once: true });
      socket.once('close', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
      });
      socket.on('error', (error) => fail('unreachable', error.message));
      socket.on('message', (bytes) => {
        try {
          const message = decodeMessage(bytes);
          if (answers(message, id, question)) resolve(message);
        } catch (error) {
          // Whoever guesses the port may send junk as well: the real one may still come.
          bad = `what came is no DNS message: ${String(error)}`;
        }
      });
      // Connected, the system tells of a closed port, and drops what others send.
      const connected = (error?: Error): void => (error ? fail('unreachable', error.message) : socket.send(encodeQuestion(id, question)));
      try {
        // Node gives the error of a network that cannot be reached to the listener, which its types do not know.
        socket.connect(server.port, server.address, connected);
      } catch (error) {
        fail('unreachable', String(error));
      }
    });
  } finally {
    socket.close();
  }
}

/** Asks by TCP, which takes answers of any length (RFC 7766). Throws `ExchangeFault`. */
export async function askByTcp(server: ServerAddress, question: Question, { waitMs, signal }: ExchangeLimits): Promise<DnsMessage> {
  const id = randomInt(65_536);
  const socket = opened(server);
  try {
    return await new Promise<DnsMessage>((resolve, reject) => {
      const fail = (why: NoAnswer, message: string): void => reject(new ExchangeFault(why, message));
      const timer = setTimeout(() => fail('timeout', `no answer in ${waitMs} ms`), waitMs);
      const stop = (): void => fail('timeout', 'stopped');
      signal?.addEventListener('abort', stop, { once: true });
      socket.once('close', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        fail('unreachable', 'the connection was closed before an answer came');
      });
      socket.on('error', (error) => fail('unreachable', error.message));
      let read = Buffer.alloc(0);
      socket.on('data', (bytes: Buffer) => {
        read = Buffer.concat([read, bytes]);
        while (read.length >= 2 && read.length >= 2 + read.readUInt16BE(0)) {
          const end = 2 + read.readUInt16BE(0);
          try {
            const message = decodeMessage(read.subarray(2, end));
            if (answers(message, id, question)) resolve(message);
          } catch (error) {
            fail('malformed', `what came is no DNS message: ${String(error)}`);
          }
          read = read.subarray(end);
        }
      });
      socket.once('connect', () => {
        const bytes = encodeQuestion(id, question);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(bytes.length);
        socket.write(Buffer.concat([length, bytes]));
      });
    });
  } finally {
    socket.destroy();
  }
}

function opened({ address, port }: ServerAddress): Socket {
  try {
    return connect({ host: address, port });
  } catch (error) {
    throw new ExchangeFault('unreachable', String(error));
  }
}

/** Whether a message answers what was asked; servers that refuse a question leave it out at times. */
const answers = ({ id, question, rcode }: DnsMessage, asked: number, { name, type }: Question): boolean =>
  id === asked && (question ? question.name === name && question.type === type : rcode !== 'NOERROR');
