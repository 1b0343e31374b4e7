/** An answer, as far as the rules look at it. */
export interface Said {
  readonly status: number;
  readonly text: string;
}

/** The same request of two people: the owner's answer, and that of somebody whose it is not. */
export interface Replayed {
  readonly owner: Said;
  readonly other: Said;
  /** Whether the request carries something that may name a thing: a parameter of the path, a query, a body. */
  readonly hasParameter: boolean;
}

/** Says whether access control is broken. */
type Rule = (replayed: Replayed) => boolean;

const isGood = ({ status }: Said): boolean => status >= 200 && status < 300;

/** The simplest rule there is: whoever is answered is let in. */
export const answered: Rule = ({ other }) => isGood(other);

/**
 * Autorize's "Bypassed!" (`checkBypass` in authorization/authorization.py of Quitten/Autorize 61b1f72): the same status line and the same body, byte by
 * byte. "Is enforced???", its word for the same status with another body, asks and does not say. As it comes: no detectors set up, and a request whose
 * first answer was 304 or 204 is not looked at (`ignore304` in gui/configuration_tab.py is on).
 */
export const autorize: Rule = ({ owner, other }) =>
  owner.status !== 204 && owner.status !== 304 && owner.status === other.status && owner.text === other.text;

/** Words of which none may stand in the answer, as the template lists them. */
const refusals = [
  'error, internal server, failed, unauthorized, access denied, forbidden, method not allowed, gateway timeout, request timeout, server error, server busy',
  'authentication error, authorization error, validation error, permission denied, invalid, token expired, session expired, session timeout',
  'unexpected error, unable to process request, bad request, service unavailable, account is locked, account is blocked, multiple failed attempts',
].flatMap((line) => line.split(', '));

/** Longer than `{}` (FilterAction.java takes two from the length), and without a word of refusal in any case. */
const isTelling = ({ text }: Said): boolean => text.trim().length > 2 && !refusals.some((word) => text.toLowerCase().includes(word));

/**
 * Akto's template REPLACE_AUTH_TOKEN (Broken-Object-Level-Authorization/BOLAByChangingAuthToken.yaml of akto-api-security/tests-library d28149e): both
 * answers 2xx, telling, and at least 90 % of the values the same. What it says of private values is taken for yes wherever there is a parameter: in
 * akto-api-security/akto 4e25375 (`getPrivateResourceCount` of FilterAction.java) each parameter of a path counts, whatever was seen in it.
 */
export const akto: Rule = ({ owner, other, hasParameter }) =>
  hasParameter && [owner, other].every((one) => isGood(one) && isTelling(one)) && Math.trunc(valuesInCommon(owner.text, other.text)) >= 90;

/** Per cent of the keys under which both hold the same set of values (`compareWithOriginalResponse` of com/akto/testing/Utils.java); no JSON: all or nothing. */
function valuesInCommon(one: string, other: string): number {
  if (one.trim() === other.trim()) return 100;
  const [left, right] = [valuesOf(one), valuesOf(other)];
  if (!left || !right) return 0;
  const keys = new Set([...left.keys(), ...right.keys()]);
  if (keys.size === 0) return 100;
  const same = [...keys].filter((key) => {
    const [his, hers] = [left.get(key), right.get(key)];
    return his?.size === hers?.size && [...(his ?? [])].every((value) => hers?.has(value));
  });
  return (100 * same.length) / keys.size;
}

function valuesOf(text: string): Map<string, Set<string>> | undefined {
  const json = parsed(text);
  if (json === undefined) return undefined;
  const values = new Map<string, Set<string>>();
  const walk = (node: unknown, key: string): void => {
    if (Array.isArray(node)) for (const one of node) walk(one, `${key}#$`);
    else if (node !== null && typeof node === 'object') for (const [name, one] of Object.entries(node)) walk(one, `${key}#${name}`);
    else values.set(key, (values.get(key) ?? new Set()).add(String(node)));
  };
  walk(json, '');
  return values;
}

/**
 * bola's score (`Analyze` in internal/analyzer/analyzer.go of Mutasem-mk4/bola d0353d2, with the defaults of internal/config/config.go): 50 and more is its
 * MEDIUM. From 30 on it lists a finding as LOW too; that is not counted against it.
 */
export const bola: Rule = ({ owner, other }) => bolaScore(owner, other) >= 50;

/** 0 to 100, or less than nothing; 0 where it does not look further. */
export function bolaScore(owner: Said, other: Said): number {
  if ([401, 403, 404].includes(other.status) || owner.status >= 400) return 0;
  const [his, hers] = [flattened(owner.text), flattened(other.text)];
  const size = sizeDelta(Buffer.byteLength(owner.text), Buffer.byteLength(other.text));
  const keys = his.size + hers.size === 0 ? lengthsAlike(owner.text, other.text) : keysAlike(his, hers);
  const both = [...his.keys()].filter((key) => hers.has(key));
  const values = both.length === 0 ? 0 : both.filter((key) => his.get(key) === hers.get(key)).length / both.length;
  return (
    (other.status === owner.status ? 30 : isGood(other) ? 15 : 0) +
    (size < 0.1 ? 20 : size < 0.3 ? 10 : 0) +
    (keys > 0.85 ? 25 : keys > 0.6 ? 12 : 0) +
    (values > 0.5 ? 15 : values > 0.2 ? 7 : 0) +
    (soundsLikeError(other.text) ? -30 : 10)
  );
}

const sizeDelta = (one: number, other: number): number =>
  one === other ? 0 : one === 0 || other === 0 ? 1 : Math.abs(one - other) / Math.max(one, other);

const lengthsAlike = (one: string, other: string): number =>
  one === other ? 1 : 1 - sizeDelta(Buffer.byteLength(one), Buffer.byteLength(other));

function keysAlike(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): number {
  const common = [...one.keys()].filter((key) => other.has(key)).length;
  return common / (one.size + other.size - common);
}

/** Keys and values of an object, or of the first one in a list: what bola looks at. */
function flattened(text: string): Map<string, string> {
  const flat = new Map<string, string>();
  const walk = (object: object, prefix: string): void => {
    for (const [name, value] of Object.entries(object) as [string, unknown][]) {
      const key = prefix === '' ? name : `${prefix}.${name}`;
      if (Array.isArray(value)) {
        if (isObject(value[0])) walk(value[0], `${key}[]`);
      } else if (!isObject(value)) flat.set(key, String(value));
      else if (key.split('.').length < 6) walk(value, key);
    }
  };
  const json = parsed(text);
  const first: unknown = Array.isArray(json) ? json[0] : json;
  if (isObject(first)) walk(first, '');
  return flat;
}

const errorWords = ['error', 'unauthorized', 'forbidden', 'not found', 'access denied', 'permission denied', 'invalid token'];

function soundsLikeError(text: string): boolean {
  const json = parsed(text);
  if (isObject(json)) {
    const { success, status, ...rest } = json as Record<string, unknown>;
    if (['error', 'err', 'errors'].some((key) => ![undefined, null, '', false].includes(rest[key] as null))) return true;
    if (success === false || (typeof status === 'string' && /^(?:error|fail|failure)$/i.test(status))) return true;
  }
  return errorWords.some((word) => text.toLowerCase().includes(word));
}

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object' && !Array.isArray(value);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** By the names under which they are printed. */
export const rules: Readonly<Record<string, Rule>> = { '2xx': answered, Autorize: autorize, Akto: akto, bola };
