import { evidence } from '../core/evidence.ts';
import type { HostRole } from '../core/target.ts';

/**
 * Who asks. `own`: another host of the map, or the host itself. `foreign`: somebody else. `null`: a sandboxed frame or a file. `suffix`: a name that an own one
 * is the beginning of (`app.example.com.evil.test`). `prefix`: one that ends as the domain does (`evilexample.com`). `dot`: one that a forgotten backslash lets
 * in (`appxexample.com`). `http`: the host itself, without encryption. `subdomain`: a subdomain that nobody runs.
 */
export type OriginKind = 'own' | 'foreign' | 'null' | 'suffix' | 'prefix' | 'dot' | 'http' | 'subdomain';

export interface CorsAnswer {
  readonly kind: OriginKind;
  readonly origin: string;
  readonly method: 'GET' | 'OPTIONS';
  readonly status: number;
  /** Access-Control-Allow-Origin, as it came. */
  readonly allowed?: string;
  /** Access-Control-Allow-Credentials is true: cookies come along, and what they open can be read. */
  readonly credentials: boolean;
  /** Vary names Origin, or everything. */
  readonly varies: boolean;
}

export interface CorsPath {
  readonly url: string;
  readonly answers: readonly CorsAnswer[];
  /** Access-Control-Allow-Origin where no Origin was sent. */
  readonly unasked?: string;
}

export interface HostCors {
  readonly name: string;
  readonly role: HostRole;
  readonly paths: readonly CorsPath[];
  /** Why it could not be told. */
  readonly why?: string;
}

export interface Cors {
  readonly hosts: readonly HostCors[];
}

export const edgeCors = evidence<Cors>()('edge.cors', 'which other sites may read what the hosts answer');
