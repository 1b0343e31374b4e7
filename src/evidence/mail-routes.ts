import { evidence } from '../core/evidence.ts';

/** Where mail to a domain goes, by one MX record. */
export interface MailRoute {
  readonly preference: number;
  readonly exchange: string;
  /**
   * `address`: an IP address stands where a name has to. `alias`: the name is an alias, which it may not be (RFC 2181 §10.3). `null`: no mail is taken
   * (RFC 7505). `failed`: nobody could tell.
   */
  readonly is: 'host' | 'address' | 'alias' | 'null' | 'failed';
  readonly addresses: readonly string[];
  /** Id of the service for web sites whose address it has; empty where it is none. */
  readonly provider: string;
}

/** The mail records of a domain, as far as they get in the way of each other. */
export interface MailRecords {
  readonly domain: string;
  /** What the registered domain itself is an alias of; empty where it is none, and for hosts below it. An alias hides every other record of the name. */
  readonly alias: string;
  readonly routes: readonly MailRoute[];
  /** TXT records that begin like an SPF record. */
  readonly spf: readonly string[];
  /** `failed`: nobody could tell. */
  readonly asked: 'told' | 'failed';
  readonly why: string;
}

export const mailRecords = evidence<readonly MailRecords[]>()('dns.mail', 'the mail records of the domain');
