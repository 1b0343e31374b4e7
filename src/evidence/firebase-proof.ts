import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Cell, Escalation, Person, PersonaName, ProvedObject } from './isolation.ts';
import type { Gap } from './source.ts';

/** What came of evaluating the repo's Firebase rules for people who try everything. */
export interface FirebaseProof {
  readonly rulesets: readonly ProvedRules[];
  /** Rules files that could not be read, and what could not be tried. */
  readonly gaps: readonly Gap[];
}

/** One rules file for one product, evaluated against a database of ours. */
export interface ProvedRules {
  readonly product: 'firestore' | 'storage' | 'database';
  readonly file: string;
  readonly people: readonly Person[];
  readonly objects: readonly RulesObject[];
  readonly escalations: readonly RulesEscalation[];
  /** Set when the work was cut short: what was left undone, in words. */
  readonly cutShort?: string;
}

/** What a path of the rules keeps: documents, files, or values of the Realtime Database. Close to `ProvedObject`. */
export interface RulesObject extends Pick<ProvedObject, 'nature' | 'natureWhy' | 'holds'> {
  readonly kind: 'collection' | 'folder' | 'node';
  /** As the rules say it, e.g. `/organizations/{orgId}/invoices/{invoiceId}`. */
  readonly name: string;
  readonly place: Place;
  /** What ties the owner to it: fields compared with him, or a part of the path. Absent: nothing does. */
  readonly belongs?: { readonly to: 'user' | 'tenant'; readonly path: readonly string[]; readonly told: 'rules' | 'code' | 'field-name' };
  /** Private only because the rules tie it to somebody: neither its name nor its fields say so. */
  readonly tiedOnly?: true;
  /** Fields known from the rules and the code. */
  readonly fields: readonly string[];
  /** Set when even the owner reads it only by a mark that makes it public, e.g. `published == true`. */
  readonly publishedBy?: string;
  readonly cells: readonly RulesCell[];
}

export type RulesVerb = 'get' | 'list' | 'create' | 'update' | 'delete';

/** One thing one person tried on what is the owner's. As `Cell`, with a request instead of SQL. */
export interface RulesCell extends Pick<Cell, 'outcome' | 'answer' | 'variant'> {
  readonly verb: RulesVerb;
  readonly who: PersonaName;
  /** What was asked, e.g. `update /invoices/ann-1 as uid-ben with {paid: true}`. */
  readonly request: string;
  /** The `allow` that let it through. */
  readonly through?: { readonly place: Place; readonly text: string };
  /** Fields that an update could change. */
  readonly columns?: readonly string[];
  /** For `undecided`: what could not be told. */
  readonly because?: string;
}

/** A way to more power that an ordinary account was shown to have. */
export interface RulesEscalation extends Pick<Escalation, 'who' | 'what' | 'column' | 'value'> {
  readonly kind: 'own-column' | 'self-insert' | 'unverified-email';
  /** Name of the object that is written. */
  readonly object: string;
  readonly request: string;
  readonly place: Place;
  readonly text: string;
  readonly unlocks: readonly { readonly object: string; readonly verbs: readonly RulesVerb[] }[];
}

export const firebaseProof = evidence<FirebaseProof>()(
  'firebase.isolation',
  'what other customers reach through the Firebase rules, tried with people and documents of ours',
);

/** A repo without Firebase rules. */
export const noRules: FirebaseProof = { rulesets: [], gaps: [] };
