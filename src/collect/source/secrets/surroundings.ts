import { normaliseName } from './named.ts';

/** A value under a name and where it stands. */
interface Named {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** A value in code that is no secret there, whatever its name says, by what stands around it. `kind` is what its name makes of it. */
export const isHarmlessThere = (text: string, named: Named, kind: string): boolean =>
  isRefused(text, named, kind) || isSocketKey(text, named) || (kind === 'password' && isDocumented(text, named.start));

const longest = 4000;

/** Where the bracket opens that encloses `at`; -1 when there is none near. Brackets in strings come in pairs as a rule. */
function opening(text: string, at: number): number {
  let depth = 0;
  for (let index = at - 1; index >= Math.max(0, at - longest); index--) {
    const letter = text[index] ?? '';
    if (')]}'.includes(letter)) depth++;
    else if ('([{'.includes(letter) && depth-- === 0) return index;
  }
  return -1;
}

/** The keys that stand in an object itself, not in what it holds. */
function keysOf(text: string, open: number): Set<string> {
  const keys = new Set<string>();
  let depth = 0;
  for (const token of text.slice(open, open + longest).matchAll(/[([{]|[)\]}]|(?<=[\s,{])["']?([A-Za-z_]\w*)["']?\s*:/g)) {
    if ('([{'.includes(token[0])) depth++;
    else if (')]}'.includes(token[0])) depth--;
    else if (depth === 1 && token[1] !== undefined) keys.add(token[1]);
    if (depth === 0) break;
  }
  return keys;
}

const env = String.raw`(?:process\.env|import\.meta\.env|env|config)(?:\.\w+|\[[^\]]+\])`;
const comparesEnv = new RegExp(`${env}\\s*[!=]==?\\s*(?!undefined|null|['"\`])\\w|(?:includes|has)\\(\\s*${env}`);
const fillsIn = new RegExp(`${env}\\s*(?:\\?\\?|\\|\\|)|${env}\\s*=(?!=)`);

/**
 * True for values that the app refuses: a guessable text that a setting is compared with, or a list of them of which nothing is used but for
 * that comparison.
 */
function isRefused(text: string, { name: under, start }: Named, kind: string): boolean {
  if (!kind.startsWith('guessable-')) return false;
  // What the caller sends is compared to let them in.
  if (/(?:^|\.)(?:env|config)\.\w+$/.test(under) && /[!=]==?\s*["'`]$/.test(text.slice(Math.max(0, start - 12), start))) return true;
  const open = opening(text, start);
  const list =
    open < 0
      ? undefined
      : /(?<!export\s)\bconst\s+(\w+)[^=;\n]*=\s*(?:new\s+Set\(\s*)?\[?\s*$/.exec(text.slice(Math.max(0, open - 120), open));
  const name = list?.[1];
  if (name === undefined || /\bexport\s+const\b[^\n]*$/.test(text.slice(Math.max(0, open - 120), open))) return false;
  const uses = [...text.matchAll(new RegExp(`(?<![\\w$.])${name}\\b`, 'g'))].filter(({ index }) => index > open);
  return (
    uses.length > 0 &&
    uses.every(({ index }) => {
      const around = text.slice(Math.max(0, index - 60), index + 240);
      return comparesEnv.test(around) && !fillsIn.test(around);
    })
  );
}

/** True for the app key of the Pusher protocol (Pusher, Laravel Reverb, Soketi): every client sends it; the secret beside it signs. */
function isSocketKey(text: string, { name, value, start }: Named): boolean {
  const known = normaliseName(name);
  if (!/^(?:\w+_)?KEY$/.test(known) || /SECRET|PRIVATE/.test(known) || !/^[a-z0-9]{16,40}$/i.test(value)) return false;
  if (/(?:^|_)(?:PUSHER|REVERB|SOKETI)_(?:APP_|API_)?KEY$/.test(known)) return true;
  if (!/^(?:API_|APP_)?KEY$/.test(known)) return false;
  const plain = name.split('.').pop() ?? name;
  if (
    new RegExp(`/app/(?:\\$\\{?[\\w.]*|['"]\\s*\\+\\s*[\\w.]*)(?<![A-Za-z0-9])${plain}\\b`).test(text) &&
    /\bwss?\b|websocket/i.test(text)
  )
    return true;
  let open = opening(text, start);
  if (text[open] === '{' && /\bbroadcaster\s*:\s*['"](?:pusher|reverb)/.test(text.slice(open, open + 400))) return true;
  if (text[open] === '{') open = opening(text, open);
  return text[open] === '(' && /(?:pusher|reverb|soketi)[\w.]*$/i.test(text.slice(Math.max(0, open - 60), open));
}

/** True in the sample body of a described endpoint: `{ method, endpoint, description, body: { password: '…' } }`. */
function isDocumented(text: string, start: number): boolean {
  const body = opening(text, start);
  if (
    body < 0 ||
    !/["']?(?:body|request|requestBody|response|payload|params|example|sample)["']?\s*:\s*$/.test(text.slice(Math.max(0, body - 40), body))
  )
    return false;
  const open = opening(text, body);
  if (open < 0 || text[open] !== '{') return false;
  const keys = keysOf(text, open);
  const has = (...names: readonly string[]): boolean => names.some((name) => keys.has(name));
  return has('method', 'verb') && has('endpoint', 'path', 'url', 'route') && has('description', 'summary', 'response', 'responses');
}
