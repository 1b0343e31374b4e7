import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument, visit, type YAMLMap } from 'yaml';
import { type AccessLock, everything, type LockAnswer, type LockLine } from '../../evidence/access-lock.ts';
import { type PersonaName, personaNames, type Sharing, sharings } from '../../evidence/isolation.ts';

/** Something in the lock that we cannot read, with its line. */
export class LockError extends Error {
  /** What to do about it. */
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'LockError';
    this.remedy = remedy;
  }
}

/** A line a thing and verb; the biggest app seen has some 2,000 of them. */
const maxCharacters = 4 * 1024 * 1024;
/** Written where somebody still has to answer. */
export const notAnswered = 'not answered';
/** Written where nothing could be tried. */
export const notKnown = 'not known';

const mend = 'Mend that line, or take the file back from git; nothing was changed.';

type Locate = (node: unknown) => string;

/** Reads `access.lock.yaml`; `file` is its name as the user knows it. Throws `LockError` with file and line for whatever is not as we write it. */
export function readLock(text: string, file: string): AccessLock {
  const { contents, at, lineOf } = parseLock(text, file);
  const refuse = (node: unknown, message: string): never => {
    throw new LockError(`${at(node)}: ${message}`, mend);
  };
  const fields = entriesOf(contents, refuse, 'the file has version, access and shared');
  for (const [key, , node] of fields)
    if (!['version', 'access', 'shared'].includes(key)) refuse(node, `there is no part ${key} in this file.`);
  const part = (name: string): Entry[] => {
    const [, value, node] = fields.find(([key]) => key === name) ?? [];
    return value === undefined || isNothing(value) ? [] : entriesOf(value, refuse, `${name} lists sources`, node);
  };
  const version = fields.find(([key]) => key === 'version');
  if (!version || !isScalar(version[1]) || version[1].value !== 1)
    refuse(version?.[1] ?? contents, 'this file is of another version than 1; write it anew with a launch-ready that knows it.');
  return {
    file,
    found: true,
    lines: part('access').flatMap(([source, things, node]) =>
      entriesOf(things, refuse, `${source} lists who can do what`, node).map(([key, who, keyNode]) => lineFrom(source, key, who, keyNode)),
    ),
    answers: part('shared').flatMap(([source, things, node]) =>
      entriesOf(things, refuse, `${source} lists what is shared`, node).map(([thing, answer, keyNode]) =>
        answerFrom(source, thing, answer, keyNode),
      ),
    ),
  };

  function lineFrom(source: string, key: string, who: unknown, node: unknown): LockLine {
    const [, thing = '', verb = ''] = /^(\S+ .+) (\S+)$/s.exec(key) ?? [];
    if (thing === '') refuse(node, `"${key}" does not name a kind, a thing and what is done with it, such as "table invoices read".`);
    const about = { source, thing, verb, line: lineOf(node) };
    if (isScalar(who) && who.value === notKnown) return { ...about, can: [], unknown: personaNames };
    if (!isSeq<Node>(who)) return refuse(who ?? node, `"${key}" must list people, such as [owner, admin], or say ${notKnown}.`);
    const names = who.items.map((item) => {
      const text = isScalar(item) ? String(item.value) : '';
      const name = personaNames.find((person) => person === text.replace(/[?!]$/, ''));
      return name
        ? { name, mark: text.slice(name.length) }
        : refuse(item, `${text || 'this'} is nobody we try things as; known: ${personaNames.join(', ')}.`);
    });
    const those = (unknown: boolean): PersonaName[] => names.filter(({ mark }) => (mark === '?') === unknown).map(({ name }) => name);
    return { ...about, can: those(false), unknown: those(true) };
  }

  function answerFrom(source: string, thing: string, answer: unknown, node: unknown): LockAnswer {
    const parts = new Map<string, string>();
    for (const [key, value, keyNode] of entriesOf(answer, refuse, `${thing} needs with, by, on and why`, node)) {
      if (!['with', 'by', 'on', 'why'].includes(key)) refuse(keyNode, `an answer has with, by, on and why, not ${key}.`);
      if (!isScalar(value)) refuse(value ?? keyNode, `${key} of ${thing} must be a text.`);
      parts.set(key, isScalar(value) ? String(value.value ?? '') : '');
    }
    const given = parts.get('with') ?? notAnswered;
    const shared = sharings.find((word): word is Sharing => word === given);
    if (!shared && given !== notAnswered)
      refuse(node, `${thing} is shared with ${given}; it can be ${sharings.join(', ')}, or ${notAnswered}.`);
    if (thing === everything && shared && shared !== 'members' && shared !== 'nobody')
      refuse(node, `${everything} can be shared with members or nobody; what the public may read is answered one by one.`);
    const [by = '', on = '', why = ''] = ['by', 'on', 'why'].map((key) => parts.get(key)?.trim());
    if (shared && (by === '' || why === '' || !/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(on)))
      refuse(node, `the answer about ${thing} lacks who gave it (by), when (on, as YYYY-MM-DD) or why.`);
    return { source, thing, ...(shared && { with: shared }), by, on, why, line: lineOf(node) };
  }
}

type Entry = readonly [key: string, value: unknown, keyNode: unknown];

function entriesOf(node: unknown, refuse: (node: unknown, message: string) => never, what: string, above?: unknown): Entry[] {
  if (!isMap<Node, Node>(node)) return refuse(node ?? above, `${what}.`);
  return node.items.map(({ key, value }) => {
    if (!isScalar(key)) return refuse(key, 'a name is needed here.');
    return [String(key.value), value, key] as const;
  });
}

const isNothing = (node: unknown): boolean => node === null || (isScalar(node) && node.value === null);

/** A lock as a document that can be changed and written again, comments and all. Throws `LockError`. */
export function parseLock(
  text: string,
  file: string,
): { document: ReturnType<typeof parseDocument>; contents: YAMLMap; at: Locate; lineOf: (node: unknown) => number } {
  if (text.length > maxCharacters)
    throw new LockError(`${file} is larger than ${maxCharacters / 1024 / 1024} MB.`, 'Write it anew with --write-lock.');
  const lines = new LineCounter();
  const lineOf = (node: unknown): number =>
    Math.max(1, lines.linePos((node as { range?: readonly number[] | null } | null | undefined)?.range?.[0] ?? 0).line);
  const at: Locate = (node) => `${file}:${lineOf(node)}`;
  const document = documentOf(text, lines, file);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem)
    throw new LockError(
      `${file}:${lines.linePos(problem.pos[0]).line}: this is no valid YAML: ${problem.message.split(/ at line |\n/, 1)[0]}`,
      mend,
    );
  visit(document, {
    Alias: (_, node) => {
      throw new LockError(`${at(node)}: aliases (*name) are not read.`, mend);
    },
    Node: (_, node) => {
      if (node.anchor !== undefined || node.tag?.startsWith('!')) throw new LockError(`${at(node)}: anchors and tags are not read.`, mend);
    },
  });
  if (!isMap(document.contents)) throw new LockError(`${file}:1: the file has version, access and shared.`, mend);
  return { document, contents: document.contents, at, lineOf };
}

function documentOf(text: string, lineCounter: LineCounter, file: string): ReturnType<typeof parseDocument<ParsedNode>> {
  try {
    return parseDocument<ParsedNode>(text, { lineCounter, schema: 'core', merge: false, uniqueKeys: true });
  } catch (error) {
    // Thousands of nested brackets exhaust the parser's stack.
    if (error instanceof RangeError) throw new LockError(`${file} is nested too deeply to be read.`, mend);
    throw error;
  }
}
