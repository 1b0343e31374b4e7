/** Expressions of Firebase's rules languages, as far as they matter for who passes. */
export type Expression =
  | { readonly is: 'literal'; readonly value: string | number | boolean | null }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'member'; readonly of: Expression; readonly name: string }
  | { readonly is: 'call'; readonly callee: Expression; readonly args: readonly Expression[] }
  | { readonly is: 'index'; readonly of: Expression; readonly at: Expression }
  | { readonly is: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly is: 'not'; readonly of: Expression }
  | { readonly is: 'choice'; readonly test: Expression; readonly met: Expression; readonly unmet: Expression }
  | { readonly is: 'list'; readonly of: readonly Expression[] }
  /** `/databases/$(database)/documents/users/$(request.auth.uid)`: its parts, texts and expressions. */
  | { readonly is: 'path'; readonly text: string; readonly of: readonly Expression[] };

const token =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<word>[A-Za-z_$][\w$]*)|(?<number>\d+(?:\.\d+)?)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]{}=;])/y;

interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

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
const deepest = 60;

/** Reads one expression; throws an Error on anything that is none. */
export function parseExpression(source: string): Expression {
  const parser = new Parser(source);
  const expression = parser.expression(0);
  parser.expectEnd();
  return expression;
}

class Parser {
  private at = 0;
  private depth = 0;
  private readonly source: string;
  constructor(source: string) {
    this.source = source;
  }

  private peek(): Token {
    let at = this.at;
    for (;;) {
      if (at >= this.source.length) return { kind: 'end', text: '', at };
      token.lastIndex = at;
      const match = token.exec(this.source);
      if (!match) throw new Error(`unexpected ${JSON.stringify(this.source.slice(at, at + 10))}`);
      const { word, number, text, sign } = match.groups ?? {};
      if (word !== undefined) return { kind: 'word', text: word, at };
      if (number !== undefined) return { kind: 'number', text: number, at };
      if (text !== undefined) return { kind: 'text', text, at };
      if (sign !== undefined) return { kind: 'sign', text: sign, at };
      at = token.lastIndex;
    }
  }

  private next(): Token {
    const found = this.peek();
    this.at = found.at + found.text.length;
    return found;
  }

  private take(text: string): boolean {
    if (this.peek().text !== text) return false;
    this.next();
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw new Error(`${text} expected`);
  }

  expectEnd(): void {
    this.take(';');
    if (this.peek().kind !== 'end') throw new Error(`unexpected ${this.peek().text}`);
  }

  expression(least: number): Expression {
    this.depth += 1;
    if (this.depth > deepest) throw new Error('nested too deeply');
    let left = this.unary();
    for (;;) {
      const operator = this.peek().text;
      const power = Object.hasOwn(binding, operator) ? (binding[operator] ?? 0) : 0;
      if (power <= least) break;
      this.next();
      left = { is: 'binary', operator, left, right: this.expression(power) };
    }
    if (least === 0 && this.take('?')) {
      const met = this.expression(0);
      this.expect(':');
      left = { is: 'choice', test: left, met, unmet: this.expression(0) };
    }
    this.depth -= 1;
    return left;
  }

  private unary(): Expression {
    if (this.take('!')) return { is: 'not', of: this.unary() };
    if (this.take('-')) return this.unary();
    return this.postfix(this.primary());
  }

  private postfix(start: Expression): Expression {
    let value = start;
    for (;;) {
      if (this.take('.')) value = { is: 'member', of: value, name: this.next().text };
      else if (this.take('(')) value = { is: 'call', callee: value, args: this.list(')') };
      else if (this.take('[')) {
        value = { is: 'index', of: value, at: this.expression(0) };
        // A slice such as [0:2].
        if (this.take(':')) this.expression(0);
        this.expect(']');
      } else return value;
    }
  }

  private list(close: string): Expression[] {
    const items: Expression[] = [];
    while (!this.take(close)) {
      items.push(this.expression(0));
      if (this.take(':')) items.push(this.expression(0));
      if (!this.take(',') && this.peek().text !== close) throw new Error(`${close} expected`);
    }
    return items;
  }

  private primary(): Expression {
    const start = this.peek();
    if (start.text === '/') return this.path();
    const { kind, text } = this.next();
    if (kind === 'number') return { is: 'literal', value: Number(text) };
    if (kind === 'text') return { is: 'literal', value: text.slice(1, -1) };
    if (kind === 'word') {
      if (text === 'true' || text === 'false') return { is: 'literal', value: text === 'true' };
      return text === 'null' ? { is: 'literal', value: null } : { is: 'name', name: text };
    }
    if (text === '(') {
      const inner = this.expression(0);
      this.expect(')');
      return inner;
    }
    if (text === '[') return { is: 'list', of: this.list(']') };
    if (text === '{') return { is: 'list', of: this.list('}') };
    throw new Error(text === '' ? 'unexpected end' : `unexpected ${text}`);
  }

  private path(): Expression {
    const from = this.peek().at;
    const part = /\/(?:\$\(|[\w.{}=*-]+)/y;
    const of: Expression[] = [];
    this.at = from;
    for (;;) {
      part.lastIndex = this.at;
      const match = part.exec(this.source);
      if (!match) break;
      this.at = part.lastIndex;
      if (!match[0].endsWith('$(')) continue;
      of.push(this.expression(0));
      this.expect(')');
    }
    if (this.at === from) throw new Error('unexpected /');
    return { is: 'path', text: this.source.slice(from, this.at), of };
  }
}
