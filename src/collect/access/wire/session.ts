import { CookieJar } from 'tough-cookie';
import type { ForgeryToken } from '../../../evidence/live-recipes.ts';
import type { Body } from './body.ts';

/** The request by which a session was begun. */
export interface Begun {
  readonly path: string;
  readonly body: Body;
  /** Page with the form, and those of its fields that somebody fills in. */
  readonly form?: { readonly page: string; readonly filled: readonly string[] };
  /** Keys that lead to the token in the answer. */
  readonly token?: readonly string[];
}

/** What makes requests those of somebody: his cookies, his token, and what the app wants beside them. */
export interface Session {
  /** Name of whoever it is, for those who look on; nothing that is sent or judged hangs on it. */
  who?: string;
  readonly cookies: CookieJar;
  /** Headers that the app wants beside whatever signs him in, and that sign nobody in: the tenant he works in. Names in lower case. */
  readonly bound: Map<string, string>;
  /** Says who he is by itself, with each request: a header, or a parameter of the query. */
  key?: { readonly in: 'header' | 'query'; readonly name: string; readonly value: string };
  /** Sent as `Authorization: Bearer`. */
  token?: string;
  /** Brings a new token, where one ends within a minute; `undefined` where that is over. */
  renew?: () => Promise<string | undefined>;
  /** Further headers, e.g. the token against forged requests. */
  readonly headers: Map<string, string>;
  begun?: Begun;
  /** Where what is in `headers` was found. */
  forgeryToken?: ForgeryToken;
}

/** Nobody yet: no cookies, no token. */
export const emptySession = (): Session => ({
  cookies: new CookieJar(undefined, { looseMode: true }),
  bound: new Map(),
  headers: new Map(),
});

/** Nobody, who knows the headers that go with this session: what he lacks is what signs somebody in, and nothing else. */
export const nobodyLike = ({ bound }: Session): Session => ({ ...emptySession(), bound: new Map(bound) });
