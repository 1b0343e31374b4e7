import { evidence } from '../core/evidence.ts';

/**
 * Something that an https page asks for without encryption. `active`: it can change the page (scripts, styles, frames, connections): browsers block it.
 * `passive`: pictures and sounds, which browsers ask for by https instead. `form`: what people type is sent there.
 */
export interface MixedItem {
  readonly kind: 'active' | 'passive' | 'form';
  /** `script`, `style`, `img`, `url()`, `fetch`, `WebSocket`. */
  readonly what: string;
  readonly url: string;
  /** The file that it stands in, where that is not the page. */
  readonly from?: string;
  /** A browser tried it; else it stands in the code. */
  readonly tried?: true;
}

export interface MixedPage {
  /** Of somebody who signed in, ids in its path are left out: `https://app.example.com/cases/{id}`. */
  readonly url: string;
  /** Name of the person it was shown to; absent: to everybody. */
  readonly as?: string;
  /** The page tells browsers to ask for everything by https (upgrade-insecure-requests). */
  readonly upgrades: boolean;
  readonly items: readonly MixedItem[];
}

/** What was not looked at, signed in. */
export interface MixedUnseen {
  /** A person, a host, or `signed in` where nobody was. */
  readonly name: string;
  /** A sentence. */
  readonly why: string;
  readonly toKnow: string;
}

export interface MixedContent {
  readonly pages: readonly MixedPage[];
  /** Hosts whose pages could not be read. */
  readonly unread: readonly { readonly name: string; readonly why: string }[];
  /** Of `--browser`: why none could be used. */
  readonly noBrowser?: string;
  readonly unseen?: readonly MixedUnseen[];
  /** Pages that are never opened as somebody, because their addresses promise harm; and why. */
  readonly held?: readonly { readonly path: string; readonly why: string }[];
}

export const edgeMixed = evidence<MixedContent>()('edge.mixed', 'what https pages ask for without encryption');
