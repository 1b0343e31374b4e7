import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Gap } from './source.ts';

/**
 * How well the caller's identity is established, weakest first:
 * `none` nothing asked; `presence` a cookie or header merely exists; `unverified-session` a session read without checking
 * it with the server that signed it; `identity` a verified user; `role` a verified user whose role was checked;
 * `tenant` a verified user who was tied to the tenant or owner of the data.
 */
export const authLevels = ['none', 'presence', 'unverified-session', 'identity', 'role', 'tenant'] as const;
export type AuthLevel = (typeof authLevels)[number];

/** One guard met on the way to the data. */
export interface Guard {
  readonly level: AuthLevel;
  /** What was seen, e.g. `requireUser() throws when supabase.auth.getUser() has no user`. */
  readonly what: string;
  readonly place: Place;
  /** Set when the guard does not stand on every path: the condition under which it is skipped. */
  readonly skippedWhen?: string;
  /** The middleware file that leads to it, when it stands outside the route. */
  readonly via?: string;
}

/** How a guard is skipped that asks only those for the right role who have one: `if (user.role && user.role !== 'admin') refuse()`. */
export const withoutRole = 'the caller has no role at all';

/** How a value entered the request. */
export type InputSource = 'path' | 'query' | 'body' | 'header' | 'cookie' | 'file';

/**
 * With whose rights the data is reached: `user` the caller's own token (row-level security decides), `anon` the public key,
 * `service` a key that bypasses row-level security, `server` the application's own connection (ORM, SQL, Firestore admin): only code can scope it.
 */
export type DataClient = 'user' | 'anon' | 'service' | 'server' | 'unknown';

/** A read or write of stored data. */
export interface DataAccess {
  readonly kind: 'table' | 'rpc' | 'storage' | 'accounts';
  /** Table, function or bucket; `*` when it could not be told. */
  readonly name: string;
  readonly operation: 'read' | 'create' | 'update' | 'delete' | 'call';
  readonly client: DataClient;
  readonly place: Place;
  /** Weakest state of the caller's identity when this line is reached. */
  readonly auth: AuthLevel;
  /**
   * Whether the rows are tied to the caller: `owner`/`tenant` by an identity value in the filter or a comparison before or after,
   * `none` when there is no such tie, `unknown` when a value could not be followed.
   */
  readonly scope: 'owner' | 'tenant' | 'role' | 'none' | 'unknown';
  /** Set when only those who hold no customer's role get to rows that are not their own. */
  readonly insiders?: true;
  /** Columns compared with a value of the request. */
  readonly inputs: readonly { readonly column: string; readonly source: InputSource }[];
  /** Set when a write takes its columns from the request as they come (mass assignment). */
  readonly wholeInput?: InputSource;
  /** Set when the names of the request's fields go into the text of the SQL, and with them whatever else they hold. */
  readonly namesInSql?: true;
  /** Of such a write: the columns of the table are known, and none of them is for somebody else to set than whoever edits the row. */
  readonly plain?: true;
  /** Columns written, where they are literal. */
  readonly writes?: readonly string[];
  /** Of `writes`, the columns whose value the request gives. */
  readonly chosen?: readonly string[];
  /** Set when a new row is tied to a tenant's row that was found by the domain of an address nobody has proved: the tenant's table. */
  readonly joins?: string;
  /** What the table is for, as far as the database model and names tell. */
  readonly subject: Subject;
  /**
   * Of a read, the columns that reach the answer, `author.email` of a relation, `*` for all; none where nothing of it leaves but counts and
   * yes or no. Absent where that could not be told.
   */
  readonly shows?: readonly string[];
  /** What those who get the answer learn from it. */
  readonly leaves?: Leaves;
}

/**
 * What of a read leaves in the answer. `nothing`: no row, at most how many. `link`: a row that was found by what only a mailed link holds.
 * `content`: what could be on a public page. `private`: persons, contacts, amounts, credentials, whatever belongs to a customer.
 */
export type Leaves = 'nothing' | 'link' | 'content' | 'private';

/**
 * What rows are about: `tenant` rows belong to a customer organisation, `owner` rows to a person, `private` rows are of people or
 * money without a visible owner, `public` rows are catalogue, lookup or published content, `intake` rows are what strangers hand in
 * (contact forms, waiting lists, page views), `unknown` could not be told.
 */
export type Subject = 'tenant' | 'owner' | 'private' | 'public' | 'intake' | 'unknown';

/** An effect other than stored data that matters when strangers can cause it. */
export interface SideEffect {
  readonly kind: 'mail' | 'fetch' | 'password' | 'session' | 'token-response' | 'secret-response' | 'paid-service';
  /** What was called, e.g. `resend.emails.send`. */
  readonly what: string;
  readonly place: Place;
  readonly auth: AuthLevel;
  /** Arguments that come straight from the request: `to`, `html`, `url`, `host`. */
  readonly fromInput: readonly string[];
  /** Of `fromInput`, the texts of a mail that are the app's own but for a name or an address. */
  readonly filled?: readonly string[];
  /** Of `fromInput`, the texts of a mail with a link whose host the request's headers decide. */
  readonly misled?: readonly string[];
  /** True when a mail's recipient comes from the request but has a row of their own in the database. */
  readonly registered?: boolean;
  /** True when the input was compared with an allow-list or parsed and restricted before. */
  readonly restricted?: boolean;
}

export interface WebhookFacts {
  /** `stripe`, `github`, `svix`, `slack`, `shopify`, `twilio`, `gohighlevel`, `calendly`, `generic`. */
  readonly provider: string;
  /** `verified` on every path before the first effect; `skippable` under a condition the sender or a missing setting controls. */
  readonly verification: 'verified' | 'missing' | 'skippable' | 'unknown';
  readonly why: string;
  readonly place?: Place;
}

export type RouteKind = 'http' | 'page' | 'server-action' | 'trpc' | 'graphql' | 'edge-function' | 'openapi';

/** One way into the app. */
export interface Route {
  /** Unique and stable: `GET /api/orders/:id`, `action app/actions.ts deleteOrder`, `trpc order.byId`. */
  readonly id: string;
  readonly kind: RouteKind;
  readonly framework: string;
  /** HTTP method, `ALL` for any; `CALL` for actions and procedures. */
  readonly method: string;
  /** As the client calls it, parameters as `:name` or `*`. */
  readonly path: string;
  readonly place: Place;
  /** The weakest level established before the first effect; with no effect, before the answer. */
  readonly auth: AuthLevel;
  readonly guards: readonly Guard[];
  readonly roles: readonly string[];
  readonly data: readonly DataAccess[];
  readonly effects: readonly SideEffect[];
  readonly webhook?: WebhookFacts;
  /** Who checks that the browser meant it, for cookie sessions: `token`, `origin`, `same-site`, `not-cookie`, `framework`, `none`, `unknown`. */
  readonly csrf: 'token' | 'origin' | 'same-site' | 'not-cookie' | 'framework' | 'none' | 'unknown';
  readonly rateLimit?: Guard;
  /** What the route is for, as far as path and effects tell. */
  readonly purposes: readonly (
    | 'login'
    | 'signup'
    | 'reset'
    | 'invite'
    | 'logout'
    | 'webhook'
    | 'admin'
    | 'health'
    | 'debug'
    | 'public'
    | 'cron'
  )[];
  /** Calls that could not be followed; when not empty, `auth: none` means "not seen", not "absent". */
  readonly unresolved: readonly Gap[];
  /** Set where only the address and what surely guards it were read, and nothing of what the handler does (Python): nothing is judged by such a route. */
  readonly addressOnly?: true;
  /** Set on a GET whose handler visibly changes what is stored: it is not to be asked to see what it shows. Looked at in Python only. */
  readonly changesOnGet?: true;
  /** Set where a folder of files is handed out below the path; `listed` where whoever opens it sees their names. */
  readonly files?: 'listed' | 'served';
}

/** A framework that answers requests and whose handlers no reader follows. */
export interface UnreadFramework {
  readonly name: string;
  /** How many of its routes are among those listed, by their address alone; absent where none is, because no reader knows it. */
  readonly listed?: number;
  /** How many sources answer requests with it. */
  readonly files: number;
  readonly place: Place;
}

export interface RouteInventory {
  readonly routes: readonly Route[];
  readonly gaps: readonly Gap[];
  readonly unread?: readonly UnreadFramework[];
  /** Next.js middleware/proxy files and how their matchers were read. */
  readonly middleware: readonly { readonly place: Place; readonly matcher: readonly string[]; readonly guards: boolean }[];
}

/** A condition on the role of the signed-in user, in code of the browser or of a page: it hides, it does not protect. */
export interface ClientRoleGate {
  readonly place: Place;
  /** The condition as written. */
  readonly what: string;
  /** Roles it shows things to; with `except`, roles it hides them from. */
  readonly roles: readonly string[];
  readonly except: boolean;
}

/** Something that browser code or a form asks of the server or the database. */
export interface ClientAccess {
  /**
   * `table`, `rpc`, `storage`: through a Supabase client. `function`: an Edge Function or callable function by name. `document`: a Firestore
   * collection. `api`: a path of the app's own server. `action`: a server action. `procedure`: a tRPC procedure.
   */
  readonly kind: 'table' | 'rpc' | 'storage' | 'function' | 'document' | 'api' | 'action' | 'procedure';
  /** Table, function, bucket or collection; `/api/orders/:param` (as the code writes it, maybe below a base); the id of the route for the last two. */
  readonly name: string;
  readonly operation: DataAccess['operation'];
  /** HTTP method, for `api`. */
  readonly method?: string;
  readonly place: Place;
  /** The nearest of the gates, when every way to it leads through one. Without it, somebody without a special role gets there too. */
  readonly gate?: ClientRoleGate;
}

/** What the browser does by itself, and what it only hides. */
export interface ClientSurface {
  readonly accesses: readonly ClientAccess[];
  /** Gates that hide an access, each with what it hides, e.g. `delete invoices`. */
  readonly roleGates: readonly (ClientRoleGate & { readonly reaches: readonly string[] })[];
  /** Accesses under names that are no constants, and files that could not be read. */
  readonly gaps: readonly Gap[];
}

export const sourceRoutes = evidence<RouteInventory>()('source.routes', 'the routes of the code with their guards and data');
export const clientAccess = evidence<ClientSurface>()('source.client-access', 'what browser code reaches directly, and what it only hides');
