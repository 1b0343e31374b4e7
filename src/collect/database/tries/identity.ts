import type { LivePolicy, Relation, Routine } from '../live/catalog.ts';
import { identifier } from '../world/literal.ts';
import type { Attempt } from './attempt.ts';
import type { Step } from './run.ts';
import { permissivePolicies } from './through.ts';

const caller = /auth\.(?:uid|jwt|email)\(\)/;
/** Holds for everybody with an account, whoever he is. */
const anyAccount = /^\(*\s*(?:select\s+)?auth\.uid\(\)(?:\s+as\s+uid)?\s*\)*\s+is\s+not\s+null$/i;

/**
 * Whether a condition, as PostgreSQL prints it, can hold only for who the caller is: every alternative names him, by himself or by a function that does
 * so without alternatives of its own. What may also hang on the state of a row (published, not expired) is none.
 */
export function asksWho(condition: string, routines: readonly Routine[]): boolean {
  const text = unwrapped(condition);
  const alternatives = partsOf(text, 'OR');
  if (alternatives.length > 1) return alternatives.every((part) => asksWho(part, routines));
  const demands = partsOf(text, 'AND');
  if (demands.length > 1) return demands.some((part) => asksWho(part, routines));
  if (/^not\b/i.test(text) || anyAccount.test(text) || /\bor\b/i.test(text)) return false;
  return (
    caller.test(text) || routines.some(({ name, source }) => text.includes(`${name}(`) && caller.test(source) && !branches.test(source))
  );
}

const branches = /\b(?:or|union|case|if|elsif|else|coalesce)\b/i;

/**
 * Sets the policies of an attempt aside, where each asks who is calling: what works then was refused for that alone.
 * `undefined` where one may let through or refuse for another reason, or there is none.
 */
export function setAside(relation: Relation, attempt: Attempt, routines: readonly Routine[]): readonly Step[] | undefined {
  const policies = permissivePolicies(relation, attempt);
  const conditions = policies.map((policy) => conditionsOf(policy, attempt.verb));
  if (policies.length === 0 || !conditions.every((own) => own.some((one) => asksWho(one, routines)))) return undefined;
  return policies.map(({ name, command }) => ({
    sql: `ALTER POLICY ${identifier(name)} ON ${relation.sql}${command === 'insert' ? '' : ' USING (true)'}${command === 'insert' || command === 'update' || command === 'all' ? ' WITH CHECK (true)' : ''}`,
  }));
}

/** Every one of them has to hold. */
const conditionsOf = ({ using, check }: LivePolicy, verb: Attempt['verb']): string[] =>
  (verb === 'insert' ? [check ?? using] : [using]).flatMap((text) => text ?? []);

/** Without the brackets around all of it. */
function unwrapped(condition: string): string {
  const text = condition.trim();
  if (!text.startsWith('(')) return text;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at === text.length - 1 ? unwrapped(text.slice(1, -1)) : text;
  }
  return text;
}

/** Parts of a text between such words outside of brackets and quotes. */
function partsOf(text: string, word: 'AND' | 'OR'): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of text.matchAll(/'(?:[^']|'')*'|[()]|\b(?:AND|OR)\b/g)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === word && depth === 0) {
      parts.push(text.slice(from, index));
      from = index + token.length;
    }
  }
  return [...parts, text.slice(from)];
}
