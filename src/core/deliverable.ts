import type { Finding } from './finding.ts';

/** What a stage hands over: typed blocks, top of the page first. Each report format renders a block kind once, for all deliverables. */
export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
  /** The routes of a running app, for formats of data: which were tried, and which were not, with the reason. */
  readonly routes?: RouteTally;
}

/** Routes by their ids, e.g. `GET /api/invoices/{id}`. */
export interface RouteTally {
  readonly tried: readonly string[];
  readonly untried: readonly { readonly route: string; readonly why: string }[];
}

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | VerdictBlock
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | FindingsBlock
  | TableBlock
  | MatrixBlock
  | MapBlock
  | PicturesBlock
  | { readonly kind: 'checklist'; readonly items: readonly { readonly text: string; readonly state: 'done' | 'open' | 'unknown' }[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | FoldBlock;

/** The one sentence that answers the reader's question, and what it rests on. */
export interface VerdictBlock {
  readonly kind: 'verdict';
  readonly status: 'ready' | 'not-ready' | 'cannot-tell';
  readonly text: string;
  readonly detail: string;
}

/** A figure shown large, with how it came about shown small. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

/** Findings shown whole: why, evidence, replay, fix, prompt. `ordered` numbers them as a fix order; formats with little room show these alone. */
export interface FindingsBlock {
  readonly kind: 'findings';
  readonly ordered: boolean;
  readonly items: readonly FindingItem[];
}

export interface TableBlock {
  readonly kind: 'table';
  readonly columns: readonly string[];
  /** As many cells as there are columns. */
  readonly rows: readonly (readonly string[])[];
  /** Name under which formats of data give it as well; absent: they have its facts elsewhere. */
  readonly label?: string;
}

export const cellStates = ['allowed', 'blocked', 'leak', 'unknown', 'not-applicable'] as const;

/** What happened where a row and a column meet; `leak` is an access that must not be. */
export interface MatrixCell {
  readonly state: (typeof cellStates)[number];
  readonly note?: string;
  /** What was tried and what came of it: `GET /api/invoices/7 of anna, as bert: 404`. Formats with little room leave it out. */
  readonly seen?: string;
}

/** Pictures beside each other. */
export interface PicturesBlock {
  readonly kind: 'pictures';
  readonly items: readonly Picture[];
}

export interface Picture {
  /** What it shows, for who cannot see it. */
  readonly text: string;
  /** PNG in base64. */
  readonly png: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Where it was saved, from the folder of the report; absent where it was not. */
  readonly file?: string;
}

/** Who may do what: routes by roles, tables by verbs. */
export interface MatrixBlock {
  readonly kind: 'matrix';
  /** What the rows are, e.g. `Route`. */
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly MatrixRow[];
  /** Set for rows of a matrix that stands whole elsewhere in the document: data formats leave it out. */
  readonly excerpt?: true;
}

export interface MatrixRow {
  /** What this row and its neighbours are about; shown once above them. */
  readonly group?: string;
  readonly name: string;
  /** As many as there are columns. */
  readonly cells: readonly MatrixCell[];
}

/** A picture of what leads where: boxes in columns, from left to right. Formats of text write each way as a line. */
export interface MapBlock {
  readonly kind: 'map';
  /** What it shows, in a few words. */
  readonly label: string;
  /** What stands in each column. */
  readonly columns: readonly string[];
  readonly boxes: readonly MapBox[];
  readonly links: readonly { readonly from: string; readonly to: string }[];
}

export interface MapBox {
  /** Unique in the map. */
  readonly id: string;
  /** Index of its column. */
  readonly column: number;
  readonly text: string;
  readonly note?: string;
  readonly state: 'fine' | 'broken' | 'unknown';
}

/** Below the fold: shown by its title alone where room is short, opened on demand. */
export interface FoldBlock {
  readonly kind: 'fold';
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Open from the start where there is room for it. */
  readonly open?: true;
}

/** A finding as the reader sees it. */
export interface FindingItem {
  readonly finding: Finding;
  /** Further places of the same cause. */
  readonly also: readonly Finding[];
  /** What is wrong, in one sentence. */
  readonly headline: string;
  /** Text to paste into the tool the app is built with; absent for what could not be told, and for what no code mends. */
  readonly prompt?: { readonly tool: string; readonly text: string };
  /** Why it stands where it stands in the fix order. */
  readonly order?: string;
  /** Estimated work, e.g. "1 to 3 hours". */
  readonly effort: string;
}

/** Every findings block of a document, those below a fold included. */
export function findingsOf(blocks: readonly Block[]): FindingsBlock[] {
  return blocks.flatMap((block) => (block.kind === 'findings' ? [block] : block.kind === 'fold' ? findingsOf(block.blocks) : []));
}

/** Every picture of a document, those below a fold included. */
export function picturesOf(blocks: readonly Block[]): Picture[] {
  return blocks.flatMap((block) => (block.kind === 'pictures' ? block.items : block.kind === 'fold' ? picturesOf(block.blocks) : []));
}

/** Every matrix of a document that is no excerpt of another, those below a fold included. */
export function matricesOf(blocks: readonly Block[]): MatrixBlock[] {
  return blocks.flatMap((block) =>
    block.kind === 'matrix' ? (block.excerpt ? [] : [block]) : block.kind === 'fold' ? matricesOf(block.blocks) : [],
  );
}

/** Every table of a document that has a label, those below a fold included. */
export function tablesOf(blocks: readonly Block[]): (TableBlock & { readonly label: string })[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'fold') return tablesOf(block.blocks);
    return block.kind === 'table' && block.label !== undefined ? [{ ...block, label: block.label }] : [];
  });
}

/** Every map of a document, those below a fold included. */
export function mapsOf(blocks: readonly Block[]): MapBlock[] {
  return blocks.flatMap((block) => (block.kind === 'map' ? [block] : block.kind === 'fold' ? mapsOf(block.blocks) : []));
}

/** Every way through a map from a box that nothing leads to, as its boxes one after another. Bounded: a map may lead in circles. */
export function waysOf({ boxes, links }: Pick<MapBlock, 'boxes' | 'links'>): MapBox[][] {
  const box = new Map(boxes.map((one) => [one.id, one]));
  const onward = (way: readonly MapBox[]): MapBox[][] => {
    const next = links.flatMap(({ from, to }) => (from === way.at(-1)?.id && !way.some(({ id }) => id === to) ? (box.get(to) ?? []) : []));
    return next.length === 0 ? [[...way]] : next.flatMap((one) => onward([...way, one]));
  };
  return boxes
    .filter(({ id }) => !links.some(({ to }) => to === id))
    .flatMap((first) => onward([first]))
    .slice(0, 100);
}
