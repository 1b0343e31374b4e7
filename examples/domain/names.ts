import { startDns, type DnsFixture, type Reply } from '../../src/collect/dns/fixture.ts';
import { addresses, apex, type Draft } from './draft.ts';
import { forging, makeZoneKey, type Signer, signing, unpublished, validating, type ZoneKey } from './signing.ts';
import { authority, type Records, resolver, type ServedZone } from './zone.ts';

/** The name servers of the example while they run. */
export interface Names {
  /** `127.0.0.1:5301`: answers as a resolver does. */
  readonly resolver: string;
  /** Server of the root; absent where the system has no other address of this machine than 127.0.0.1, as macOS. */
  readonly root?: string;
  /** What was asked of each server, `127.0.0.1 app.example A udp`, in the order it came there. */
  asked(): readonly string[];
  stop(): Promise<void>;
}

const ns = (data: string) => ({ type: 'NS', data });
const soa = (mname: string, values: Partial<Draft['soa']> = {}) => ({
  type: 'SOA',
  data: { mname, rname: `hostmaster.${apex}`, serial: 1, refresh: 7_200, retry: 3_600, expire: 1_209_600, minimum: 300, ...values },
});

/** The zones from the root down. `.example` and the rest of the world are nobody's but ours here. */
function zonesOf({ zone, second, soa: values, names, glue, elsewhere, signing: { ds } }: Draft, key: ZoneKey) {
  const above = (keeping: Readonly<Records>): ServedZone => ({
    origin: '',
    records: { '': [soa('ns.root', {}), ns('ns.root')], 'ns.root': [{ type: 'A', data: addresses.root }], ...keeping },
  });
  const registry = {
    example: [ns('ns.registry.example')],
    'ns.registry.example': [{ type: 'A', data: addresses.registry }],
  };
  const top: ServedZone = {
    origin: 'example',
    records: {
      ...registry,
      example: [soa('ns.registry.example'), ...registry.example],
      [apex]: [...names.above.map(ns), ...(ds === 'none' ? [] : [ds === 'old' ? makeZoneKey(apex, { from: 0, to: 0 }).ds : key.ds])],
      ...Object.fromEntries(Object.entries(glue).map(([name, data]) => [name, [{ type: 'A', data }]])),
    },
  };
  const own = (records: Readonly<Records>): ServedZone => ({
    origin: apex,
    records: { ...records, [apex]: [soa(`ns1.${apex}`, values), key.record, ...names.zone.map(ns), ...(records[apex] ?? [])] },
  });
  return {
    root: above({ ...elsewhere, ...registry }),
    top,
    first: own(zone),
    second: second === 'refuses' ? undefined : own(second ?? zone),
  };
}

/** Starts root, registry, the servers of the zone and a resolver, all on one port. */
export async function startNames(draft: Draft, delayMs: number): Promise<Names> {
  const key = makeZoneKey(apex, draft.signing);
  const { root, top, first, second } = zonesOf(draft, key);
  const { by, forged } = draft.signing;
  const signer = by === 'published' ? key : unpublished(apex, key, draft.signing);
  const signed = (zone: ServedZone, one: Signer = signer) => signing(authority(zone), zone, one);
  const refused = (): Reply => ({ rcode: 'REFUSED', flags: 0 });
  const places = [
    [addresses.root, authority(root)],
    [addresses.registry, authority(top)],
    [addresses.first, signed(first)],
    [addresses.beside, signed(first)],
    [addresses.second, second ? signed(second, forged === undefined ? signer : forging(signer, forged)) : refused],
  ] as const;
  for (let nth = 0; ; nth += 1) {
    const started: DnsFixture[] = [];
    const stop = async (): Promise<void> => void (await Promise.all(started.map((one) => one.stop())));
    try {
      started.push(await startDns(validating(resolver([root, top, first]), first, draft.signing), { delayMs }));
      const { port } = started[0]!.server;
      const asked = (): string[] => started.flatMap((one) => one.asked.map((question) => `${one.server.address} ${question}`));
      const asks = { resolver: `127.0.0.1:${port}`, asked, stop };
      try {
        for (const [address, answer] of places) started.push(await startDns(answer, { address, port, delayMs }));
      } catch (error) {
        if (codeOf(error) !== 'EADDRNOTAVAIL') throw error;
        return asks;
      }
      return { ...asks, root: `${addresses.root}:${port}` };
    } catch (error) {
      await stop();
      // The port that one server was given may be taken at the address of another.
      if (codeOf(error) !== 'EADDRINUSE' || nth >= 20) throw error;
    }
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
