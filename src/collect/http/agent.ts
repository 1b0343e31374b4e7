import { rootCertificates } from 'node:tls';
import { Agent } from 'undici';
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
  return new Agent({
    connections,
    pipelining: 1,
    connect: {
      timeout: limits.connectMs,
      lookup: guardedLookup(rules) as never,
      ...(authorities.length > 0 && { ca: [...rootCertificates, ...authorities] }),
    },
    headersTimeout: limits.headersMs,
    bodyTimeout: limits.idleMs,
    maxHeaderSize: 64 * 1024,
    keepAliveTimeout: 4000,
  });
}
