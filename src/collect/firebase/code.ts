import type { Tree } from '../source/tree.ts';

const source = /\.(?:[cm]?[jt]sx?|vue|svelte|dart)$/;
const test = /(?:^|\/)(?:__tests__|tests?|e2e|spec|node_modules)\/|\.(?:test|spec)\./;
const maxBytes = 400_000;
const maxFiles = 3000;
const mostFields = 40;

/** `addDoc(collection(db, "cases"), {`, `setDoc(doc(db, "users", id), {`, `collection("users").doc(id).set({`, `ref(db, "users/" + id), {`. */
const writes =
  /(?:\b(?:addDoc|setDoc|updateDoc)\s{0,40}\(\s{0,40}(?:collection|doc)|(?<!\w)\.?(?:collection|doc)|\b(?:set|update|push)\s{0,40}\(\s{0,40}ref)\s{0,40}\(((?:[^;{}]|\$\{[^{}]{0,60}\}){0,200}?)\)\s{0,40}(?:,\s{0,40}|(?:\.doc\([^)]{0,80}\)\s{0,40})?\.(?:add|set|update|create)\(\s{0,40}(?:[^{};]{0,60},\s{0,40})?)\{/g;
const quoted = /"([^"\n]{1,120})"|'([^'\n]{1,120})'|`([^`\n]{1,160})`/g;

/** Fields of collections as the code of the app writes them, by the collection's name. Reads names only. */
export function writtenFields(tree: Tree): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const files = tree.files.filter(
    ({ path, built, ignored, bytes }) => source.test(path) && !test.test(path) && !built && !ignored && bytes <= maxBytes,
  );
  for (const { path } of files.slice(0, maxFiles)) {
    const text = tree.text(path) ?? '';
    if (/collection|firestore|firebase/i.test(text)) readWrites(text, found);
  }
  return new Map([...found].map(([name, fields]) => [name, [...fields].slice(0, mostFields)]));
}

/** Adds what one source says. */
export function readWrites(text: string, found: Map<string, Set<string>>): void {
  for (const match of text.matchAll(writes)) {
    const name = collectionIn(match[1] ?? '');
    if (name === undefined) continue;
    const fields = found.get(name) ?? new Set();
    for (const field of keysAt(text, match.index + match[0].length)) fields.add(field);
    if (fields.size > 0) found.set(name, fields);
  }
}

/** The last collection that the arguments name: `db, "organizations", id, "cases"` and `` `users/${id}/orders` ``. */
function collectionIn(args: string): string | undefined {
  const texts = [...args.matchAll(quoted)].flatMap(([, double, single, template]) =>
    (double ?? single ?? template ?? '').replace(/\$\{[^}]*\}/g, '').split('/'),
  );
  return texts.findLast((text) => /^[A-Za-z][\w-]{1,60}$/.test(text));
}

/** Names of the fields of an object literal, from behind its brace. */
function keysAt(text: string, from: number): string[] {
  const keys: string[] = [];
  const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}()[\],:]|[\w$]+|\.{3}|=>|[^\s]/g;
  token.lastIndex = from;
  let depth = 1;
  let last = '';
  let expects = true;
  for (let count = 0; count < 2000; count += 1) {
    const one = token.exec(text)?.[0];
    if (one === undefined) return keys;
    if (one.startsWith('//') || one.startsWith('/*')) continue;
    if (depth === 1 && expects && /^["'\w$]/.test(one)) last = one.replace(/^["']|["']$/g, '');
    else if (depth === 1 && last !== '' && (one === ':' || one === ',' || one === '}')) {
      if (/^[A-Za-z_][\w-]{0,60}$/.test(last)) keys.push(last);
      last = '';
    }
    if (depth === 1) expects = one === ',';
    if (/^[{([]$/.test(one)) depth += 1;
    else if (/^[})\]]$/.test(one) && (depth -= 1) === 0) return keys;
  }
  return keys;
}
