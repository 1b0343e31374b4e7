import fc from 'fast-check';

/** A change somewhere in a value; `where` and `with` are read modulo what is there. */
interface Change {
  readonly where: number;
  readonly how: 'text' | 'number' | 'flip' | 'drop' | 'repeat' | 'clear' | 'reverse' | 'forget';
  readonly text: string;
  readonly number: number;
}

const hostile = fc.constantFrom(
  '',
  ' ',
  '*',
  '/',
  'ALL',
  'public',
  'anon',
  '__proto__',
  'constructor',
  'toString',
  'GET /api/:id',
  '../../etc/passwd',
  '(((((',
  '\\',
  '$&',
  '\u0000',
  '💥',
  'a'.repeat(5000),
);

/** Changes that keep the kind of a value (text stays text), because that much the types promise. */
export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    where: fc.nat(),
    how: fc.constantFrom('text', 'text', 'number', 'flip', 'drop', 'repeat', 'clear', 'reverse', 'forget'),
    text: fc.oneof(fc.string({ unit: 'binary' }), hostile),
    number: fc.oneof(fc.integer(), fc.constantFrom(0, -1, 1, Number.MAX_SAFE_INTEGER)),
  }),
  { minLength: 1, maxLength: 8 },
);

type Slot = { readonly holder: Record<string, unknown> | unknown[]; readonly key: string | number; readonly shape: string };

/** A changed copy of `value`; `optional` holds the shapes (see `optionalShapes`) that may be absent. */
export function mutate(value: unknown, list: readonly Change[], optional: ReadonlySet<string>): unknown {
  const root = { value: structuredClone(value) };
  for (const change of list) {
    const slots = slotsOf(root, '').filter((slot) => fits(slot, change, optional));
    const slot = slots[change.where % slots.length];
    if (slot) apply(slot, change);
  }
  return root.value;
}

/** Shapes of keys that some objects of one kind have and others lack: the optional ones, as far as the samples tell. */
export function optionalShapes(samples: readonly unknown[]): Set<string> {
  const seen = new Map<string, { objects: number; keys: Map<string, number> }>();
  const walk = (value: unknown, shape: string): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, `${shape}[]`);
    else if (value !== null && typeof value === 'object') {
      const entry = seen.get(shape) ?? { objects: 0, keys: new Map<string, number>() };
      seen.set(shape, entry);
      entry.objects += 1;
      for (const [key, item] of Object.entries(value)) {
        entry.keys.set(key, (entry.keys.get(key) ?? 0) + 1);
        walk(item, `${shape}.${key}`);
      }
    }
  };
  for (const sample of samples) walk(sample, '.value');
  return new Set(
    [...seen].flatMap(([shape, { objects, keys }]) => [...keys].filter(([, count]) => count < objects).map(([key]) => `${shape}.${key}`)),
  );
}

/** A copy in which every list is empty: evidence of nothing. */
export function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, emptied(item)]));
}

/** Freezes a value through and through, so that a check that writes into its evidence throws. */
export function frozen<T>(value: T): T {
  if (value !== null && typeof value === 'object') for (const item of Object.values(Object.freeze(value))) frozen(item);
  return value;
}

function slotsOf(holder: Record<string, unknown> | unknown[], shape: string): Slot[] {
  const keys = Array.isArray(holder) ? holder.keys() : Object.keys(holder);
  return [...keys].flatMap((key) => {
    const item = (holder as Record<string | number, unknown>)[key];
    const inner = Array.isArray(holder) ? `${shape}[]` : `${shape}.${key}`;
    const slot: Slot = { holder, key, shape: inner };
    return item !== null && typeof item === 'object' ? [slot, ...slotsOf(item as Record<string, unknown>, inner)] : [slot];
  });
}

const valueIn = ({ holder, key }: Slot): unknown => (holder as Record<string | number, unknown>)[key];

function fits(slot: Slot, { how }: Change, optional: ReadonlySet<string>): boolean {
  const value = valueIn(slot);
  if (how === 'text') return typeof value === 'string';
  if (how === 'number') return typeof value === 'number';
  if (how === 'flip') return typeof value === 'boolean';
  if (how === 'drop' || how === 'repeat') return Array.isArray(slot.holder);
  if (how === 'forget') return !Array.isArray(slot.holder) && optional.has(slot.shape);
  return Array.isArray(value) && value.length > 0;
}

function apply({ holder, key }: Slot, { how, text, number }: Change): void {
  const values = holder as Record<string | number, unknown>;
  if (how === 'text') values[key] = text;
  if (how === 'number') values[key] = number;
  if (how === 'flip') values[key] = !values[key];
  if (how === 'clear') values[key] = [];
  if (how === 'reverse') (values[key] as unknown[]).reverse();
  if (how === 'forget') delete values[key];
  if (Array.isArray(holder) && how === 'drop') holder.splice(Number(key), 1);
  if (Array.isArray(holder) && how === 'repeat') holder.push(structuredClone(holder[Number(key)]));
}
