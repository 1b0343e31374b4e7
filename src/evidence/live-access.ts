import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { AccountTrial } from './live-accounts.ts';
import type { LiveRecipes } from './live-recipes.ts';
import type { SessionTrial } from './live-sessions.ts';
import type { WebhookTrial } from './live-webhooks.ts';

/** Where a route of the running app was learned from. `traffic`: its pages asked for it, in a recording or in our browser. `guess`: it stands to reason beside others, and was found there. `schema`: the app's GraphQL schema. */
export type RouteSource = 'code' | 'openapi' | 'schema' | 'crawl' | 'traffic' | 'guess';

/** What somebody is to whoever's thing it is. `visitor`: not signed in. `administrator`: runs the app. */
export type Relation = 'own' | 'peer' | 'stranger' | 'visitor' | 'administrator';

/** Somebody who was signed in. */
export interface LivePerson {
  readonly name: string;
  /** Customer organisation he belongs to; his own where he was signed up by himself. */
  readonly tenant: string;
  readonly role?: string;
  readonly administrator: boolean;
  /** `config`: given in launch-ready.yaml. `signed-up`: through the app's own sign-up, by us. */
  readonly from: 'config' | 'signed-up';
  /** How it is known that the session is his, e.g. `GET /api/me shows his address`. */
  readonly proof: string;
}

/** What is done with a thing. `list`: reading many at once. `create`: making it as if somebody else had. */
export type LiveVerb = 'read' | 'list' | 'create' | 'update' | 'delete';

/** How it is known. `canary`: a mark that we put there. `values`: texts that only its owner had seen. `re-read`: its owner looked at it afterwards. */
export type LiveProof = 'canary' | 'values' | 're-read';

/** One access that was tried. */
export interface LiveCell {
  /** `GET /api/invoices/{id}`. */
  readonly route: string;
  readonly verb: LiveVerb;
  /** Who tried; `visitor` for nobody signed in. */
  readonly who: string;
  readonly relation: Relation;
  /** Whose it is. */
  readonly whose: string;
  readonly outcome: 'got' | 'refused' | 'unknown';
  readonly proof?: LiveProof;
  /** As sent, e.g. `GET /api/invoices/7`. */
  readonly request: string;
  /** Which thing it is about stands in the body, not in the address. */
  readonly inBody?: true;
  /** Headers that he sent and that are another's, e.g. `x-tenant: acme`. */
  readonly sending?: string;
  readonly status: number;
  /** What of it was seen, or what came of the write, in words. */
  readonly shows: readonly string[];
  /**
   * It is not clear that it was meant to be kept back: others see it where the app itself shows it to them. `link`: whoever knows its address sees it, and
   * nobody can guess that.
   */
  readonly shared?: 'listed' | 'public' | 'link';
  /** Why nothing can be said, for `unknown`. */
  readonly why?: string;
  /** It is for those who run the app: the request to make such a thing, which ordinary people are refused. */
  readonly reserved?: string;
}

/** A way by which somebody gave himself more power, and what told so. */
export interface LiveEscalation {
  /** `PATCH /api/me`. */
  readonly route: string;
  readonly who: string;
  /** The field that he sent, and must not set: `is_admin`. */
  readonly field: string;
  readonly value: string;
  /** `his own profile shows it afterwards`, `GET /admin opens afterwards`. */
  readonly told: string;
  readonly steps: readonly string[];
}

/** A route of the app, and whether it was tried. */
export interface LiveRoute {
  readonly id: string;
  readonly sources: readonly RouteSource[];
  readonly tried: boolean;
  /** Why it was not, in words. */
  readonly why?: string;
  /** It was sent all the same, and nothing in it could be tried. */
  readonly asked?: true;
  /** Where the code answers it, as far as the code was given and it was found there. */
  readonly place?: Place;
}

/** What came of trying a running app as several people. */
export interface LiveAccess {
  readonly origin: string;
  readonly people: readonly LivePerson[];
  readonly routes: readonly LiveRoute[];
  readonly cells: readonly LiveCell[];
  readonly sessions: readonly SessionTrial[];
  readonly accounts: readonly AccountTrial[];
  readonly escalations: readonly LiveEscalation[];
  /** Requests by which somebody could have given himself more power, and did not. */
  readonly withstood: readonly string[];
  /** Why it was not tried at all; absent where it was. */
  readonly untriedPower?: string;
  readonly webhooks: readonly WebhookTrial[];
  /** What we made and could not remove again, e.g. `DELETE /api/cases/7 of owner: 405`. */
  readonly leftovers: readonly string[];
  /** The app was started for the run, and its database is put back to its snapshot afterwards: what is left goes with it. */
  readonly restored?: true;
  /** A browser was asked for and could not be used: why, and what to do, in words. */
  readonly noBrowser?: string;
  /** What proves that the app is the user's, in words; absent for an app of this machine. */
  readonly ownership?: string;
  /** Operations that were allowed by name, and that the app does not have; absent where there are none. */
  readonly allowedInVain?: readonly string[];
  /** What was not sent because the app, or a route of it, did not answer any more; absent where all was: `12 requests to GET /reports/{id}: …`. */
  readonly unasked?: readonly string[];
  /** What was made. */
  readonly made: number;
  readonly requests: number;
  /** Whether things could be made and changed, or only looked at. */
  readonly writes: boolean;
  /** What it takes to do it again; absent in facts of earlier versions. */
  readonly recipes?: LiveRecipes;
}

/** No running app was looked at. */
export const noLiveAccess: LiveAccess = {
  origin: '',
  people: [],
  routes: [],
  cells: [],
  sessions: [],
  accounts: [],
  escalations: [],
  withstood: [],
  webhooks: [],
  leftovers: [],
  made: 0,
  requests: 0,
  writes: false,
};

export const liveAccess = evidence<LiveAccess>()('access.live', 'what other customers get from the running app');
