import type { Place } from '../../../core/finding.ts';
import type { FirebaseRule } from '../../../evidence/firebase.ts';
import { classify, startingNames, type Verdict } from './classify.ts';
import { parseExpression } from './expression.ts';

/** Reads a Realtime Database rules file (JSON with comments). Throws an Error when it is none. Read and write rules hold for everything below. */
export function readRealtimeRules(file: string, source: string, today: string): FirebaseRule[] {
  const json = JSON.parse(
    source.replace(/^\uFEFF/, '').replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, text: string | undefined) => text ?? ''),
  ) as {
    rules?: unknown;
  };
  const found: FirebaseRule[] = [];
  const lines = source.split('\n');
  let from = 0;
  const visit = (node: unknown, path: string): void => {
    if (node === null || typeof node !== 'object' || Array.isArray(node)) return;
    for (const [key, value] of Object.entries(node)) {
      if (key !== '.read' && key !== '.write') {
        visit(value, `${path}/${key}`);
        continue;
      }
      // Keys come in the order of the file, so the next line that names the rule is the right one.
      const line = lines.findIndex((written, index) => index >= from && written.includes(`"${key}"`));
      if (line !== -1) from = line + (lines[line + 1]?.includes(`"${key}"`) ? 1 : 0);
      found.push(rule({ file, line: Math.max(1, line + 1) }, path, key, value, today));
      if (line !== -1) from = line + 1;
    }
  };
  visit(json.rules, '');
  return found;
}

function rule(place: Place, path: string, key: string, value: unknown, today: string): FirebaseRule {
  const condition = String(value).slice(0, 300);
  return {
    product: 'database',
    place,
    match: path === '' ? '/' : path.replace(/\$(\w+)/g, '{$1}'),
    operations: [key.slice(1)],
    condition,
    ...verdictOf(value, today),
    trusts: trustedFields(String(value)),
    limitsFields: false,
  };
}

function verdictOf(value: unknown, today: string): Verdict {
  if (typeof value === 'boolean') return { kind: value ? 'open' : 'never' };
  try {
    return classify(parseExpression(String(value).replace(/\/(?:[^/\\\n]|\\.)+\/[a-z]*/g, '"pattern"')), startingNames(new Map(), today));
  } catch {
    return { kind: 'other' };
  }
}

/** `root.child('users').child(auth.uid).child('role')`: where the caller's role or tenant is taken from. */
function trustedFields(condition: string): { collection: string; field: string }[] {
  return [...condition.matchAll(/root\.child\(['"](\w+)['"]\)\.child\(auth\.uid\)\.child\(['"](\w+)['"]\)/g)].map((match) => ({
    collection: match[1] ?? '',
    field: match[2] ?? '',
  }));
}
