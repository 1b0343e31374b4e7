import { type Document, isMap, isScalar, type Node, Pair, Scalar, YAMLMap } from 'yaml';
import { notAnswered, notKnown, parseLock, readLock } from '../collect/answers/lock-reader.ts';
import { andList, compareText } from '../core/wording.ts';
import type { ChartRow } from '../evidence/access-chart.ts';
import { type PersonaName, personaNames } from '../evidence/isolation.ts';

const head = `# Who can do what in this app, as tried by launch-ready access and reviewed by you. Commit this file: when access changes, a line of it changes.
#
# One line for each thing and what is done with it; whoever is not listed cannot. ? could not be told. ! is a leak that still has to be closed.
#   anon: a visitor without an account             peer: another user of the owner's organisation
#   newcomer: signed up, has nothing yet           owner: whose rows they are
#   stranger: a user of another organisation       tenant-admin: an administrator of the owner's organisation
#   foreign-admin: an administrator of another     admin: an administrator of the app
#
# launch-ready access --write-lock writes it anew; your comments and what stands under "shared" are kept.
version: 1

access:

# Shared by design? Answer here. with: nobody (the owner and administrators only), members (everybody in the owner's organisation), accounts (whoever
# has an account may read) or everyone (the public may read); by: your name; on: the date, as YYYY-MM-DD; why: in a sentence.
# One answer for all that has none of its own:   everything: {with: members, by: Jane Doe, on: 2026-11-23, why: Colleagues work on the same cases.}
shared:
`;

/** The lock file for these rows. Keeps comments and answers of the file as it is; throws `LockError` when that cannot be read: nothing of it gets lost. */
export function lockText(rows: readonly ChartRow[], before: string | undefined, file: string): string {
  if (before !== undefined) readLock(before, file);
  const { document, contents } = parseLock(before ?? head, file);
  writeAccess(document, partOf(contents, 'access'), rows);
  writeShared(document, partOf(contents, 'shared'), rows);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The map below a key, made where it is missing or empty. */
function partOf(map: YAMLMap, name: string): YAMLMap {
  const pair = pairOf(map, name);
  if (isMap(pair?.value)) {
    pair.value.flow = false;
    // A comment above the first entry is the entry's, not the list's: it moves with it.
    const first = pair.value.items[0]?.key;
    if (isScalar(first) && pair.value.commentBefore && !first.commentBefore) {
      first.commentBefore = pair.value.commentBefore;
      pair.value.commentBefore = null;
    }
    return pair.value;
  }
  const made = new YAMLMap();
  if (pair) pair.value = made;
  else map.items.push(new Pair(new Scalar(name), made));
  return made;
}

const nameOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);
const pairOf = (map: YAMLMap, name: string): Pair | undefined => map.items.find((pair) => nameOf(pair) === name);

function sort(map: YAMLMap): void {
  map.items.sort((a, b) => compareText(nameOf(a), nameOf(b)));
}

function writeAccess(document: Document, access: YAMLMap, rows: readonly ChartRow[]): void {
  const sources = new Set(rows.map(({ source }) => source));
  const notes = takeAway(access, (pair) => sources.has(nameOf(pair)));
  for (const source of sources) {
    const lines = partOf(access, source);
    const wanted = new Map(rows.filter((row) => row.source === source).map((row) => [`${row.thing} ${row.verb}`, row]));
    const left = takeAway(lines, (pair) => wanted.has(nameOf(pair)));
    for (const [key, row] of wanted) {
      const pair = pairOf(lines, key) ?? new Pair(new Scalar(key));
      if (!lines.items.includes(pair)) lines.items.push(pair);
      const value: Node = document.createNode(peopleOf(row), { flow: true }) as Node;
      value.comment = (pair.value as Node | null)?.comment ?? null;
      pair.value = value;
    }
    // In the order of the things, not of the alphabet of their verbs.
    const order = [...wanted.keys()];
    lines.items.sort((a, b) => order.indexOf(nameOf(a)) - order.indexOf(nameOf(b)));
    putAbove(lines, left);
  }
  sort(access);
  putAbove(access, notes);
}

/** Takes away what is no longer wanted, and gives what somebody wrote beside it. */
function takeAway(map: YAMLMap, wanted: (pair: Pair) => boolean): string[] {
  const gone = map.items.filter((pair) => !wanted(pair));
  map.items = map.items.filter(wanted);
  return gone.flatMap((pair) => commentsOf(pair).map((text) => ` ${nameOf(pair)} (not there any more):${text}`));
}

const commentsOf = (pair: Pair): string[] =>
  [pair.key, pair.value].flatMap((node): string[] => {
    if (node === null || typeof node !== 'object') return [];
    const { commentBefore, comment } = node as Node;
    const inner = isMap(node) ? node.items.flatMap(commentsOf) : [];
    return [...[commentBefore, comment].filter((text) => typeof text === 'string'), ...inner].map((text) => text.replaceAll('\n', ' '));
  });

/** Comments above the first entry. At the end of a list they would grow together with the next comment of the file. */
function putAbove(map: YAMLMap, notes: readonly string[]): void {
  const first = map.items[0]?.key;
  if (notes.length === 0 || !isScalar(first)) return;
  first.commentBefore = [...notes, ...(first.commentBefore ? [first.commentBefore] : [])].join('\n');
}

function peopleOf({ cells }: ChartRow): string[] | string {
  const listed = personaNames.flatMap((name) => {
    const cell = cells[name];
    if (!cell || cell.can === 'no') return [];
    return cell.can === 'unknown' ? [`${name}?`] : [cell.judged.is === 'leak' ? `${name}!` : name];
  });
  const nothing = personaNames.every((name) => cells[name]?.can === 'unknown');
  return nothing ? notKnown : listed;
}

function writeShared(document: Document, shared: YAMLMap, rows: readonly ChartRow[]): void {
  const asked = questionsOf(rows);
  for (const pair of shared.items)
    if (isMap(pair.value)) {
      const source = nameOf(pair);
      pair.value.items = pair.value.items.filter((answer) => isAnswered(answer) || asked.get(source)?.has(nameOf(answer)));
    }
  for (const [source, things] of asked) {
    const answers = partOf(shared, source);
    for (const [thing, who] of things) {
      if (pairOf(answers, thing)) continue;
      const value = document.createNode({ with: notAnswered, by: '', on: '', why: '' }, { flow: true }) as Node;
      value.comment = ` ${who}`;
      answers.items.push(new Pair(new Scalar(thing), value));
    }
    sort(answers);
  }
  shared.items = shared.items.filter(({ value }) => isMap(value) && value.items.length > 0);
  sort(shared);
}

/** True when somebody has written something into it. */
function isAnswered({ value }: Pair): boolean {
  if (!isMap(value)) return true;
  return value.items.some((pair) => {
    const text = isScalar(pair.value) ? String(pair.value.value ?? '') : '';
    return text !== '' && text !== notAnswered;
  });
}

/** By source and thing: who can do what, which somebody has to say whether it is meant. */
function questionsOf(rows: readonly ChartRow[]): Map<string, Map<string, string>> {
  const asked = new Map<string, Map<string, Map<PersonaName, string[]>>>();
  for (const row of rows)
    for (const name of personaNames) {
      if (row.cells[name]?.judged.is !== 'question') continue;
      const things = asked.get(row.source) ?? new Map<string, Map<PersonaName, string[]>>();
      const people = things.get(row.thing) ?? new Map<PersonaName, string[]>();
      people.set(name, [...(people.get(name) ?? []), row.verb]);
      asked.set(row.source, things.set(row.thing, people));
    }
  const words = (people: ReadonlyMap<PersonaName, readonly string[]>): string =>
    [...people].map(([name, verbs]) => `${name} can ${andList(verbs)}`).join('; ');
  return new Map([...asked].map(([source, things]) => [source, new Map([...things].map(([thing, people]) => [thing, words(people)]))]));
}
