import { Agent, buildConnector } from 'undici';
import { contextTrusting } from '../tls/trust.ts';
import { type AddressRules, guardedLookup } from './address.ts';
import type { Limits } from './transport.ts';

export interface AgentSettings {
  /** Connections to one host. */
  readonly connections: number;
  /** Certificates of further authorities to trust, PEM. */
  readonly authorities: readonly string[];
}

/** The connections of one run. This module is loaded with the first request only, because undici takes a while to load. */
export function openAgent(rules: AddressRules, limits: Limits, { connections, authorities }: AgentSettings): Agent {
  const secureContext = contextTrusting(authorities);
  const connect = {
    timeout: limits.connectMs,
    lookup: guardedLookup(rules) as never,
    ...(secureContext && { secureContext }),
  };
  return new Agent({
    connections,
    pipelining: 1,
    connect: rules.placeOf ? placed(buildConnector(connect), rules.placeOf) : connect,
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.idleMs,
    maxHeaderSize: 64 * 1024,
    keepAliveTimeout: 4000,
  });
}

/** Connects to where the rules say. The name in the certificate and in the request stays that of the host. */
const placed =
  (connect: buildConnector.connector, placeOf: NonNullable<AddressRules['placeOf']>): buildConnector.connector =>
  (options, done) => {
    placeOf(options.protocol, options.hostname).then(
      (place) => connect(place ? { ...options, hostname: place.address, port: String(place.port) } : options, done),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
