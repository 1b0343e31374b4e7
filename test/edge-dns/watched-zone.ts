import { authority, type Records, resolver } from '../../examples/domain/zone.ts';
import { type DnsFixture, type Reply, startDns } from '../../src/collect/dns/fixture.ts';
import type { GivenDomains } from '../../src/core/target.ts';

/** Of this machine; the port is the same for all of them. */
export const places = { root: '127.71.0.1', first: '127.71.0.11', second: '127.71.0.12', below: '127.71.0.21' } as const;

/** What the servers of acme.io have at this moment; `dead`: nothing is answered; `stand-in`: it answers as one that does not serve the zone. */
export interface Moment {
  readonly first: Records | 'dead';
  /** The same as the first where absent. */
  readonly second?: Records | 'dead' | 'stand-in';
  /** What the resolver still knows, or knows already; that of the first where absent. */
  readonly resolver?: Records;
}

export interface WatchedZone {
  /** How it is reached, for a domain map. */
  readonly reached: Required<Pick<GivenDomains, 'resolvers' | 'roots'>>;
  asked(): readonly string[];
  stop(): Promise<void>;
}

const a = (data: string) => ({ type: 'A', data });
const ns = (data: string) => ({ type: 'NS', data });
/** Nobody remembers for longer than 90 s that something is not there. */
const soa = {
  type: 'SOA',
  data: { mname: 'ns1.acme.io', rname: 'h.acme.io', serial: 1, refresh: 7200, retry: 3600, expire: 9e5, minimum: 90 },
};
const servers = [ns('ns1.acme.io'), ns('ns2.acme.io')];
const glue = { 'ns1.acme.io': [a(places.first)], 'ns2.acme.io': [a(places.second)] };
/** A zone that acme.io hands on. */
const below = { 'below.acme.io': [ns('ns.below.acme.io')], 'ns.below.acme.io': [a(places.below)] };

const root = (elsewhere: Records) => ({
  origin: '',
  records: { '': [{ ...soa }, ns('root.test')], 'acme.io': servers, ...glue, ...elsewhere },
});
const whole = (records: Records) => ({
  origin: 'acme.io',
  records: { ...glue, ...below, ...records, 'acme.io': [soa, ...servers, ...(records['acme.io'] ?? [])] },
});

/**
 * Starts a root, two servers of acme.io, one of below.acme.io and a resolver, on loopback. `at` is asked for each question, with the
 * milliseconds since the first one, however long it took until somebody asked; `elsewhere`: names of others.
 */
export async function startWatched(at: (ms: number) => Moment, elsewhere: Records = {}): Promise<WatchedZone> {
  let first: number | undefined;
  const now = (): Moment => {
    first ??= Date.now();
    return at(Date.now() - first);
  };
  const answering = (records: Records | 'dead', name: string, type: string): Reply | undefined =>
    records === 'dead' ? undefined : authority(whole(records))(name, type);
  const known = ({ first, resolver: own }: Moment): Records => own ?? (first === 'dead' ? {} : first);
  const sub = { origin: 'below.acme.io', records: { ...below, 'below.acme.io': [soa, ns('ns.below.acme.io'), a('192.0.2.70')] } };
  const others: readonly (readonly [string, (name: string, type: string) => Reply | undefined])[] = [
    [places.root, authority(root(elsewhere))],
    [places.first, (name, type) => answering(now().first, name, type)],
    [
      places.second,
      (name, type) => {
        const { first, second = first } = now();
        if (second !== 'stand-in') return answering(second, name, type);
        const said = answering(first, name, type);
        return said && { ...said, flags: 0 };
      },
    ],
    [places.below, authority(sub)],
  ];
  for (let nth = 0; ; nth += 1) {
    const started: DnsFixture[] = [];
    const stop = async (): Promise<void> => void (await Promise.all(started.map((one) => one.stop())));
    try {
      started.push(await startDns((name, type) => resolver([root(elsewhere), whole(known(now())), sub])(name, type)));
      const { port } = started[0]!.server;
      for (const [address, answer] of others) started.push(await startDns(answer, { address, port }));
      return {
        reached: { resolvers: [`127.0.0.1:${port}`], roots: [`${places.root}:${port}`] },
        asked: () => started.flatMap((one) => one.asked),
        stop,
      };
    } catch (error) {
      await stop();
      // The port that the first was given may be taken at the address of another.
      if (nth >= 20) throw error;
    }
  }
}
