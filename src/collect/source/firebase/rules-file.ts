import type { FirebaseRule } from '../../../evidence/database.ts';
import { classify, type Names, type RuleFunction, text } from './classify.ts';
import { type Expression, parseExpression } from './expression.ts';

/** A rules file that could not be read at a place. */
export class RulesError extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

interface Scope {
  readonly match: string;
  readonly functions: Map<string, RuleFunction>;
}

const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const opening =
  /\s*(?:(service)\s+([\w.]+)\s*\{|(match)\s+(\/[^\s{]*(?:\{[^}]*\}[^\s{]*)*)\s*\{|(allow)\s+([\w\s,]+?)\s*(?=:|;|\})|(function)\s+(\w+)\s*\(([^)]*)\)\s*\{|(\})|(;))/y;

/** Reads a Firestore or Storage rules file. Throws RulesError with the line where it stops making sense. */
export function readRulesFile(file: string, source: string): FirebaseRule[] {
  const code = source.replace(/^\s*rules_version\s*=\s*['"][^'"]*['"]\s*;?/, blank).replace(comments, blank);
  return new Reader(file, code, source).read();
}

/** Same length, same lines: places stay right. */
const blank = (written: string): string => written.replace(/[^\n]/g, ' ');

class Reader {
  private at = 0;
  private product: FirebaseRule['product'] = 'firestore';
  private readonly found: {
    at: number;
    match: string;
    operations: string[];
    condition: string;
    functions: ReadonlyMap<string, RuleFunction>;
  }[] = [];
  private readonly file: string;
  private readonly code: string;
  private readonly source: string;
  constructor(file: string, code: string, source: string) {
    this.file = file;
    this.code = code;
    this.source = source;
  }

  read(): FirebaseRule[] {
    const scopes: Scope[] = [{ match: '', functions: new Map() }];
    for (;;) {
      opening.lastIndex = this.at;
      const match = opening.exec(this.code);
      if (!match) break;
      const start = this.at + match[0].search(/\S/);
      this.at = opening.lastIndex;
      const top = scopes.at(-1) as Scope;
      const [, service, name = '', isMatch, path = '', allow, operations = '', isFunction, called = '', parameters = '', close] = match;
      if (service !== undefined) {
        this.product = name === 'firebase.storage' ? 'storage' : 'firestore';
        scopes.push({ match: '', functions: new Map(top.functions) });
      } else if (isMatch !== undefined) scopes.push({ match: top.match + path, functions: new Map(top.functions) });
      else if (allow !== undefined) this.allow(start, operations, top);
      else if (isFunction !== undefined) top.functions.set(called, this.functionBody(parameters));
      else if (close !== undefined) {
        if (scopes.length === 1) throw new RulesError('a } too many', this.line(start));
        scopes.pop();
      }
    }
    if (this.code.slice(this.at).trim() !== '')
      throw new RulesError(`could not read ${JSON.stringify(this.code.slice(this.at).trim().slice(0, 40))}`, this.line(this.at));
    return this.found.map((rule) => this.rule(rule));
  }

  private allow(start: number, operations: string, scope: Scope): void {
    const rest = /\s*(?::\s*if\b([\s\S]*?))?(?:;|(?=\s*(?:\}|allow\b|match\b|function\b)))/y;
    rest.lastIndex = this.at;
    const match = rest.exec(this.code);
    if (!match) throw new RulesError('an allow without an end', this.line(start));
    this.at = rest.lastIndex;
    const list = operations.split(',').map((operation) => operation.trim());
    // `allow read;` without a condition is open. Functions may follow below, so conditions are judged at the end.
    this.found.push({ at: start, match: scope.match, operations: list, condition: match[1]?.trim() ?? 'true', functions: scope.functions });
  }

  private functionBody(parameters: string): RuleFunction {
    const end = this.code.indexOf('}', this.closing());
    const body = this.code.slice(this.at, end);
    const start = this.at;
    this.at = end + 1;
    try {
      const lets = [...body.matchAll(/\blet\s+(\w+)\s*=([\s\S]*?);/g)].map((match) => ({
        name: match[1] ?? '',
        value: parseExpression(match[2] ?? ''),
      }));
      const returns = parseExpression(/\breturn\b([\s\S]*?);?\s*$/.exec(body)?.[1] ?? 'null');
      return { parameters: parameters.split(',').map((parameter) => parameter.trim()), lets, returns };
    } catch (error) {
      throw new RulesError(error instanceof Error ? error.message : String(error), this.line(start));
    }
  }

  /** Offset of the brace that ends the body, past braces of maps and path variables. */
  private closing(): number {
    let depth = 1;
    for (let at = this.at; at < this.code.length; at += 1) {
      if (this.code[at] === '{') depth += 1;
      else if (this.code[at] === '}' && (depth -= 1) === 0) return at;
    }
    throw new RulesError('a function without an end', this.line(this.at));
  }

  private rule(rule: (typeof this.found)[number]): FirebaseRule {
    const line = this.line(rule.at);
    let expression: Expression;
    try {
      expression = parseExpression(rule.condition);
    } catch (error) {
      throw new RulesError(error instanceof Error ? error.message : String(error), line);
    }
    const names: Names = { functions: rule.functions, values: new Map(), depth: 0 };
    const whole = text(expression, names);
    return {
      product: this.product,
      place: { file: this.file, line },
      match: shownPath(rule.match),
      operations: rule.operations,
      condition: rule.condition.replace(/\s+/g, ' ').slice(0, 300),
      ...classify(expression, names),
      trusts: trustedFields(whole),
      limitsFields:
        /affectedKeys|changedKeys|hasOnly|diff\(|request\.resource\.data\.\w+ == resource\.data|request\.resource\.data\.keys\(\)/.test(
          whole,
        ),
    };
  }

  private line(at: number): number {
    return this.source.slice(0, at).split('\n').length;
  }
}

const shownPath = (path: string): string => path.replace(/^\/databases\/\{\w+\}\/documents/, '').replace(/^\/b\/\{\w+\}\/o/, '') || '/';

/** Collections and fields a condition takes the caller's role or tenant from: `get(/…/users/$(request.auth.uid)).data.role`. */
function trustedFields(condition: string): { collection: string; field: string }[] {
  const found = new Map<string, { collection: string; field: string }>();
  for (const match of condition.matchAll(
    /\bget\(\/databases\/\$\(\w+\)\/documents\/(\w+)\/\$\([^)]*\)[^)]*auth\.uid[^)]*\)\.data(?:\.|\[")(\w+)/g,
  )) {
    const [, collection = '', field = ''] = match;
    found.set(`${collection}.${field}`, { collection, field });
  }
  return [...found.values()];
}
