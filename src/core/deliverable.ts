import type { Finding } from './finding.ts';

/** A document of typed blocks; each report format renders a block once, for all deliverables. */
export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** The one sentence that answers the reader's question. */
  | { readonly kind: 'verdict'; readonly status: 'ready' | 'not-ready' | 'cannot-tell'; readonly text: string; readonly detail: string }
  | { readonly kind: 'facts'; readonly facts: readonly { readonly name: string; readonly value: string }[] }
  /** Findings shown in full: why, evidence, replay, fix, prompt. `ordered` numbers them as a fix order. */
  | { readonly kind: 'findings'; readonly ordered: boolean; readonly folded: boolean; readonly items: readonly FindingItem[] }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[]; readonly folded?: string }
  | { readonly kind: 'checklist'; readonly items: readonly { readonly text: string; readonly state: 'done' | 'open' | 'unknown' }[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

/** A finding as the reader sees it. */
export interface FindingItem {
  readonly finding: Finding;
  /** Several findings of one cause shown as one: the further places. */
  readonly also: readonly Finding[];
  /** Text to paste into Lovable, Bolt or Cursor. */
  readonly prompt: string;
  /** Why it stands where it stands in the fix order. */
  readonly order?: string;
  /** Estimated work, e.g. "1 to 3 hours". */
  readonly effort: string;
}
