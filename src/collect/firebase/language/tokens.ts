import { RulesError } from './syntax.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'bytes' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const token =
  /(?<skip>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<bytes>b(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?<word>[A-Za-z_$][\w$]*)|(?<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)|(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]{}=;|&])/y;

/** Reads tokens one by one; the parser moves it to places where another grammar begins (paths, patterns, regular expressions). */
export class Tokens {
  readonly source: string;
  private at = 0;
  private ahead: Token | undefined;
  constructor(source: string, at = 0) {
    this.source = source;
    this.at = at;
  }

  peek(): Token {
    return (this.ahead ??= this.scan());
  }

  next(): Token {
    const found = this.peek();
    this.seek(found.at + found.text.length);
    return found;
  }

  seek(at: number): void {
    this.at = at;
    this.ahead = undefined;
  }

  /** True and past it, when the next token is this sign or word. */
  take(text: string): boolean {
    const found = this.peek();
    if (found.text !== text || found.kind === 'text' || found.kind === 'bytes') return false;
    this.next();
    return true;
  }

  expect(text: string): void {
    if (this.take(text)) return;
    const found = this.peek();
    throw new RulesError(
      `${text} expected${found.kind === 'end' ? ', the file ends' : ` before ${JSON.stringify(found.text.slice(0, 30))}`}`,
      found.at,
    );
  }

  word(): string {
    const found = this.next();
    if (found.kind !== 'word') throw new RulesError(`a name expected before ${JSON.stringify(found.text.slice(0, 30))}`, found.at);
    return found.text;
  }

  private scan(): Token {
    let { at } = this;
    for (;;) {
      if (at >= this.source.length) return { kind: 'end', text: '', at };
      token.lastIndex = at;
      const groups = token.exec(this.source)?.groups;
      if (!groups) throw new RulesError(`could not read ${JSON.stringify(this.source.slice(at, at + 20))}`, at);
      for (const kind of ['bytes', 'word', 'number', 'text', 'sign'] as const) {
        const text = groups[kind];
        if (text !== undefined) return { kind, text, at };
      }
      at = token.lastIndex;
    }
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', a: '\u0007', '0': '\0' };

/** What a quoted text means. */
export const unquoted = (written: string): string =>
  written
    .slice(1, -1)
    .replace(/\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([\s\S]))/g, (_, unicode?: string, hex?: string, one?: string) =>
      unicode !== undefined || hex !== undefined
        ? String.fromCharCode(Number.parseInt(unicode ?? hex ?? '', 16))
        : (escapes[one ?? ''] ?? one ?? ''),
    );
