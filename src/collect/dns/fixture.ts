import { createSocket, type Socket } from 'node:dgram';
import { createServer, type AddressInfo, type Server } from 'node:net';
import packet, { type Answer, type DecodedPacket, type Packet } from 'dns-packet';
import type { ServerAddress } from './exchange.ts';

/** What is answered to a question; nothing: it is not answered at all. */
export type Reply = Pick<Packet, 'answers' | 'authorities' | 'additionals'> & {
  readonly rcode?: keyof typeof rcodes;
  readonly flags?: number;
};

export interface DnsFixture {
  readonly server: ServerAddress;
  /** `a.example TXT udp`, in the order they came. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/** Where a name server listens, and how slow it is. */
export interface DnsPlace {
  /** Of this machine. */
  readonly address?: string;
  /** Absent: a free one. */
  readonly port?: number;
  /** Milliseconds that each answer takes. */
  readonly delayMs?: number;
}

/**
 * A name server on this machine, by UDP and TCP. Long answers are cut short by UDP, as real ones do (RFC 1035 §4.2.1). Rejects where it cannot listen.
 */
export async function startDns(
  reply: (name: string, type: string, packet: DecodedPacket) => Reply | undefined,
  { address = '127.0.0.1', port: wanted = 0, delayMs = 0 }: DnsPlace = {},
): Promise<DnsFixture> {
  const asked: string[] = [];
  const answered = (bytes: Buffer, by: 'udp' | 'tcp'): Buffer | undefined => {
    const question = packet.decode(bytes);
    const [one] = question.questions ?? [];
    if (!one) return undefined;
    asked.push(`${one.name} ${one.type} ${by}`);
    const said = reply(one.name, one.type, question);
    if (!said) return undefined;
    const { rcode = 'NOERROR', flags = packet.RECURSION_AVAILABLE, ...sections } = said;
    const head = {
      type: 'response',
      id: question.id ?? 0,
      flags: flags | packet.RECURSION_DESIRED | rcodes[rcode],
      questions: [one],
    } satisfies Packet;
    const whole = packet.encode({ ...head, ...sections });
    return by === 'tcp' || whole.length <= 1232 ? whole : packet.encode({ ...head, flags: head.flags | packet.TRUNCATED_RESPONSE });
  };

  const late = (send: () => void): void => void (delayMs > 0 ? setTimeout(send, delayMs) : send());

  const tcp = createServer((socket) => {
    let read = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      read = Buffer.concat([read, bytes]);
      if (read.length < 2 || read.length < 2 + read.readUInt16BE(0)) return;
      const said = answered(read.subarray(2, 2 + read.readUInt16BE(0)), 'tcp');
      if (!said) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(said.length);
      late(() => socket.end(Buffer.concat([length, said])));
    });
  });
  const udp = createSocket('udp4');
  let isOpen = true;
  udp.on('message', (bytes, from) => {
    const said = answered(bytes, 'udp');
    if (said) late(() => isOpen && udp.send(said, from.port, from.address));
  });
  const port = await bothAt(tcp, udp, { address, wanted });
  return {
    server: { address, port },
    asked,
    async stop() {
      isOpen = false;
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

/** Listens by TCP and UDP at one port. That one is free for TCP says nothing of UDP, where all who ask the DNS have ports of their own. */
async function bothAt(
  tcp: Server,
  udp: Socket,
  { address, wanted }: { readonly address: string; readonly wanted: number },
): Promise<number> {
  for (let nth = 0; ; nth += 1) {
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject);
      tcp.listen(wanted, address, () => {
        tcp.off('error', reject);
        resolve();
      });
    });
    const { port } = tcp.address() as AddressInfo;
    const fault = await new Promise<Error | undefined>((resolve) => {
      udp.once('error', resolve);
      udp.bind(port, address, () => {
        udp.off('error', resolve);
        resolve(undefined);
      });
    });
    if (!fault) return port;
    await new Promise<void>((resolve) => tcp.close(() => resolve()));
    // At a free port there may be another one; at a port that was named there is not.
    if (wanted !== 0 || nth >= 20) {
      udp.close();
      throw fault;
    }
  }
}

/** Records by name: what a resolver would answer of them, CNAMEs followed. `silent`: types that are not listed are not answered at all. */
export type Zone = Readonly<Record<string, readonly (ZoneRecord | 'silent')[]>>;

/** Data as dns-packet wants them. */
export interface ZoneRecord {
  readonly type: string;
  readonly data: unknown;
  readonly ttl?: number;
}

/** Answers like a resolver that knows this and nothing else. */
export const zoned =
  (zone: Zone) =>
  (asked: string, type: string): Reply | undefined => {
    const answers: Answer[] = [];
    const names = new Map(Object.entries(zone).map(([name, records]) => [name.toLowerCase(), records]));
    for (let name = asked.toLowerCase(), depth = 0; depth < 10; depth += 1) {
      const records = names.get(name);
      if (!records) return { answers, rcode: 'NXDOMAIN' };
      const own = records.filter((one) => one !== 'silent' && one.type === type);
      const alias = records.find((one) => one !== 'silent' && one.type === 'CNAME');
      if (own.length > 0 || !alias || alias === 'silent') {
        if (own.length === 0 && records.includes('silent')) return undefined;
        answers.push(...own.map((one) => ({ name, ...(one as ZoneRecord) }) as Answer));
        return { answers };
      }
      answers.push({ name, ...alias } as Answer);
      name = String(alias.data).toLowerCase();
    }
    return { rcode: 'SERVFAIL' };
  };
