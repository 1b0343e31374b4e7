import { posix } from 'node:path';
import { type Codebase } from '../codebase.ts';

const answers = new WeakMap<Codebase, Map<string, boolean>>();

/**
 * True when every cookie that the package of a file sets names a SameSite other than None: the browser then keeps them back on requests
 * that other websites cause. Read from the text: the setting is a literal wherever it is made at all.
 */
export function keepsCookiesHome(code: Codebase, file: string | undefined): boolean {
  const folder = packageOf(code, file ?? '');
  let known = answers.get(code);
  if (!known) answers.set(code, (known = new Map()));
  let answer = known.get(folder);
  if (answer === undefined) known.set(folder, (answer = settle(code, folder)));
  return answer;
}

const setting = /\bsame-?site\s*(?:=|['"]?\s*:)\s*([^,;}\n]*)/gi;

function settle(code: Codebase, folder: string): boolean {
  let some = false;
  for (const path of code.product) {
    if (folder !== '' && !path.startsWith(`${folder}/`)) continue;
    for (const [, value = ''] of code.text(path)?.matchAll(setting) ?? []) {
      if (/\bnone\b|\bfalse\b/i.test(value)) return false;
      some ||= /\b(?:lax|strict|true)\b/i.test(value);
    }
  }
  return some;
}

function packageOf(code: Codebase, file: string): string {
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
    if (code.tree.has(`${folder}/package.json`)) return folder;
  return '';
}
