import type { FirebaseRule } from '../../../evidence/firebase.ts';
import { classify, type RuleFunction, startingNames, text } from './classify.ts';
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
  readonly around?: Scope;
}

/** Functions that a scope sees: its own and those around it, wherever they stand. */
const visible = (scope: Scope): Map<string, RuleFunction> => new Map([...(scope.around ? visible(scope.around) : []), ...scope.functions]);

const known = new Set(['read', 'get', 'list', 'write', 'create', 'update', 'delete']);
const textOrComment = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const isText = (written: string): boolean => written.startsWith('"') || written.startsWith("'");
const opening =
  /\s*(?:(service)\s+([\w.]+)\s*\{|(match)\s+(\/[^\s{]*(?:\{[^}]*\}[^\s{]*)*)\s*\{|(allow)\s+([\w\s,]+)(?=:|;|\})|(function)\s+(\w+)\s*\(([^)]*)\)\s*\{|(\})|(;))/y;

/** Reads a Firestore or Storage rules file. Throws RulesError with the line where it stops making sense. */
export function readRulesFile(file: string, source: string, today: string): FirebaseRule[] {
  const code = source
    .replace(textOrComment, (written) => (isText(written) ? written : blank(written)))
    .replace(/^\s*rules_version\s*=\s*['"][^'"]*['"]\s*;?/, blank);
  const bare = code.replace(textOrComment, (written) => (isText(written) ? `"${'_'.repeat(written.length - 2)}"` : written));
  return new Reader(file, code, bare).read(today);
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
    scope: Scope;
  }[] = [];
  private readonly file: string;
  /** The file without its comments. */
  private readonly code: string;
  /** The same without what stands in quotes, where braces and semicolons mean nothing. */
  private readonly bare: string;
  constructor(file: string, code: string, bare: string) {
    this.file = file;
    this.code = code;
    this.bare = bare;
  }

  read(today: string): FirebaseRule[] {
    const scopes: Scope[] = [{ match: '', functions: new Map() }];
    for (;;) {
      opening.lastIndex = this.at;
      const match = opening.exec(this.bare);
      if (!match) break;
      const start = this.at + match[0].search(/\S/);
      this.at = opening.lastIndex;
      const top = scopes.at(-1) as Scope;
      const [, service, name = '', isMatch, path = '', allow, operations = '', isFunction, called = '', parameters = '', close] = match;
      if (service !== undefined) {
        this.product = name === 'firebase.storage' ? 'storage' : 'firestore';
        scopes.push({ match: '', functions: new Map(), around: top });
      } else if (isMatch !== undefined) scopes.push({ match: top.match + path, functions: new Map(), around: top });
      else if (allow !== undefined) this.allow(start, operations, top);
      else if (isFunction !== undefined) top.functions.set(called, this.functionBody(parameters));
      else if (close !== undefined) {
        if (scopes.length === 1) throw new RulesError('a } too many', this.line(start));
        scopes.pop();
      }
    }
    if (this.code.slice(this.at).trim() !== '')
      throw new RulesError(`could not read ${JSON.stringify(this.code.slice(this.at).trim().slice(0, 40))}`, this.line(this.at));
    return this.found.map((rule) => this.rule(rule, today));
  }

  private allow(start: number, operations: string, scope: Scope): void {
    const rest = /\s*(?::\s*if\b([\s\S]*?))?(?:;|(?=\}|\ballow\b|\bmatch\b|\bfunction\b))/y;
    rest.lastIndex = this.at;
    const match = rest.exec(this.bare);
    if (!match) throw new RulesError('an allow without an end', this.line(start));
    const condition = match[1] === undefined ? 'true' : this.code.slice(this.at, rest.lastIndex).replace(/^\s*:\s*if\b|;$/g, '');
    this.at = rest.lastIndex;
    const list = operations.split(/[\s,]+/).filter((operation) => operation !== '');
    if (!list.every((operation) => known.has(operation)))
      throw new RulesError(`could not read "allow ${list.join(' ').slice(0, 40)}"`, this.line(start));
    // `allow read;` without a condition is open. Functions may follow below, so conditions are judged at the end.
    this.found.push({ at: start, match: scope.match, operations: list, condition: condition.trim(), scope });
  }

  private functionBody(parameters: string): RuleFunction {
    const end = this.closing();
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
    for (let at = this.at; at < this.bare.length; at += 1) {
      if (this.bare[at] === '{') depth += 1;
      else if (this.bare[at] === '}' && (depth -= 1) === 0) return at;
    }
    throw new RulesError('a function without an end', this.line(this.at));
  }

  private rule(rule: (typeof this.found)[number], today: string): FirebaseRule {
    const line = this.line(rule.at);
    let expression: Expression;
    try {
      expression = parseExpression(rule.condition);
    } catch (error) {
      throw new RulesError(error instanceof Error ? error.message : String(error), line);
    }
    const names = startingNames(visible(rule.scope), today);
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
    return this.code.slice(0, at).split('\n').length;
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
