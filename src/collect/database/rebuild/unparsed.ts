import { full } from './keys.ts';

/** What a statement does to who reaches what it is about. */
export type Way = 'opens' | 'closes' | 'both' | 'neither';

/** Both of two statements. */
export const join = (one: Way, other: Way): Way => (one === other || other === 'neither' ? one : one === 'neither' ? other : 'both');

/**
 * Words a statement of that way has in it, wherever they stand: a text that was not parsed may hold several statements, or half of one. The first of a
 * row that is there counts, the rows add up.
 */
const signs: readonly (readonly (readonly [RegExp, Way])[])[] = [
  [
    // Which of several the word belongs to is not told apart.
    [/\bcreate\s+policy\b[\s\S]*\bcreate\s+policy\b/i, 'both'],
    [/\bcreate\s+policy\b[^;]*\brestrictive\b/i, 'closes'],
    [/\bcreate\s+policy\b/i, 'opens'],
  ],
  [[/\bgrant\b/i, 'opens']],
  [[/\brevoke\b/i, 'closes']],
  [[/(?<!\bno\s+)\b(?:enable|force)\s+row\b/i, 'closes']],
  [[/\b(?:disable|no\s+force)\s+row\b/i, 'opens']],
  [[/\badd\s+(?:constraint|check|unique|foreign)\b|\bcreate\s+unique\b|\bset\s+not\s+null\b/i, 'closes']],
  [
    [/\bcreate\s+or\s+replace\s+(?!temp)/i, 'both'],
    [/\bcreate\s+(?:constraint\s+)?(?:function|procedure|trigger|rule|event)\b/i, 'both'],
    [/\bcreate\s+(?:(?:global|local|temp|temporary|unlogged|materialized|recursive)\s+)*(?:table|view)\b/i, 'opens'],
  ],
  [[/\badd\s+(?:column|value)\b|\binsert\s+into\b|(?:^|\n)\s*copy\b/i, 'opens']],
  [[/\bdrop\b|\balter\s+(?!table\b|sequence\b|type\b)|\balter\s+table\b[^;]*\b(?:rename|owner|inherit|attach|set\s+schema)\b/i, 'both']],
  [[/\b(?:update|delete\s+from)\s+(?:only\s+)?"?storage\b/i, 'both']],
  [[/\b(?:execute|call)\b(?!\s+(?:function|procedure)\b)/i, 'both']],
];

/** What a text does that PostgreSQL does not read: whoever wrote it may have mended it by hand where the app runs, so it counts as what it was meant for. */
export const wayOfText = (text: string): Way => {
  const said = withoutComments(text);
  return signs.map((row) => row.find(([sign]) => sign.test(said))?.[1] ?? 'neither').reduce(join, 'neither');
};

/** What has a quote in it stays: it may begin inside of a text ('image/*'), and hide a statement. */
const withoutComments = (text: string): string => text.replaceAll(/--[^'\n]*$|\/\*[^']*?\*\//gm, ' ');

const policyTable = new RegExp(
  String.raw`^\s*create\s+policy\s+(?:if\s+not\s+exists\s+)?(?:"[^"]+"|\w+)\s+on\s+((?:"[^"]+"|\w+)(?:\s*\.\s*(?:"[^"]+"|\w+))?)(?:(?!create\s+policy)[^;])*$`,
  'i',
);

const afterWord =
  /\b(?:table|on|into|update|from|function|view|join)\s+(?:if\s+(?:not\s+)?exists\s+|only\s+)*((?:"[^"]+"|[a-z_]\w*)(?:\s*\.\s*(?:"[^"]+"|[a-z_]\w*))?)/gi;

/** What follows such a word in a block without being a name. */
const words = new Set(
  'select insert update delete set cascade true false then loop begin end conflict not values column each only lateral unnest using as'.split(
    ' ',
  ),
);

/** `schema.name` of what a text names that was not parsed; `*` when it may be about anything, as a statement put together at run time. */
export function namedInText(text: string): string[] {
  if (text.length > 100_000 || ofAll.test(text)) return ['*'];
  if (madeUp.test(text)) return remade(text) ?? ['*'];
  const said = withoutComments(/\bcreate\b[^;$]*\bfunction\b/i.test(text) ? withoutBodies(text) : text);
  const [, table] = policyTable.exec(said) ?? [];
  if (table !== undefined) return [named(table)];
  const names = [...said.matchAll(afterWord)].flatMap(([, name = '']) => {
    const one = named(name);
    const [schema, last] = [one.slice(0, one.indexOf('.')), one.slice(one.indexOf('.') + 1)];
    return (!name.includes('.') && words.has(last)) || /^(?:pg_catalog|information_schema)$/.test(schema) ? [] : [one];
  });
  return names.length === 0 ? ['*'] : [...new Set(names)];
}

/** Says something of everything in a schema, or of everything somebody owns. */
const ofAll = /\ball\s+\w+\s+in\s+schema\b|\bdefault\s+privileges\b|\b(?:drop|reassign)\s+owned\b/i;

/** EXECUTE of anything but one text that stands there whole. */
const madeUp = /\bexecute\b(?!\s+(?:function|procedure)\b)(?!\s*'(?:[^']|'')*'\s*;)/i;

/** Functions whose own text is taken, changed and executed, where nothing else is made up and nothing runs over a list. */
function remade(text: string): string[] | undefined {
  const said = withoutComments(text);
  if (!/\bpg_get_functiondef\b/i.test(said) || /\b(?:create|alter|drop|grant|revoke|policy|loop|pg_proc|pg_class)\b/i.test(said))
    return undefined;
  const names = [...said.matchAll(/'([\w."]+)\s*\([^)']*\)'+\s*::\s*regprocedure/gi)].map(([, name = '']) => named(name));
  return names.length === 0 ? undefined : [...new Set(names)];
}

function named(written: string): string {
  const [last = '', schema] = written.replaceAll(/["\s]/g, '').split('.').toReversed();
  return full({ ...(schema !== undefined && { schema: schema.toLowerCase() }), name: last.toLowerCase() });
}

/** What a function does when it is called is its own. */
function withoutBodies(text: string): string {
  const bodies = bodiesIn(text);
  return [-1, ...bodies.keys()].map((nth) => text.slice(bodies[nth]?.end ?? 0, bodies[nth + 1]?.start)).join(' ');
}

/** Where dollar-quoted texts begin and end; none where a quote stays open, as that may be what is wrong. */
export function bodiesIn(text: string): { start: number; end: number }[] {
  const open = new Map<string, number>();
  const bodies: { start: number; end: number }[] = [];
  for (const { 0: tag, index } of text.matchAll(/\$(?:[a-z_]\w*)?\$/gi)) {
    // Another tag within a body is part of it.
    if (open.size > 0 && !open.has(tag)) continue;
    const start = open.get(tag);
    if (start === undefined) open.set(tag, index);
    else {
      bodies.push({ start, end: index + tag.length });
      open.delete(tag);
    }
  }
  return open.size > 0 ? [] : bodies;
}
