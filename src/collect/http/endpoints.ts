import type { Endpoint } from '../../evidence/http.ts';
import type { Document } from './document.ts';

const maxAddress = 300;
/** Literals read in one script at most: a generated file full of addresses must not take for ever. */
const maxLiterals = 5000;
const verbs = 'get|post|put|patch|delete|head';
/** A literal that can only be an API path, wherever it stands. */
const apiLiteral = /(["'`])(?=\/(?:api|rest\/v1|functions\/v1|graphql|trpc|_api|\.netlify\/functions|server\/api)\b)/g;
/** The first argument of a call that sends a request. */
const call = new RegExp(
  `(?<![\\w$])(?:fetch|\\$fetch|axios|ky|got|useFetch|useSWR)(?:\\.(?:${verbs}|request))?\\(\\s*(["'\`])(?=\\/[\\w:]|https?:\\/\\/|\\$\\{)`,
  'g',
);
/** A whole address with an API path. */
const apiUrl = /(["'`])(?=https?:\/\/[\w.-]{1,120}(?::\d{1,5})?\/(?:[\w/.-]{0,80}\/)?(?:api|rest\/v1|functions\/v1|graphql|trpc)\b)/g;
/** Addresses that libraries carry: Supabase Realtime's own path, below the project's host. */
const carried = new Set(['/api/broadcast']);
const asset = /\.(?:m?js|css|map|png|jpe?g|svg|gif|webp|ico|woff2?|ttf|json|txt|xml|pdf|wasm|html?)$/i;

/** API addresses a script names in its own text: literal paths, unknown parts as `:param`. Duplicates are left to the caller. */
export function endpointsIn(text: string, script: string): Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const pattern of [call, apiLiteral, apiUrl]) {
    pattern.lastIndex = 0;
    let tried = 0;
    for (let match = pattern.exec(text); match && tried < maxLiterals; match = pattern.exec(text)) {
      tried += 1;
      const start = pattern.lastIndex;
      const head = readLiteral(text, start, match[1] ?? '"');
      const literal = head && readJoined(text, head);
      const url = literal && tidy(literal.value);
      if (!literal || url === undefined) continue;
      const method = methodAt(text, match.index, literal.end);
      found.set(`${start}`, { ...(method !== undefined && { method }), url, script });
    }
  }
  const unique = new Map<string, Endpoint>();
  for (const endpoint of found.values()) unique.set(`${endpoint.method ?? ''} ${endpoint.url}`, endpoint);
  return [...unique.values()];
}

/** Addresses that the forms of a page send to with POST. */
export function formsOf({ html, base, reply }: Document): Endpoint[] {
  return html.tags.flatMap(({ name, attributes }) => {
    const action = attributes.get('action') ?? '';
    if (name !== 'form' || !/^post$/i.test(attributes.get('method') ?? '') || !URL.canParse(action, base.href)) return [];
    const url = new URL(action, base);
    const own = url.origin === reply.url.origin;
    return url.protocol === 'http:' || url.protocol === 'https:'
      ? [{ method: 'POST', url: own ? url.pathname : url.origin + url.pathname, script: reply.url.href }]
      : [];
  });
}

/** Reads a string or template up to its quote; each `${...}` becomes `:param`. */
function readLiteral(text: string, start: number, quote: string): { value: string; end: number } | undefined {
  let value = '';
  for (let at = start; at < text.length && at - start < maxAddress; at += 1) {
    const char = text[at];
    if (char === quote) return { value, end: at + 1 };
    if (char === '\n' || char === '\\' || char === ' ' || char === '<' || char === '>') return undefined;
    if (quote === '`' && char === '$' && text[at + 1] === '{') {
      const end = closingBrace(text, at + 1);
      if (end === undefined) return undefined;
      value += ':param';
      at = end;
    } else value += char;
  }
  return undefined;
}

// What minifiers make of a template: "/api/orders/".concat(e.id,"/lines") or "/api/orders/"+e.id+"/lines".
function readJoined(text: string, head: { value: string; end: number }): { value: string; end: number } {
  const concat = text.startsWith('.concat(', head.end);
  if (!concat && text[head.end] !== '+') return head;
  let { value } = head;
  let depth = 0;
  let piece = '';
  const add = (): void => {
    const literal = /^\s*(["'`])([\w/.:?=&-]*)\1\s*$/.exec(piece)?.[2];
    value += literal ?? (piece.trim() === '' ? '' : ':param');
    piece = '';
  };
  let at = head.end + (concat ? '.concat('.length : 1);
  for (const limit = Math.min(text.length, at + maxAddress); at < limit; at += 1) {
    const char = text[at] ?? '';
    if (depth === 0 && (char === ')' || char === ';' || char === '}' || (char === ',' && !concat))) break;
    if (depth === 0 && char === (concat ? ',' : '+')) {
      add();
      continue;
    }
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    piece += char;
  }
  add();
  return { value, end: concat ? at + 1 : at };
}

function closingBrace(text: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < text.length && at - open < maxAddress; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && (depth -= 1) === 0) return at;
  }
  return undefined;
}

function tidy(literal: string): string | undefined {
  // A base address that is filled in at run time: only a path that is an API's by name can still be placed.
  const path = literal.replace(/^:param(?=\/)/, '');
  if (path !== literal && !/^\/(api|rest\/v1|functions\/v1|graphql|trpc)\b/.test(path)) return undefined;
  const [address = ''] = path.split(/[?#]/, 1);
  const trimmed = address.length > 1 ? address.replace(/\/+$/, '') : address;
  if (
    trimmed === '' ||
    trimmed === '/' ||
    asset.test(trimmed) ||
    carried.has(trimmed) ||
    !/^(\/[\w:]|\/\.netlify|https?:\/\/[\w.-]+[/:])/.test(trimmed)
  )
    return undefined;
  return trimmed;
}

const calledAs = new RegExp(`\\.(${verbs})\\(\\s*["'\`]?$`, 'i');
const calledBy = new RegExp(`^[\\w$]+\\.(${verbs})\\(`, 'i');

function methodAt(text: string, start: number, end: number): string | undefined {
  const named = calledAs.exec(text.slice(Math.max(0, start - 12), start + 1))?.[1] ?? calledBy.exec(text.slice(start, end))?.[1];
  if (named !== undefined) return named.toUpperCase();
  // The options follow the address; they end before the next request.
  const options = text.slice(end, end + 240).split(/\bfetch\(|\baxios\b|;/, 1)[0] ?? '';
  return /^\s*,\s*\{[^]*?\bmethod:\s*["'`]([A-Za-z]{3,7})["'`]/.exec(options)?.[1]?.toUpperCase();
}
