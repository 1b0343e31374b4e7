import type { IncomingMessage, RequestListener } from 'node:http';
import type { GivenDomains, GivenHost } from '../../core/target.ts';
import { makeCertificate } from '../http/fixtures/certificate.ts';
import { type LocalServer, serve, serveSecurely } from '../http/fixtures/server.ts';
import { openDns } from '../dns/client.ts';
import { type EdgeClient, type EdgeSettings, openEdge } from './client.ts';
import { placesOf } from './places.ts';

export interface EdgeFixture {
  readonly domains: GivenDomains;
  readonly client: EdgeClient;
  /** `POST http://app.example.test/path`, in the order they came. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Whether a request of the fixture came by https. */
export const isSecure = ({ socket }: Pick<IncomingMessage, 'socket'>): boolean => 'encrypted' in socket;

/** The hosts of a domain on two ports of this machine, one for http and one for https, where the map pins them to. */
export async function startEdge(
  hosts: readonly GivenHost[],
  answer: RequestListener,
  { days = 30, ...settings }: Partial<Pick<EdgeSettings, 'limits' | 'requests'>> & { readonly days?: number } = {},
): Promise<EdgeFixture> {
  const asked: string[] = [];
  const noting: RequestListener = (request, response) => {
    asked.push(`${request.method} ${isSecure(request) ? 'https' : 'http'}://${request.headers.host}${request.url}`);
    answer(request, response);
  };
  const root = makeCertificate('Test Root');
  const leaf = makeCertificate('*.example.test', { issuer: { name: 'Test Root', key: root.key }, to: days });
  const servers: LocalServer[] = [await serve(noting), await serveSecurely({ key: leaf.key, cert: leaf.cert }, noting)];
  const [http, https] = servers.map(({ url }) => url.host);
  const domains: GivenDomains = {
    apex: 'example.test',
    hosts,
    mail: [],
    drafted: false,
    connect: Object.fromEntries(hosts.flatMap(({ name }) => [[name, https ?? ''] as const, [`http://${name}`, http ?? ''] as const])),
    authorities: [root.cert],
  };
  const client = openEdge({ domains, placeOf: placesOf(domains, openDns()), requests: 500, ...settings });
  return {
    domains,
    client,
    asked,
    stop: async () => {
      await client.close();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
