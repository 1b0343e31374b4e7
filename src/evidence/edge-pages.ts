import { evidence } from '../core/evidence.ts';
import type { HostRole } from '../core/target.ts';
import type { Cookie, Page } from './http.ts';

/** A page of a host, with the headers that protect it and no others. Header names are lower case. */
export type HeaderedPage = Pick<Page, 'url' | 'status' | 'headers' | 'metaPolicy' | 'host' | 'frameworks'>;

/** A cookie that a host set, without its value. */
export interface HostCookie extends Cookie {
  /** Why browsers do not keep it, as the end of the sentence "Browsers refuse it, since …". */
  readonly refused?: string;
  /** Held by somebody who was signed in; what is set before counts for less. */
  readonly signedIn?: true;
}

/** What a host sends with its pages before anybody signs in, and the cookies that it keeps people signed in with. */
export interface HostPages {
  readonly name: string;
  readonly role: HostRole;
  /** The first page and the one of the login, where they are on this host; none of an API that shows no pages. */
  readonly pages: readonly HeaderedPage[];
  /** Set by this host on the way there, or when somebody signs in; each name once. */
  readonly cookies: readonly HostCookie[];
  /** Why no page could be read: a sentence. */
  readonly why?: string;
}

export interface EdgePages {
  readonly apex: string;
  readonly hosts: readonly HostPages[];
}

export const edgePages = evidence<EdgePages>()('edge.pages', 'the headers and cookies of every host');

/** What a page sends and what is not kept of it: these say nothing of a customer. */
export const protectiveHeaders = [
  'strict-transport-security',
  'x-frame-options',
  'x-content-type-options',
  'referrer-policy',
  'content-security-policy',
] as const;
