/** Shannon entropy in bits per character. */
export function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const letter of value) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

const words =
  /example|placeholder|change[-_ .]?(?:me|this|it|in)|chang[ei]nplace|your[-_ ]?|replace|insert|(?:^|[-_])(?:put|add|enter|paste)[-_]|dummy|fake|mock|redacted|hidden|masked|lorem|ipsum|foo[-_]?bar|foobar|abcdef|qwerty|asdf|deadbeef|xxxx|\*\*\*|\.\.\.|…|to[-_]do|(?:^|[-_])(?:tbd|todo)(?:[-_]|$)|undefined|not[-_ ]?(?:set|a[-_ ]real|real)|(?:secret|key|token|password|value)[-_]?(?:here|goes)|[-_](?:here|goes)$|my[-_]?(?:secret|password|token|key|super|app)|super[-_ ]?secret|top[-_ ]?secret|(?:^|[-_])(?:sample|test|testing|demo|local|localhost|default|dev|development|staging|build|ci|unused|none|null|invalid|generate|generated|long|random|secure|strong|min|minimum|chars?|characters?|some|any|the|for|only)(?:[-_]|$)|at[-_ ]?least|32[-_ ]?char|openssl|keyboard[-_ ]?cat|shhh|sua[-_]|seu[-_]|votre|deine?[-_]|tu[-_](?:clave|llave)|aqui|chave[-_]|senha|contrase/i;

const references =
  /^(?:<.*>|\$\{?.*|\{\{.*|%.*%|#\{.*|@.*@|\[.*\]|\(.*\)|process\.env.*|import\.meta.*|Deno\.env.*|os\.(?:environ|getenv).*|env[.(].*|secrets\..*|vault:.*|op:\/\/.*|arn:aws:.*)$/i;

/** True for a value that stands in for a secret: words like "your-key-here", references to variables, keyboards runs, repeated characters. */
export function isPlaceholder(value: string): boolean {
  return references.test(value) || words.test(value) || isRegular(value);
}

/** True for values that no generator makes: one character repeated, few different ones, runs such as 12345678 or abcdefgh. */
export function isRegular(value: string): boolean {
  if (/(.)\1{4,}/.test(value)) return true;
  if (new Set(value).size <= Math.min(5, value.length / 3)) return true;
  if (/^(.{2,10}?)\1{2,}.{0,9}$/.test(value)) return true;
  return longestRun(value) >= 7;
}

function longestRun(value: string): number {
  let longest = 1;
  let run = 1;
  let step = 0;
  for (let index = 1; index < value.length; index++) {
    const difference = value.charCodeAt(index) - value.charCodeAt(index - 1);
    run = Math.abs(difference) === 1 && difference === step ? run + 1 : Math.abs(difference) === 1 ? 2 : 1;
    step = difference;
    if (run > longest) longest = run;
  }
  return longest;
}

/** True when the value reads as words, an identifier, a path or a sentence rather than as something generated. */
export function isWordy(value: string): boolean {
  const parts = value.split(/[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])/).filter((part) => part.length > 0);
  const wordy = parts.filter((part) => /^[A-Za-z]+\d{0,4}$/.test(part) && part.length <= 14 && isPronounceable(part));
  const letters = wordy.reduce((sum, part) => sum + part.length, 0);
  return letters >= value.replace(/[^A-Za-z0-9]/g, '').length * 0.7;
}

// English and its neighbours: about two letters in five are vowels, and more than four consonants in a row are rare.
function isPronounceable(part: string): boolean {
  if (part.length <= 2) return false;
  const letters = part.replace(/\d/g, '');
  const vowels = letters.replace(/[^aeiouy]/gi, '').length;
  return (
    vowels >= letters.length * 0.22 && vowels <= letters.length * 0.75 && !/[^aeiouy]{5}/i.test(letters) && !/[a-z][A-Z]/.test(letters)
  );
}
