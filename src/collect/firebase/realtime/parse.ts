import { parseExpression } from '../language/parse-expression.ts';
import { type Expression, RulesError } from '../language/syntax.ts';

/** A rule of the Realtime Database: an expression, or the text of one that could not be read. */
export interface RealtimeRule {
  readonly at: number;
  readonly text: string;
  readonly condition?: Expression;
  /** Why it could not be read. */
  readonly odd?: string;
}

/** A place in the tree of rules. */
export interface RuleNode {
  readonly at: number;
  readonly read?: RealtimeRule;
  readonly write?: RealtimeRule;
  readonly validate?: RealtimeRule;
  readonly children: ReadonlyMap<string, RuleNode>;
  /** `$name`: whatever child has no rules of its own. */
  readonly any?: { readonly name: string; readonly node: RuleNode };
}

type Json = { readonly at: number; readonly value: string | number | boolean | null | readonly Json[] | ReadonlyMap<string, Json> };

/** Reads a rules file of the Realtime Database: JSON with comments and commas too many. Throws RulesError. */
export function parseRealtime(source: string): RuleNode {
  const whole = new Reader(source).whole();
  const rules = whole.value instanceof Map ? whole.value.get('rules') : undefined;
  if (!rules || !(rules.value instanceof Map)) throw new RulesError('there are no "rules" in it', 0);
  return nodeOf(rules);
}

function nodeOf({ at, value }: Json): RuleNode {
  const rules: Record<string, RealtimeRule> = {};
  const children = new Map<string, RuleNode>();
  let any: RuleNode['any'];
  for (const [key, inner] of value instanceof Map ? value : []) {
    if (/^\.(?:read|write|validate)$/.test(key)) rules[key.slice(1)] = ruleOf(inner);
    else if (key.startsWith('$')) any = { name: key, node: nodeOf(inner) };
    else if (!key.startsWith('.')) for (const [first, node] of nested(key, nodeOf(inner))) children.set(first, node);
  }
  return { at, ...rules, children, ...(any && { any }) };
}

/** `"a/b": {…}` is `"a": {"b": {…}}`. */
function nested(key: string, node: RuleNode): [string, RuleNode][] {
  const [first = '', ...others] = key.split('/').filter((part) => part !== '');
  if (first === '') return [];
  return [[first, others.reduceRight((inner, name): RuleNode => ({ at: node.at, children: new Map([[name, inner]]) }), node)]];
}

function ruleOf({ at, value }: Json): RealtimeRule {
  if (typeof value === 'boolean') return { at, text: String(value), condition: { is: 'literal', value, at } };
  if (typeof value !== 'string') return { at, text: '', odd: 'a rule that is no text' };
  const text = value.replace(/\s+/g, ' ').trim();
  try {
    return { at, text, condition: parseExpression(value, 'realtime') };
  } catch (error) {
    return { at, text, odd: error instanceof RulesError ? error.message : String(error) };
  }
}

const deepest = 64;

class Reader {
  private at = 0;
  private depth = 0;
  private readonly source: string;
  constructor(source: string) {
    this.source = source;
  }

  whole(): Json {
    const found = this.value();
    this.space();
    if (this.at < this.source.length) throw new RulesError('something stands after the end', this.at);
    return found;
  }

  private space(): void {
    const skipped = /(?:[\s\uFEFF]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    skipped.lastIndex = this.at;
    skipped.exec(this.source);
    this.at = skipped.lastIndex;
  }

  private take(sign: string): boolean {
    this.space();
    if (this.source[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  private value(): Json {
    this.space();
    const { at } = this;
    if ((this.depth += 1) > deepest) throw new RulesError('nested too deeply', at);
    const found = this.take('{') ? this.object() : this.take('[') ? this.list() : this.plain();
    this.depth -= 1;
    return { at, value: found };
  }

  private object(): ReadonlyMap<string, Json> {
    const found = new Map<string, Json>();
    while (!this.take('}')) {
      const key = this.value().value;
      if (typeof key !== 'string' || !this.take(':')) throw new RulesError('a name and : expected', this.at);
      found.set(key, this.value());
      if (!this.take(',') && this.source[this.at] !== '}') throw new RulesError(', or } expected', this.at);
    }
    return found;
  }

  private list(): Json[] {
    const found: Json[] = [];
    while (!this.take(']')) {
      found.push(this.value());
      if (!this.take(',') && this.source[this.at] !== ']') throw new RulesError(', or ] expected', this.at);
    }
    return found;
  }

  private plain(): string | number | boolean | null {
    // A text may run over several lines.
    const token = /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)/y;
    token.lastIndex = this.at;
    const match = token.exec(this.source);
    if (!match) throw new RulesError(`could not read ${JSON.stringify(this.source.slice(this.at, this.at + 20))}`, this.at);
    this.at = token.lastIndex;
    const text = match[1] ?? match[2];
    if (text !== undefined)
      return text.replace(/\\(?:u([\da-fA-F]{4})|([\s\S]))/g, (_, code?: string, one?: string) =>
        code === undefined
          ? ({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[one ?? ''] ?? one ?? '')
          : String.fromCharCode(Number.parseInt(code, 16)),
      );
    return match[3] === undefined ? Number(match[4]) : match[3] === 'null' ? null : match[3] === 'true';
  }
}
