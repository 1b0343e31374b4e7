import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const day = 86_400_000;

/** What the registry says of a domain. */
export interface Registered {
  readonly name: string;
  nameServers: string[];
  status: string[];
  /** Days from now. */
  daysLeft: number;
}

export const registered = (name: string, nameServers: readonly string[]): Registered => ({
  name,
  nameServers: [...nameServers],
  status: ['client transfer prohibited'],
  daysLeft: 400,
});

/** The registry's service for registrations, RDAP (RFC 9082, RFC 9083 §5.3). */
export async function startRegistry(
  { name, nameServers, status, daysLeft }: Registered,
  delayMs: number,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const object = {
    objectClassName: 'domain',
    ldhName: name.toUpperCase(),
    status,
    events: [
      { eventAction: 'registration', eventDate: '2024-03-04T09:00:00Z' },
      { eventAction: 'expiration', eventDate: new Date(Date.now() + daysLeft * day).toISOString() },
    ],
    entities: [{ objectClassName: 'entity', roles: ['registrar'], vcardArray: ['vcard', [['fn', {}, 'text', 'Quayside Registrar']]] }],
    nameservers: nameServers.map((ldhName) => ({ objectClassName: 'nameserver', ldhName })),
  };
  const server = createServer((request, response) => {
    const isKnown = request.url === `/domain/${name}`;
    setTimeout(
      () =>
        response
          .writeHead(isKnown ? 200 : 404, { 'content-type': 'application/rdap+json' })
          .end(JSON.stringify(isKnown ? object : { errorCode: 404 })),
      delayMs,
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
