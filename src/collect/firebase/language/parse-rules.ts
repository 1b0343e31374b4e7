import { readExpression } from './parse-expression.ts';
import { type Allow, type Match, type RuleFunction, RulesError, type Ruleset, type Segment } from './syntax.ts';
import { Tokens, unquoted } from './tokens.ts';

const verbs = new Set(['read', 'get', 'list', 'write', 'create', 'update', 'delete']);
const deepest = 40;

interface Block {
  allows: Allow[];
  functions: Map<string, RuleFunction>;
  matches: Match[];
}
const emptyBlock = (): Block => ({ allows: [], functions: new Map(), matches: [] });

/** Reads a Firestore or Storage rules file: one ruleset for each service in it. Throws RulesError. */
export function parseRules(file: string, source: string): Ruleset[] {
  return new Reader(file, source).read();
}

class Reader {
  private readonly tokens: Tokens;
  private readonly file: string;
  constructor(file: string, source: string) {
    this.file = file;
    this.tokens = new Tokens(source.replace(/^\uFEFF/, ' '));
  }

  read(): Ruleset[] {
    const { tokens } = this;
    const lines = lineStarts(tokens.source);
    const outside = new Map<string, RuleFunction>();
    const services: { product: Ruleset['product']; block: Block }[] = [];
    let version: 1 | 2 = 1;
    for (;;) {
      const { at, kind, text } = tokens.peek();
      if (kind === 'end') break;
      if (tokens.take(';')) continue;
      if (tokens.take('rules_version')) {
        tokens.expect('=');
        if (unquoted(tokens.next().text) === '2') version = 2;
      } else if (text === 'function') this.function(outside);
      else if (tokens.take('service')) services.push(this.service(at));
      else throw new RulesError(`could not read ${JSON.stringify(text.slice(0, 30))}`, at);
    }
    return services.map(({ product, block }) => ({
      file: this.file,
      version,
      product,
      functions: new Map([...outside, ...block.functions]),
      matches: block.matches,
      line: (at) => lineAt(lines, at),
    }));
  }

  private service(at: number): { product: Ruleset['product']; block: Block } {
    const name = [this.tokens.word()];
    while (this.tokens.take('.')) name.push(this.tokens.word());
    const service = name.join('.');
    if (service !== 'cloud.firestore' && service !== 'firebase.storage')
      throw new RulesError(`unknown service ${service.slice(0, 40)}`, at);
    this.tokens.expect('{');
    return { product: service === 'cloud.firestore' ? 'firestore' : 'storage', block: this.block(0) };
  }

  private block(depth: number): Block {
    const { tokens } = this;
    const block = emptyBlock();
    while (!tokens.take('}')) {
      const { at, text } = tokens.peek();
      if (depth > deepest) throw new RulesError('nested too deeply', at);
      if (tokens.take(';')) continue;
      if (text === 'function') this.function(block.functions);
      else if (tokens.take('match')) {
        const pattern = this.pattern();
        tokens.expect('{');
        block.matches.push({ pattern, ...this.block(depth + 1), at });
      } else if (tokens.take('allow')) block.allows.push(this.allow(at));
      else if (text === '') throw new RulesError('} expected, the file ends', at);
      else throw new RulesError(`could not read ${JSON.stringify(text.slice(0, 30))}`, at);
    }
    return block;
  }

  private pattern(): Segment[] {
    const { at } = this.tokens.peek();
    const part = /\s*\/(?:\{\s*(\w+)\s*(=\s*\*\*)?\s*(?:=\s*\*\s*)?\}|(\(default\)|[^\s/{}]+))/y;
    const found: Segment[] = [];
    part.lastIndex = at;
    let end = at;
    for (;;) {
      part.lastIndex = end;
      const match = part.exec(this.tokens.source);
      if (!match) break;
      end = part.lastIndex;
      const [, name, rest, text] = match;
      found.push(text === undefined ? { is: rest === undefined ? 'any' : 'rest', name: name ?? '' } : { is: 'text', text });
    }
    if (found.length === 0) throw new RulesError('a path expected after match', at);
    this.tokens.seek(end);
    // `match /users/{id}/ {`: a slash at the end means nothing.
    this.tokens.take('/');
    return found;
  }

  private allow(at: number): Allow {
    const { tokens } = this;
    const list = [tokens.word()];
    while (tokens.take(',')) list.push(tokens.word());
    const odd = list.find((verb) => !verbs.has(verb));
    if (odd !== undefined) throw new RulesError(`there is no verb ${odd.slice(0, 30)}`, at);
    if (!tokens.take(':')) {
      tokens.take(';');
      return { verbs: list, at, text: 'true' };
    }
    tokens.expect('if');
    const start = tokens.peek().at;
    const condition = readExpression(tokens, 'rules');
    const text = oneLine(tokens.source.slice(start, tokens.peek().at));
    tokens.take(';');
    return { verbs: list, condition, at, text };
  }

  private function(into: Map<string, RuleFunction>): void {
    const { tokens } = this;
    const { at } = tokens.next();
    const name = tokens.word();
    tokens.expect('(');
    const parameters: string[] = [];
    while (!tokens.take(')')) {
      parameters.push(tokens.word());
      if (!tokens.take(',') && tokens.peek().text !== ')') tokens.expect(')');
    }
    tokens.expect('{');
    const lets: { name: string; value: RuleFunction['returns'] }[] = [];
    while (tokens.take('let')) {
      const called = tokens.word();
      tokens.expect('=');
      lets.push({ name: called, value: readExpression(tokens, 'rules') });
      tokens.take(';');
    }
    tokens.expect('return');
    const returns = readExpression(tokens, 'rules');
    tokens.take(';');
    tokens.expect('}');
    into.set(name, { name, parameters, lets, returns, at });
  }
}

/** The text without its comments, on one line. */
const oneLine = (text: string): string =>
  text
    .replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, quoted?: string) => quoted ?? ' ')
    .replace(/\s+/g, ' ')
    .trim();

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low + 1;
}
