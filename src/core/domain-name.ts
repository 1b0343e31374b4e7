/** Text of a Punycode label, the part behind `xn--` (RFC 3492 §6.2); `undefined` where it is none. */
export function decodePunycode(text: string): string | undefined {
  const [base, tMin, tMax, skew, damp] = [36, 1, 26, 38, 700];
  const at = text.lastIndexOf('-');
  const output = Array.from(text.slice(0, Math.max(at, 0)), (one) => one.codePointAt(0) ?? 0);
  let [code, index, bias] = [128, 0, 72];
  for (let next = at + 1; next < text.length;) {
    const before = index;
    for (let [weight, k] = [1, base]; ; k += base) {
      const digit = digitOf(text[next++]);
      if (digit === undefined || index > 0x7f_ff_ff_ff) return undefined;
      index += digit * weight;
      const threshold = k <= bias ? tMin : k >= bias + tMax ? tMax : k - bias;
      if (digit < threshold) break;
      weight *= base - threshold;
    }
    const size = output.length + 1;
    let delta = Math.floor((index - before) / (before === 0 ? damp : 2));
    delta += Math.floor(delta / size);
    let k = 0;
    for (; delta > ((base - tMin) * tMax) / 2; k += base) delta = Math.floor(delta / (base - tMin));
    bias = k + Math.floor(((base - tMin + 1) * delta) / (delta + skew));
    code += Math.floor(index / size);
    index %= size;
    if (code > 0x10_ff_ff || (code >= 0xd8_00 && code <= 0xdf_ff)) return undefined;
    output.splice(index++, 0, code);
  }
  return String.fromCodePoint(...output);
}

function digitOf(letter: string | undefined): number | undefined {
  if (letter === undefined) return undefined;
  if (/[a-z]/i.test(letter)) return letter.toLowerCase().charCodeAt(0) - 97;
  return /\d/.test(letter) ? Number(letter) + 26 : undefined;
}

/** A name in the letters of its script; as it is where it has none of its own. Labels that decode to anything but letters, marks, digits and hyphens stay. */
function unicodeOf(name: string): string {
  return name
    .split('.')
    .map((label) => {
      const text = /^xn--/i.test(label) ? decodePunycode(label.slice(4)) : undefined;
      const isName =
        text !== undefined &&
        /[^\p{ASCII}]/u.test(text) &&
        /^[\p{L}\p{M}\p{Nd}-]+$/u.test(text) &&
        text === text.toLowerCase().normalize('NFKC');
      return isName ? text : label;
    })
    .join('.');
}

/** Scripts that names of one language are written in together. */
const together = [
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u,
  /^[\p{Script=Han}\p{Script=Hangul}]+$/u,
  /^[\p{Script=Han}\p{Script=Bopomofo}]+$/u,
  // Without letters that pass for others: of the dotless i, the long s, clicks, and of the phonetic alphabet.
  /^[a-z\u00df-\u0130\u0132-\u0137\u0139-\u017e\u0180-\u01bf\u01cd-\u024f\u1e00-\u1eff]+$/u,
  ...[
    'Arabic',
    'Armenian',
    'Bengali',
    'Devanagari',
    'Ethiopic',
    'Georgian',
    'Gujarati',
    'Gurmukhi',
    'Hebrew',
    'Kannada',
    'Khmer',
    'Lao',
  ].map(only),
  ...['Malayalam', 'Myanmar', 'Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thai', 'Cyrillic', 'Greek'].map(only),
];
function only(script: string): RegExp {
  return new RegExp(`^\\p{Script=${script}}+$`, 'u');
}

/** Letters of Cyrillic and Greek that look like those of Latin: a word of these alone passes for another. */
const lookalikes = /^[асԁеһіјӏкмпорԛгѕтцѵԝхуьвзбνορικτυωχαγ]+$/u;

const isPlain = (label: string): boolean => {
  const letters = label.replace(/[\d-]/g, '');
  return together.some((one) => one.test(letters)) && !lookalikes.test(letters);
};

/**
 * Both forms of a name, for people: `münchen.example (xn--mnchen-3ya.example)`. Where its letters may pass for others (of several scripts, or all like those of
 * Latin), the form that cannot be mistaken stands first. A name in ASCII as it is.
 */
export function bothForms(name: string): string {
  const text = unicodeOf(name);
  if (text === name) return name;
  const isClear = text.split('.').every((label) => /^\p{ASCII}*$/u.test(label) || isPlain(label));
  return isClear ? `${text} (${name})` : `${name} (shown as ${text}, in letters that pass for others)`;
}
