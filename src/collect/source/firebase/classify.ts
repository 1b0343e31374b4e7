import type { FirebaseRule } from '../../../evidence/firebase.ts';
import type { Expression } from './expression.ts';

type Kind = FirebaseRule['kind'];

/** A function of a rules file. */
export interface RuleFunction {
  readonly parameters: readonly string[];
  /** `let` definitions in order, then the returned expression. */
  readonly lets: readonly { readonly name: string; readonly value: Expression }[];
  readonly returns: Expression;
}

export interface Names {
  readonly functions: ReadonlyMap<string, RuleFunction>;
  /** Values of parameters and `let` names. */
  readonly values: ReadonlyMap<string, Expression>;
  readonly depth: number;
  /** Steps left for one rule, so that functions that call each other many times come to an end. */
  readonly budget: { left: number };
  /** The day of the reading (YYYY-MM-DD): what closed before it is closed. */
  readonly today: string;
}

/** What a condition asks for, and the day on which it closes by itself. */
export interface Verdict {
  readonly kind: Kind;
  readonly until?: string;
}

/** Narrowest first. `resource` looks at data only, so whoever asks can meet it. */
const order: readonly Kind[] = ['never', 'owner', 'role', 'other', 'any-user', 'resource', 'until-date', 'open'];
const width = (verdict: Verdict): number => order.indexOf(verdict.kind);
const narrower = (a: Verdict, b: Verdict): Verdict => (width(a) <= width(b) ? a : b);
const wider = (a: Verdict, b: Verdict): Verdict => (width(a) >= width(b) ? a : b);
const other: Verdict = { kind: 'other' };
const deepest = 12;
const steps = 50_000;

/** Names as they are at the start of a condition. */
export const startingNames = (functions: ReadonlyMap<string, RuleFunction>, today: string): Names => ({
  functions,
  values: new Map(),
  depth: 0,
  budget: { left: steps },
  today,
});

const isSpent = ({ budget }: Names): boolean => (budget.left -= 1) < 0;

/** Who passes a condition. */
export function classify(expression: Expression, names: Names): Verdict {
  if (isSpent(names)) return other;
  switch (expression.is) {
    case 'literal':
      return { kind: expression.value === true ? 'open' : 'never' };
    case 'not':
      return negated(expression.of, names);
    case 'choice':
      return wider(narrower(classify(expression.test, names), classify(expression.met, names)), classify(expression.unmet, names));
    case 'binary':
      return ofBinary(expression, names);
    case 'name':
    case 'call':
    case 'member':
      return ofValue(expression, names);
    default:
      return other;
  }
}

function negated(inner: Expression, names: Names): Verdict {
  if (inner.is === 'binary' && (inner.operator === '==' || inner.operator === '!='))
    return classify({ ...inner, operator: inner.operator === '==' ? '!=' : '==' }, names);
  const verdict = classify(inner, names);
  if (verdict.kind === 'open') return { kind: 'never' };
  if (verdict.kind === 'never') return { kind: 'open' };
  return verdict.kind === 'resource' ? verdict : other;
}

function ofBinary(expression: Extract<Expression, { is: 'binary' }>, names: Names): Verdict {
  const { operator, left, right } = expression;
  if (operator === '&&') return narrower(classify(left, names), classify(right, names));
  if (operator === '||') return wider(classify(left, names), classify(right, names));
  const sides = [text(left, names), text(right, names)] as const;
  const isNull = sides.includes('null');
  if (isNull && sides.some((side) => /^(?:request\.)?auth(?:\.uid)?$/.test(side)))
    return operator.startsWith('!') ? { kind: 'any-user' } : { kind: 'open' };
  const until = operator.startsWith('<') ? dayOf(sides[0], sides[1]) : operator.startsWith('>') ? dayOf(sides[1], sides[0]) : undefined;
  if (until !== undefined) return until <= names.today ? { kind: 'never' } : { kind: 'until-date', until };
  const equality = ['==', '===', 'in'].includes(operator);
  const all = sides.join(' ');
  if (equality && sides.some((side) => uid.test(side)) && !sides.every((side) => uid.test(side))) return ofUid(sides);
  return ofData(all, equality);
}

const uid = /^(?:request\.)?auth\.uid$/;
const asksUid = /(?:request\.)?auth\.uid/;

/** `request.auth.uid == X`: one person when X is written out, else the owner named by the path or the data. */
const ofUid = (sides: readonly [string, string]): Verdict => ({ kind: sides.some((side) => /^(?:"|\[")/.test(side)) ? 'role' : 'owner' });

/** A comparison of data: something looked up for the caller, a claim of his token, or the document itself. */
function ofData(all: string, equality: boolean): Verdict {
  // `data.exists()` and `data.get('key', 0)` look at the document itself.
  const lookedUp = /(?<![.\w])(?:firestore\.)?(?:get|exists|getAfter|existsAfter)\(|\broot\.child\(/.test(all);
  if (/auth\.token\.email_verified/.test(all)) return { kind: 'any-user' };
  if (/auth\.token\b/.test(all)) return { kind: /resource|\bdata\b/.test(all) ? 'owner' : 'role' };
  if (lookedUp && asksUid.test(all)) return { kind: /"/.test(all) || !equality ? 'role' : 'owner' };
  if (asksUid.test(all)) return { kind: 'owner' };
  if (lookedUp) return other;
  return /\b(?:request\.resource|resource|request\.time|newData|data|now|request\.query|request\.method)\b/.test(all)
    ? { kind: 'resource' }
    : other;
}

function ofValue(expression: Expression, names: Names): Verdict {
  if (expression.is === 'name') {
    const value = names.values.get(expression.name);
    return value && names.depth < deepest ? classify(value, { ...names, depth: names.depth + 1 }) : other;
  }
  if (expression.is === 'call' && expression.callee.is === 'name') {
    const inside = ofCall(expression.callee.name, expression.args, names);
    if (inside) return inside;
  }
  return ofData(text(expression, names), false);
}

function ofCall(name: string, args: readonly Expression[], names: Names): Verdict | undefined {
  const called = names.functions.get(name);
  if (!called) return undefined;
  if (names.depth >= deepest) return other;
  return classify(called.returns, inside(called, args, names));
}

function inside(called: RuleFunction, args: readonly Expression[], names: Names): Names {
  const values = new Map(names.values);
  called.parameters.forEach((parameter, index) => {
    const arg = args[index];
    if (arg) values.set(parameter, resolve(arg, names));
  });
  for (const { name, value } of called.lets) values.set(name, value);
  return { ...names, values, depth: names.depth + 1 };
}

/** An argument with the caller's own names put in, so that it means the same inside the function. */
function resolve(expression: Expression, names: Names): Expression {
  return expression.is === 'name' ? (names.values.get(expression.name) ?? expression) : expression;
}

/** The expression as plain text with names and functions put in: enough to see what it speaks about. */
export function text(expression: Expression, names: Names): string {
  if (names.depth > deepest || isSpent(names)) return '?';
  switch (expression.is) {
    case 'literal':
      return typeof expression.value === 'string' ? JSON.stringify(expression.value) : String(expression.value);
    case 'name': {
      const value = names.values.get(expression.name);
      return value && !(value.is === 'name' && value.name === expression.name)
        ? text(value, { ...names, depth: names.depth + 1 })
        : expression.name;
    }
    case 'member':
      return `${text(expression.of, names)}.${expression.name}`;
    case 'index':
      return `${text(expression.of, names)}[${text(expression.at, names)}]`;
    case 'list':
      return `[${expression.of.map((item) => text(item, names)).join(', ')}]`;
    case 'path':
      return `${expression.text} ${expression.of.map((part) => text(part, names)).join(' ')}`;
    case 'not':
      return `!${text(expression.of, names)}`;
    case 'binary':
      return `${text(expression.left, names)} ${expression.operator} ${text(expression.right, names)}`;
    case 'choice':
      return `${text(expression.test, names)} ? ${text(expression.met, names)} : ${text(expression.unmet, names)}`;
    case 'call':
      return callText(expression, names);
  }
}

function callText({ callee, args }: Extract<Expression, { is: 'call' }>, names: Names): string {
  const called = callee.is === 'name' ? names.functions.get(callee.name) : undefined;
  if (called) return text(called.returns, inside(called, args, names));
  return `${text(callee, names)}(${args.map((arg) => text(arg, names)).join(', ')})`;
}

/** `request.time < timestamp.date(2025, 3, 1)` and `now < 1740787200000`: the day as YYYY-MM-DD. */
function dayOf(left: string, right: string): string | undefined {
  if (left !== 'request.time' && left !== 'now') return undefined;
  const date = /^timestamp\.date\((\d{4}), (\d{1,2}), (\d{1,2})\)/.exec(right);
  if (date) return `${date[1]}-${(date[2] ?? '').padStart(2, '0')}-${(date[3] ?? '').padStart(2, '0')}`;
  const millis = Number(right);
  return Number.isSafeInteger(millis) && millis > 1e12 ? new Date(millis).toISOString().slice(0, 10) : undefined;
}
