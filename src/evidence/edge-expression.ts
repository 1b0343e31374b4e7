import { isSessionCookie } from './session-name.ts';

/** A request as rules of Cloudflare see it; what is not said may be anything. */
export interface EdgeRequest {
  readonly host: string;
  readonly path: string;
  readonly method?: string;
  /** Of the visitor's connection; https where it is not said. */
  readonly scheme?: 'http' | 'https';
  /** `session=…`; an empty text where it has none. */
  readonly cookie?: string;
  /** It has a session cookie, whatever its name is. */
  readonly hasSession?: boolean;
  /** Names of all cookies that somebody signed in was seen to have here; they count where one of them looks like a session's. */
  readonly held?: readonly string[];
  /** Names of headers, in lower case. */
  readonly headers?: readonly string[];
  /** It comes from an address that nobody wrote a rule for, and from no known crawler. */
  readonly isStranger?: boolean;
}

/** `undefined`: it hangs on something that is not known here. */
type Truth = boolean | undefined;
type Value = string | readonly string[] | undefined;

const not = (one: Truth): Truth => (one === undefined ? undefined : !one);
const both = (a: Truth, b: Truth): Truth => (a === false || b === false ? false : a === undefined || b === undefined ? undefined : true);
const either = (a: Truth, b: Truth): Truth => (a === true || b === true ? true : a === undefined || b === undefined ? undefined : false);

const tokenPattern =
  /\s*(?:(r"[^"]*"|r#"(?:[^"]|"(?!#))*"#)|("(?:[^"\\]|\\.)*")|(\{[^}]*\}|\$[\w.]+)|(\d+(?:\.\d+){3}(?:\/\d+)?|[\da-fA-F]*:[\da-fA-F:.]*(?:\/\d+)?)|([A-Za-z_][\w.]*(?:\[(?:"[^"]*"|\*|\d+)\])*)|(\d+)|(&&|\|\||\^\^|==|!=|~|!|[(),]))/y;

/**
 * Whether a rule's expression (https://developers.cloudflare.com/ruleset-engine/rules-language/) holds for a request. The part of the language that paths, hosts,
 * methods, cookies and names of headers are asked with; all else is `undefined`, and so is what cannot be read.
 */
export function holds(expression: string, request: EdgeRequest): Truth {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  const text = expression.trim();
  while (tokenPattern.lastIndex < text.length) {
    const found = tokenPattern.exec(text);
    if (!found) return undefined;
    const token = found[0].trim();
    // Raw strings, in which nothing is escaped, as the dashboard writes them.
    tokens.push(found[1] === undefined ? token : `"${token.replace(/^r#?"|"#?$/g, '').replace(/["\\]/g, '\\$&')}"`);
  }
  let at = 0;
  // A text nested deeper than any that somebody wrote.
  if (tokens.filter((one) => one === '(').length > 200) return undefined;
  const next = (): string | undefined => tokens[at];
  const take = (): string => tokens[at++] ?? '';
  const takes = (...words: readonly string[]): boolean => words.includes(next() ?? '') && take() !== '';

  const anyOf = (): Truth => {
    let truth = xor();
    while (takes('or', '||')) truth = either(truth, xor());
    return truth;
  };
  const xor = (): Truth => {
    let truth = allOf();
    while (takes('xor', '^^')) {
      const other = allOf();
      truth = truth === undefined || other === undefined ? undefined : truth !== other;
    }
    return truth;
  };
  const allOf = (): Truth => {
    let truth = one();
    while (takes('and', '&&')) truth = both(truth, one());
    return truth;
  };
  const one = (): Truth => {
    if (takes('not', '!')) return not(one());
    if (takes('(')) {
      const truth = anyOf();
      if (!takes(')')) at = tokens.length + 1;
      return truth;
    }
    if (takes('true')) return true;
    if (takes('false')) return false;
    if (next() === 'any' && tokens[at + 1] === '(') {
      at += 2;
      const truth = anyOf();
      if (!takes(')')) at = tokens.length + 1;
      return truth;
    }
    const isAddress = request.isStranger === true && next() === 'ip.src';
    const isSession = request.hasSession === true && next() === 'http.cookie';
    const value = operand();
    if (typeof value === 'boolean') return value;
    const operator = next() ?? '';
    if (!/^(?:eq|==|ne|!=|contains|in|matches|~|wildcard|strict|lt|le|gt|ge)$/.test(operator)) return undefined;
    take();
    if (operator === 'strict') take();
    if (isAddress) return ofStranger(operator, take());
    return isSession ? ofSession(operator, take(), request.held) : compared(value, operator, take());
  };
  const operand = (): Value | boolean => {
    const name = take();
    if (next() !== '(') return name.startsWith('"') ? unquoted(name) : field(name, request);
    take();
    const given: (Value | boolean)[] = [];
    while (next() !== undefined && next() !== ')') {
      given.push(operand());
      takes(',');
    }
    if (!takes(')')) at = tokens.length + 1;
    return called(name, given);
  };
  const truth = anyOf();
  return at === tokens.length ? truth : undefined;
}

const unquoted = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, '$1');

/** What is said of the address of a stranger: it is in no list, but for one of all addresses. */
function ofStranger(operator: string, against: string): Truth {
  const isAll = /(?:^|[\s{])(?:0\.0\.0\.0|::)\/0(?=$|[\s}])/.test(against);
  if (['eq', '==', 'in'].includes(operator)) return isAll;
  return operator === 'ne' || operator === '!=' ? !isAll : undefined;
}

/** Words by which session cookies of common frameworks are known. */
export const sessionWords = ['session', 'sess', 'sb-', 'auth', 'sid', 'token', 'jwt'];

/** Whether a text of a rule (`*sb-access-token=*`) names a session cookie, as far as names tell: by whole words, as `inside_promo` is none. */
export function isSessionWord(text: string): boolean {
  const name = text.replace(/=.*$/s, '').replace(/^[.*;\s]+|[.*\s]+$/g, '');
  return isSessionCookie(name) || /^sb-/i.test(name);
}

/**
 * Whether a text of a rule is for the cookies of somebody signed in. Where it is known which he has, it must stand in the name of one that looks like a session's
 * (`isIn`, of `name=`); a whole name (`session=`) that is none of his is for others, and all else may stand in a value. Where nobody knows, a rule that speaks
 * of a session means his.
 */
export function isOfSession(text: string, held: readonly string[] = [], isIn: (cookie: string) => boolean): Truth {
  const sessions = held.filter(isSessionCookie);
  if (sessions.length === 0) return isSessionWord(text) ? true : undefined;
  if (sessions.some((name) => isIn(`${name}=`))) return true;
  // A long one is sent in parts, `name.0` and so on, and a shorter one in one.
  const isHeld = held.some((name) => isIn(`${name}=`) || isIn(`${name.replace(/\.\d+$/, '')}=`));
  return /^[.*;\s]*[\w.-]+=[.*]*$/.test(text) && !isHeld ? false : undefined;
}

/** What is said of the cookies of somebody signed in, whose names may be known. */
function ofSession(operator: string, against: string, held?: readonly string[]): Truth {
  if (!against.startsWith('"')) return undefined;
  const text = unquoted(against);
  if (text === '') return operator === 'ne' || operator === '!=' || operator === 'contains' ? true : operator === 'eq' ? false : undefined;
  if (operator === 'contains') return isOfSession(text, held, (cookie) => cookie.includes(text.replace(/^[;\s]+/, '')));
  // A value follows, which nobody knows.
  if (operator === 'wildcard') return isOfSession(text, held, (cookie) => matchesWildcard(`${cookie.toLowerCase()}\0`, text.toLowerCase()));
  return undefined;
}

function field(name: string, { host, path, method, scheme = 'https', cookie, hasSession, headers, isStranger }: EdgeRequest) {
  switch (name) {
    case 'ssl':
      return scheme === 'https';
    case 'http.request.scheme':
      return scheme;
    case 'cf.client.bot':
      return isStranger === true ? false : undefined;
    case 'http.host':
      return host;
    case 'http.request.uri.path':
    case 'raw.http.request.uri.path':
    case 'http.request.uri':
      return path;
    case 'http.request.full_uri':
      return `${scheme}://${host}${path}`;
    case 'http.request.method':
      return method;
    case 'http.cookie':
      return hasSession === true ? undefined : cookie;
    case 'http.request.headers.names':
    case 'http.request.headers.names[*]':
      return headers;
    case 'http.request.uri.path.extension':
      return /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
    default:
      return undefined;
  }
}

function called(name: string, [first, second]: readonly (Value | boolean)[]): Value | boolean {
  if (typeof first !== 'string') return undefined;
  if (name === 'lower') return first.toLowerCase();
  if (name === 'upper') return first.toUpperCase();
  if (typeof second !== 'string') return undefined;
  if (name === 'starts_with') return first.startsWith(second);
  if (name === 'ends_with') return first.endsWith(second);
  return undefined;
}

/** A list holds where one of it does. */
function compared(value: Value, operator: string, against: string): Truth {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return value.reduce<Truth>((truth, one) => either(truth, compared(one, operator, against)), false);
  if (operator === 'in') {
    if (!against.startsWith('{')) return undefined;
    return [...against.matchAll(/"((?:[^"\\]|\\.)*)"/g)].some(([, one]) => one?.replace(/\\(.)/g, '$1') === value);
  }
  if (!against.startsWith('"')) return undefined;
  const text = unquoted(against);
  switch (operator) {
    case 'eq':
    case '==':
      return value === text;
    case 'ne':
    case '!=':
      return value !== text;
    case 'contains':
      return value.includes(text);
    case 'wildcard':
      return matchesWildcard(value.toLowerCase(), text.toLowerCase());
    case 'strict':
      return matchesWildcard(value, text);
    default:
      // Patterns are not run: they are somebody else's, and may never end.
      return undefined;
  }
}

/** `*` stands for any text, also of page rules. In one pass, so that no pattern takes long. */
export function matchesWildcard(text: string, pattern: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return text === pattern;
  const [first = '', ...rest] = parts;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
