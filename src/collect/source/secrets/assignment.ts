import type { Assignment } from './named.ts';

const keyword =
  '(?:secret|passw(?:or)?d|passphrase|pwd|_pass\\b|[a-z]Pass\\b|token|api[_-]?key|private[_-]?key|access[_-]?key|service[_-]?key|service[_-]?role|account[_-]?key|auth[_-]?key|encryption[_-]?key|signing[_-]?key|master[_-]?key|admin[_-]?key|app[_-]?key|jwt[_-]?key|server[_-]?key|credentials?|bearer|salt|pepper)';

/** `name = "value"`, `name: "value"`, `name || "value"`, `get("name", "value")`. Groups: rest of the name, operator, value. */
const quoted = new RegExp(
  `${keyword}([\\w-]{0,24})["'\\])!]{0,3}\\s{0,4}(?::\\s{0,2}string\\s{0,3})?(!?={1,3}>?|:=?|\\|\\||\\?\\?|,)\\s{0,4}["'\`]([^"'\`\\s]{4,300})["'\`]`,
  'gi',
);

/** `NAME=value` and `name: value` without quotes, one a line, as env, YAML and properties files have it. */
const bare = new RegExp(
  `${keyword}([\\w-]{0,24})["']?[ \\t]{0,4}(=|:)[ \\t]{0,4}["']?([^\\s"'\`#;,]{4,300})["']?[ \\t]*(?:#.*)?(?:\\r?\\n|$)`,
  'gi',
);

/** An assignment and where its value stands. */
export interface FoundAssignment extends Omit<Assignment, 'code' | 'lines'> {
  readonly start: number;
  readonly end: number;
}

/** Values assigned to names that speak of secrets. `lines` also reads unquoted values (env, YAML, properties, shell). */
export function* assignments(text: string, lines: boolean): Generator<FoundAssignment> {
  for (const pattern of lines ? [quoted, bare] : [quoted]) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const [whole, , operator = '', value = ''] = match;
      const name = nameAt(text, match.index, whole);
      // A comma is the second argument of a look-up only when the name was quoted: get("NAME", "value").
      if (operator === ',' && !isLookUp(text, match.index, name)) continue;
      const start = match.index + whole.lastIndexOf(value);
      yield {
        name,
        value,
        fallback: operator === '||' || operator === '??' || operator === ',',
        context: text.slice(Math.max(0, match.index - 160), start).toLowerCase(),
        start,
        end: start + value.length,
      };
    }
  }
}

const isLookUp = (text: string, index: number, name: string): boolean =>
  /^[A-Z][A-Z0-9_]+$/.test(name) && /\(\s*["'`][\w.-]{0,60}$/.test(text.slice(Math.max(0, index - 80), index));

/** The whole name around a keyword: letters before it in the text and after it in the match. */
function nameAt(text: string, index: number, whole: string): string {
  const before = /[\w.-]{0,60}$/.exec(text.slice(Math.max(0, index - 60), index))?.[0] ?? '';
  const after = /^[\w-]+/.exec(whole)?.[0] ?? '';
  return before + after;
}

/** Name, closing quotes, type, operator, opening quote and scheme that stand between a name and its value. */
const assigned =
  /([A-Za-z_$][\w$-]{1,60})["'\])!]{0,3}\s{0,4}(?::\s{0,2}(?:string|String)\s{0,3})?(={1,3}>?|:=?|\|\||\?\?|,)\s{0,4}(?:(?:Bearer|Basic|Token)\s)?["'`]?(?:(?:Bearer|Basic|Token)\s)?$/;

/** The name a value at `start` is assigned to, when it stands in the same line: `const KEY = "`, `KEY: '`, `KEY=`. */
export function variableAt(text: string, start: number): string | undefined {
  const before = text.slice(Math.max(0, start - 140), start);
  const [, name, operator] = assigned.exec(before.slice(before.lastIndexOf('\n') + 1)) ?? [];
  return operator === ',' && !/^[A-Z][A-Z0-9_]+$/.test(name ?? '') ? undefined : name;
}
