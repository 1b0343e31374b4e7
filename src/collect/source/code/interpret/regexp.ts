import { createContext, Script } from 'node:vm';
import { api, literal, native, stringOf, unknown, type Value } from './value.ts';

/** Milliseconds a user's pattern may run: it comes from an untrusted repo and may be built to hang. */
const patternMs = 50;

let sandbox: ReturnType<typeof createContext> | undefined;

/** Whether the pattern matches, `undefined` when it is broken or takes too long. Runs in a context of its own with a time limit. */
export function matches(pattern: string, flags: string, text: string): boolean | undefined {
  if (text.length > 500 || pattern.length > 2000) return undefined;
  const key = `${flags}/${pattern}/${text}`;
  if (answers.has(key)) return answers.get(key);
  const answer = run(pattern, flags, text);
  if (answers.size > 20_000) answers.clear();
  answers.set(key, answer);
  return answer;
}

const answers = new Map<string, boolean | undefined>();

// Patterns without a repeated group and with few repetitions cannot run away; they need no context of their own.
const tame = (pattern: string): boolean => !/\)[*+{]|\\[1-9]/.test(pattern) && (pattern.match(/[*+]|\{\d+,\}/g)?.length ?? 0) <= 2;

function run(pattern: string, flags: string, text: string): boolean | undefined {
  if (tame(pattern)) {
    try {
      return new RegExp(pattern, flags.replace(/[gy]/g, '')).test(text);
    } catch {
      return undefined;
    }
  }
  sandbox ??= createContext(Object.create(null) as object);
  try {
    const script = new Script(
      `new RegExp(${JSON.stringify(pattern)}, ${JSON.stringify(flags.replace(/[gy]/g, ''))}).test(${JSON.stringify(text)})`,
    );
    return script.runInContext(sandbox, { timeout: patternMs }) === true;
  } catch {
    return undefined;
  }
}

// What callers put in the place of a path parameter.
const samples = ['x', '7', '0b6f3c52-8d1e-4f7a-9c34-5a2e1d7f9b60'];

/** Whether a pattern matches a value: exact on known strings, and on paths whose parameters do not matter to it. */
export function fits(pattern: string, flags: string, value: Value): boolean | undefined {
  const text = stringOf(value);
  if (text !== undefined) return matches(pattern, flags, text);
  const { parts } = value;
  if (!parts || parts.some((part) => typeof part !== 'string' && part.input?.source !== 'path')) return undefined;
  const found = samples.map((sample) => matches(pattern, flags, parts.map((part) => (typeof part === 'string' ? part : sample)).join('')));
  return found.every((one) => one === found[0]) ? found[0] : undefined;
}

/** A regular expression of the user's code: `test` is exact on known strings. */
export function regexpValue(pattern: string, flags: string): Value {
  return api('regexp', {
    data: { pattern, flags },
    member: (name) =>
      name === 'test'
        ? native(({ args }) => {
            const known = args[0] && fits(pattern, flags, args[0]);
            return known === undefined ? unknown : literal(known);
          })
        : name === 'exec'
          ? native(({ args }) => args[0] ?? unknown)
          : undefined,
  });
}
