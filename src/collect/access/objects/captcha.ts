import { keyName, type Seen } from './seen.ts';

/** `3+4*2`: digits and signs only. */
const sum = /^\s*\d{1,3}(?:\s*[-+*x×]\s*\d{1,3}){1,3}\s*=?\s*\??\s*$/;

/**
 * The answer to a sum that a form asks so that no program fills it in, and the id of the question, as fields; none where the app was not seen to ask one.
 * It keeps out no program, this one neither: things that only it guards can be made.
 */
export function captchaFields(
  { keyed }: Pick<Seen, 'keyed'>,
  wanted: readonly string[] = ['captchaId', 'captcha'],
): Record<string, unknown> {
  const question = keyed.get('captcha')?.findLast((text) => sum.test(text));
  const id = keyed.get('captcha_id')?.at(-1);
  if (question === undefined) return {};
  const names = wanted.filter((name) => /captcha/.test(keyName(name)));
  return Object.fromEntries(
    names.flatMap((name): [string, unknown][] =>
      /_id$/.test(keyName(name))
        ? id === undefined
          ? []
          : [[name, /^\d+$/.test(id) ? Number(id) : id]]
        : [[name, String(solved(question))]],
    ),
  );
}

/** Multiplications first, then from left to right. */
function solved(question: string): number {
  const parts = question.match(/\d+|[-+*x×]/g) ?? [];
  const terms: number[] = [];
  let sign = 1;
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at]!;
    if (part === '+' || part === '-') sign = part === '-' ? -1 : 1;
    else if (/^\d/.test(part)) terms.push(sign * Number(part));
    else terms.push((terms.pop() ?? 1) * Number(parts[(at += 1)] ?? 1));
  }
  return terms.reduce((total, one) => total + one, 0);
}
