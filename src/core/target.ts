import type { GivenSendApi, GivenSendServer } from './given-send.ts';
import type { GivenWebhook } from './given-webhook.ts';
import type { LinkSeconds } from './link-seconds.ts';

/** What the user pointed us at. Every part is optional; a command says what the missing ones would add. */
export interface Target {
  /** Absolute path of the repo folder. */
  readonly root?: string;
  /** Address of the running app. */
  readonly url?: URL;
  readonly scope: Scope;
  /** How the repo's database is rebuilt. */
  readonly sandbox?: Sandbox;
  /** Absolute path of the reviewed access matrix; `access.lock.yaml` at the top of the repo when absent. */
  readonly lock?: string;
  /** Those who sign in to the running app. */
  readonly people?: readonly GivenPerson[];
  /** Whether accounts and things may be made in the running app, and changed. Absent: it is only read. */
  readonly writes?: boolean;
  /** Absolute path of the folder in which it is written down what is made in the running app; the user's own when absent. */
  readonly journals?: string;
  /** To which snapshot the database of the app is put back once the run is over, where it was started for it: the same name for the same one. */
  readonly snapshot?: string;
  /** What of the running app is tried; all of it when absent. The parts are named in `evidence/live-parts.ts`. */
  readonly parts?: readonly string[];
  /** Webhooks of the running app whose secrets are given. */
  readonly webhooks?: readonly GivenWebhook[];
  /** Where mails of the running app can be read. */
  readonly mail?: GivenMail;
  /** After how many seconds without use the running app ends a session, as it was started. */
  readonly idleSeconds?: number;
  /** Where people of the running app sign in elsewhere. */
  readonly identity?: GivenIdentity;
  /** What people were shown by the running app, saved by a browser. */
  readonly recordings?: readonly GivenRecording[];
  /** Operations that are sent although their addresses promise harm, as `METHOD /path`. */
  readonly allow?: readonly string[];
  /** Whether the app is clicked through in a browser as well. */
  readonly browser?: boolean;
  /** The registered domain and what is meant to be on it. */
  readonly domains?: GivenDomains;
  /** How mails of the domain are had that can be judged; where they are read is `mail`. */
  readonly email?: GivenEmail;
  /** Files and folders with DMARC reports of receivers, absolute. */
  readonly reports?: readonly string[];
  /** The zone at Cloudflare, and the token that reads it. */
  readonly cloudflare?: GivenCloudflare;
}

/** What a host is for. `other`: it is only to be there. */
export const hostRoles = ['marketing', 'app', 'api', 'other'] as const;
export type HostRole = (typeof hostRoles)[number];

/** A host that customers reach. */
export interface GivenHost {
  /** `app.example.com`. */
  readonly name: string;
  readonly role: HostRole;
  /** The host that visitors end at, where this one only leads there. */
  readonly redirectsTo?: string;
  /** Who hosts it, e.g. `vercel`; known where DNS or the answers tell, else as the user says. */
  readonly on?: string;
  /** Paths of the login and of what a sign-in comes back to, whose redirects must keep their query. */
  readonly login?: string;
  readonly callbacks?: readonly string[];
  /** Paths that links in mails lead to: a magic link, an invitation. */
  readonly mailedLinks?: readonly string[];
}

/** A domain that mail is sent from, and by whom. */
export interface GivenMailDomain {
  /** What stands behind the @ of From. */
  readonly name: string;
  /** Services that send for it, e.g. `google`, `resend`; none: it sends nothing. Absent: not said. */
  readonly senders?: readonly string[];
  /** DKIM selectors that are known to be in use. */
  readonly selectors?: readonly string[];
}

/** The domain map as the user gives it, or as it is drafted from an address. */
export interface GivenDomains {
  /** The registered domain: `example.com`. */
  readonly apex: string;
  readonly hosts: readonly GivenHost[];
  readonly mail: readonly GivenMailDomain[];
  /** Services, or domains to include, that are asked about: what would SPF come to with them? */
  readonly adding?: readonly string[];
  /** Nobody wrote it down: what it says of hosts and mail is a guess. */
  readonly drafted: boolean;
  /** DNS servers to ask instead of those of the system, `192.0.2.53` or `192.0.2.53:5353`. */
  readonly resolvers?: readonly string[];
  /** Name servers of the root to walk down from, of a network with a root of its own; the port of the first is that of every name server in it. */
  readonly roots?: readonly string[];
  /** Address of the RDAP service that knows the registration (RFC 9082), instead of the one that IANA names. */
  readonly rdap?: string;
  /** Where hosts are reached instead of where DNS says, before a cut-over: `app.example.com` or `http://app.example.com` to `address` or `address:port`. */
  readonly connect?: Readonly<Record<string, string>>;
  /** Certificates of further authorities to trust, PEM. */
  readonly authorities?: readonly string[];
  /** Records that are meant to be in the DNS of the domain. */
  readonly records?: readonly GivenRecord[];
}

/** A record that is meant to be in the DNS, as a person writes it. */
export interface GivenRecord {
  /** In full, `app.example.com`. */
  readonly name: string;
  readonly type: (typeof recordTypes)[number];
  /** In the form of a zone file, without quotes: an address, a name, the text of a TXT record; of CAA `0 issue "letsencrypt.org"`, of SRV `10 5 443 host`. */
  readonly content: string;
  /** Of MX. */
  readonly priority?: number;
  /** Seconds; absent: whatever the DNS host takes by itself. */
  readonly ttl?: number;
  /** Whether visitors go through Cloudflare; absent: as the domain map says. */
  readonly proxied?: boolean;
}

/** Types of records that can be asked for. */
export const recordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'CAA', 'SRV', 'NS'] as const;

/** The zone at Cloudflare. */
export interface GivenCloudflare {
  /** Absent: the environment variable that names it is not set. */
  readonly token?: string;
  /** Name of that variable. */
  readonly tokenFrom: string;
  /** Name of the zone, `example.com`. */
  readonly zone: string;
  /** Address of the API, up to and with its version. */
  readonly base: string;
  /** Servers behind the edge, `192.0.2.7` or `192.0.2.7:8443`: tried whether they answer those who go around it. */
  readonly origins: readonly string[];
  /** Paths whose answers belong to one customer, besides those of the domain map. */
  readonly privatePaths: readonly string[];
}

/** How mails are had that can be judged. */
export interface GivenEmail {
  /** What takes mail of the domain, and whom a test mail is from. */
  readonly send?: GivenSendServer | GivenSendApi;
  /** Mails of the app that a request makes it send. `{address}` in path and body stands for where it is to go. */
  readonly mails: readonly GivenAppMail[];
  /** Seconds that a mail may take. */
  readonly waitSeconds?: number;
  /** Boxes at those whom customers have theirs at, besides `mail`. */
  readonly seeds?: readonly GivenSeed[];
}

/** A mailbox at a provider, read by IMAP, that mails are sent to for no other reason than to see where they end. */
export interface GivenSeed extends GivenImap {
  /** Unique: `gmail`, `outlook`, `yahoo`, or a word of the user's own. */
  readonly name: string;
  /** Where mails reach it: a pattern with `{id}` in it, or the one address that it has. */
  readonly address: string;
}

/** How a mailbox is read by IMAP (RFC 9051). */
export interface GivenImap {
  readonly kind: 'imap';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: boolean;
  /** `password` is an access token (OAuth 2.0, RFC 7628). */
  readonly byToken?: true;
  /** Name of the variable that the password or token came from, to be named where it is refused. */
  readonly passwordFrom?: string;
}

/** A mail of the app that nothing finds by itself. */
export interface GivenAppMail {
  /** `invite`, `receipt`, `approval alert`. */
  readonly name: string;
  /** `POST /api/invites`. */
  readonly request: string;
  /** Text of the body, JSON. */
  readonly body?: string;
  /** It goes to many, so it needs a way to unsubscribe. */
  readonly bulk?: boolean;
}

/** A visit to the running app that a browser saved as HAR 1.2. */
export interface GivenRecording {
  /** Name of one of the people. */
  readonly person: string;
  /** As the user wrote it. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * Where mails of the running app can be read. `smtp`: we take them ourselves at that port, and the app sends there; `mailpit`: a mail catcher with
 * Mailpit's HTTP API; `imap`: a real mailbox. `address` is the pattern of new addresses, with `{id}` in it.
 */
export type GivenMail = {
  readonly address: string;
} & LinkSeconds &
  (
    | { readonly kind: 'smtp'; readonly host: string; readonly port: number }
    | { readonly kind: 'mailpit'; readonly url: URL }
    | (GivenImap & {
        /** Name of the seed box that it is, where it is one. */
        readonly seed?: string;
      })
  );

/**
 * Where people sign in who do not at the app itself: an identity provider to whose pages the app leads (OpenID Connect), or a service whose tokens the
 * app takes. Nothing is sent anywhere that is not named here.
 */
export type GivenIdentity =
  | { readonly kind: 'oidc'; readonly url: URL }
  | { readonly kind: 'supabase' | 'firebase'; readonly url: URL; /** Public key of the project. */ readonly key: string }
  /** `url`: of the Frontend API; absent: the pages of the app tell it. */
  | { readonly kind: 'clerk'; readonly url?: URL };

/** Somebody who can sign in to the running app. */
export interface GivenPerson {
  readonly name: string;
  /** Customer organisation he belongs to; absent: one of his own. */
  readonly tenant?: string;
  readonly role?: string;
  /** Runs the app: sees everything by right. */
  readonly administrator?: boolean;
  /** An account made for testing: what it may do may be changed, and it may be locked out. */
  readonly expendable?: boolean;
  readonly email: string;
  readonly username?: string;
  /** Absent: signs in by a mailed link or code, or by a key. */
  readonly password?: string;
  /** Headers that go with whatever he sends, e.g. `['x-tenant', 'acme']`: an app may bind a session to one. Names in lower case. */
  readonly headers?: readonly (readonly [string, string])[];
  /** Secret of his authenticator app (RFC 6238), where a code is asked for after the password: base32, or an `otpauth://` address. */
  readonly totp?: string;
  /** Says who he is with each request, instead of a sign-in. */
  readonly key?: GivenKey;
  /** His name and password go with each request (RFC 7617), instead of a sign-in. */
  readonly basic?: boolean;
}

/** An API key, and where the app takes it: a header, its value after `scheme` where there is one, or a parameter of the query. */
export interface GivenKey {
  readonly value: string;
  readonly in: 'header' | 'query';
  /** Of the header (lower case) or the parameter. */
  readonly name: string;
  readonly scheme?: string;
}

/** How the repo's database is rebuilt in a database of ours. */
export interface Sandbox {
  /** Absent: PostgreSQL where it runs, else PGlite. */
  readonly engine?: 'postgresql' | 'pglite';
  /** Apply the repo's seed.sql as well. */
  readonly seed?: boolean;
  /** Absolute path of a schema dump to start from. */
  readonly dump?: string;
}

/** What we may touch. Requests leave only for these hosts, and never more than `requests` a run. */
export interface Scope {
  /** Host names with port as in `URL.host`. */
  readonly hosts: readonly string[];
  /** Upper bound of requests in a run. */
  readonly requests: number;
  /** Walk the whole git history as well as the working tree. */
  readonly history: boolean;
}

/** The parts of a target that a collector can ask for. */
export type Input = 'repo' | 'url' | 'people' | 'lock' | 'domain' | 'reports' | 'cloudflare';

/** Which inputs the target has. */
export function inputsOf(target: Target): ReadonlySet<Input> {
  const inputs = new Set<Input>();
  if (target.root !== undefined) inputs.add('repo');
  if (target.url !== undefined) inputs.add('url');
  if (target.root !== undefined || target.lock !== undefined) inputs.add('lock');
  if (target.domains !== undefined) inputs.add('domain');
  if (target.reports !== undefined) inputs.add('reports');
  if (target.cloudflare !== undefined) inputs.add('cloudflare');
  // Somebody to sign in as, named or to be signed up.
  if (target.url !== undefined && ((target.people ?? []).length > 0 || target.writes === true)) inputs.add('people');
  return inputs;
}
