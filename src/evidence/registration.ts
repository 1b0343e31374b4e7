import { evidence } from '../core/evidence.ts';

/** What the registry says of the domain, by RDAP (RFC 9083). */
export interface Registration {
  readonly domain: string;
  /** Where it was asked; empty where nobody was. */
  readonly source: string;
  /**
   * `missing`: it is not registered. `not-ours`: it lies on a domain of somebody else. `unserved`: its registry has no RDAP service, as many of countries.
   * `failed`: nobody could tell.
   */
  readonly is: 'told' | 'missing' | 'not-ours' | 'unserved' | 'failed';
  readonly why: string;
  /** Seconds since 1970. */
  readonly askedAt: number;
  readonly registrar: string;
  /** In the words of RDAP: `client transfer prohibited`. */
  readonly status: readonly string[];
  /** When it runs out, in seconds since 1970; none where it is not said. */
  readonly expires: readonly number[];
  readonly nameServers: readonly string[];
}

export const registration = evidence<Registration>()('domain.registration', 'the registration of the domain');
