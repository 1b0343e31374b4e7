import { type Expression, RulesError } from './syntax.ts';
import { Tokens, unquoted } from './tokens.ts';

/** Firestore and Storage share a language; the Realtime Database has regular expressions instead of paths. */
export type Dialect = 'rules' | 'realtime';

const binding: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '===': 3,
  '!==': 3,
  in: 4,
  is: 4,
  '<': 5,
  '>': 5,
  '<=': 5,
  '>=': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
};
const deepest = 200;
/** Operators in a row: Firebase evaluates a thousand expressions at most. */
const longest = 500;

/** Reads one expression where the tokens stand. Throws RulesError. */
export function readExpression(tokens: Tokens, dialect: Dialect): Expression {
  return new Reader(tokens, dialect).expression(0);
}

/** Reads a text that is one expression. Throws RulesError. */
export function parseExpression(source: string, dialect: Dialect = 'rules'): Expression {
  const tokens = new Tokens(source);
  const expression = readExpression(tokens, dialect);
  tokens.take(';');
  const rest = tokens.peek();
  if (rest.kind !== 'end') throw new RulesError(`unexpected ${JSON.stringify(rest.text.slice(0, 30))}`, rest.at);
  return expression;
}

class Reader {
  private depth = 0;
  private readonly tokens: Tokens;
  private readonly dialect: Dialect;
  constructor(tokens: Tokens, dialect: Dialect) {
    this.tokens = tokens;
    this.dialect = dialect;
  }

  expression(least: number): Expression {
    const { at } = this.tokens.peek();
    if ((this.depth += 1) > deepest) throw new RulesError('nested too deeply', at);
    let left = this.unary();
    for (let count = 0; ; count += 1) {
      const next = this.tokens.peek();
      if (count > longest) throw new RulesError('a condition that is too long', next.at);
      const power = next.kind === 'sign' || next.kind === 'word' ? Object.hasOwn(binding, next.text) && (binding[next.text] ?? 0) : 0;
      if (power === false || power <= least) break;
      this.tokens.next();
      left = { is: 'binary', operator: next.text.slice(0, 2), left, right: this.expression(power), at };
    }
    if (least === 0 && this.tokens.take('?')) {
      const met = this.expression(0);
      this.tokens.expect(':');
      left = { is: 'choice', test: left, met, unmet: this.expression(0), at };
    }
    this.depth -= 1;
    return left;
  }

  private unary(): Expression {
    const { at } = this.tokens.peek();
    if ((this.depth += 1) > deepest) throw new RulesError('nested too deeply', at);
    const found = this.tokens.take('!')
      ? ({ is: 'not', of: this.unary(), at } as const)
      : this.tokens.take('-')
        ? ({ is: 'minus', of: this.unary(), at } as const)
        : this.postfix(this.primary());
    this.depth -= 1;
    return found;
  }

  private postfix(start: Expression): Expression {
    let value = start;
    for (let count = 0; ; count += 1) {
      const { at } = value;
      if (count > deepest) throw new RulesError('nested too deeply', at);
      if (this.tokens.take('.')) value = { is: 'member', of: value, name: this.tokens.word(), at };
      else if (this.tokens.take('(')) value = { is: 'call', callee: value, args: this.list(')'), at };
      else if (this.tokens.take('[')) value = this.bracket(value);
      else return value;
    }
  }

  private bracket(of: Expression): Expression {
    const { at } = of;
    const from = this.tokens.peek().text === ':' ? undefined : this.expression(0);
    if (from && this.tokens.take(']')) return { is: 'index', of, key: from, at };
    this.tokens.expect(':');
    const to = this.tokens.peek().text === ']' ? undefined : this.expression(0);
    this.tokens.expect(']');
    return { is: 'slice', of, ...(from && { from }), ...(to && { to }), at };
  }

  private list(close: string): Expression[] {
    const items: Expression[] = [];
    while (!this.tokens.take(close)) {
      items.push(this.expression(0));
      if (!this.tokens.take(',') && this.tokens.peek().text !== close) this.tokens.expect(close);
    }
    return items;
  }

  private map(at: number): Expression {
    const entries: [Expression, Expression][] = [];
    while (!this.tokens.take('}')) {
      const key = this.expression(0);
      this.tokens.expect(':');
      entries.push([key, this.expression(0)]);
      if (!this.tokens.take(',') && this.tokens.peek().text !== '}') this.tokens.expect('}');
    }
    return { is: 'map', entries, at };
  }

  private primary(): Expression {
    const start = this.tokens.peek();
    const { at } = start;
    if (start.text === '/') return this.dialect === 'rules' ? this.path() : this.regex();
    const { kind, text } = this.tokens.next();
    if (kind === 'number') return { is: 'number', value: Number(text), float: /[.eE]/.test(text), at };
    if (kind === 'text') return { is: 'literal', value: unquoted(text), at };
    if (kind === 'bytes') return { is: 'bytes', value: unquoted(text.slice(1)), at };
    if (kind === 'word') {
      if (text === 'true' || text === 'false') return { is: 'literal', value: text === 'true', at };
      return text === 'null' ? { is: 'literal', value: null, at } : { is: 'name', name: text, at };
    }
    if (text === '(') {
      const inner = this.expression(0);
      this.tokens.expect(')');
      return inner;
    }
    if (text === '[') return { is: 'list', items: this.list(']'), at };
    if (text === '{') return this.map(at);
    throw new RulesError(text === '' ? 'an expression expected, the file ends' : `unexpected ${text}`, at);
  }

  private path(): Expression {
    const { at } = this.tokens.peek();
    const part = /\s*\/(?:(\$\()|\{\s*(\w+)\s*\}|([^\s/$(){}[\],;:&|=!<>?]+|\(default\)))/y;
    const segments: (string | Expression)[] = [];
    let end = at;
    for (;;) {
      part.lastIndex = end;
      const match = part.exec(this.tokens.source);
      if (!match) break;
      const [, computed, variable, text] = match;
      end = part.lastIndex;
      if (computed !== undefined) {
        this.tokens.seek(end);
        segments.push(this.expression(0));
        const close = this.tokens.peek();
        this.tokens.expect(')');
        end = close.at + 1;
      } else segments.push(text ?? ({ is: 'name', name: variable ?? '', at } as const));
    }
    if (segments.length === 0) throw new RulesError('unexpected /', at);
    this.tokens.seek(end);
    return { is: 'path', segments, at };
  }

  private regex(): Expression {
    const { at } = this.tokens.peek();
    const pattern = /\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/y;
    pattern.lastIndex = at;
    const match = pattern.exec(this.tokens.source);
    if (!match) throw new RulesError('unexpected /', at);
    this.tokens.seek(pattern.lastIndex);
    return { is: 'regex', value: match[1] ?? '', flags: match[2] ?? '', at };
  }
}
