/** The part of JSON Schema that says what a value may be. References are resolved. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly example?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly readOnly?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

export const record = (value: unknown): Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {};
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const deepest = 8;

/** What a reference of the document points at (RFC 6901); other documents are not fetched. */
export function resolved(value: unknown, document: unknown): Json {
  let at = record(value);
  for (let hops = 0; typeof at['$ref'] === 'string' && hops < 10; hops += 1) {
    const steps = at['$ref'].startsWith('#/') ? at['$ref'].slice(2).split('/') : [];
    let found: unknown = steps.length > 0 ? document : {};
    for (const step of steps) found = record(found)[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')];
    at = record(found);
  }
  return at;
}

/** Reads a schema of the document: the first of several alternatives, all of several parts. */
export function schemaOf(value: unknown, document: unknown, depth = 0): Schema {
  const at = resolved(value, document);
  if (depth > deepest) return {};
  const choices = [...list(at['oneOf']), ...list(at['anyOf'])].filter((one) => record(one)['type'] !== 'null');
  // One rather than many of them, where an operation takes both.
  const first = choices.find((one) => 'properties' in resolved(one, document)) ?? choices[0];
  const parts = [...list(at['allOf']), ...(first === undefined ? [] : [first])].map((part) => schemaOf(part, document, depth + 1));
  const own = Object.fromEntries(Object.entries(record(at['properties'])).map(([name, one]) => [name, schemaOf(one, document, depth + 1)]));
  const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {}), own) as Record<string, Schema>;
  const type = [at['type'], ...list(at['type'])].find((one) => typeof one === 'string' && one !== 'null');
  const inherited: Schema = Object.assign({}, ...parts) as Schema;
  return {
    ...inherited,
    ...(typeof type === 'string' && { type }),
    ...text(at, 'format'),
    ...(Array.isArray(at['enum']) && { enum: at['enum'] }),
    ...('const' in at && { enum: [at['const']] }),
    ...(Object.keys(properties).length > 0 && { properties, type: 'object' }),
    ...((Array.isArray(at['required']) || parts.some((part) => part.required)) && {
      required: [...parts.flatMap((part) => part.required ?? []), ...list(at['required']).filter((one) => typeof one === 'string')],
    }),
    ...('items' in at && { items: schemaOf(at['items'], document, depth + 1) }),
    ...('example' in at && { example: at['example'] }),
    ...number(at, 'minimum'),
    ...number(at, 'maximum'),
    ...number(at, 'minLength'),
    ...number(at, 'maxLength'),
    ...(at['readOnly'] === true && { readOnly: true }),
  };
}

const text = (at: Json, name: 'format'): Partial<Schema> => (typeof at[name] === 'string' ? { [name]: at[name] } : {});
const number = (at: Json, name: 'minimum' | 'maximum' | 'minLength' | 'maxLength'): Partial<Schema> =>
  typeof at[name] === 'number' ? { [name]: at[name] } : {};

/** Fields that the app fills in by itself, or that say whose a row is. */
const ownField =
  /^_?(?:id|uuid)$|(?:^|_)(?:created|updated|deleted|modified|inserted)(?:_(?:at|by|on|date))?$|^(?:user|owner|author|creator|tenant|organi[sz]ation|org|account|member|customer|client|company|workspace|team)(?:_?id)?$|^(?:role|is_?admin|is_?staff|password|__v)$/i;

/** Whether the app gives a field its value, whatever is sent. */
export const isFilledIn = (name: string): boolean => ownField.test(name) || ownField.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));

/**
 * What an app that does not describe itself takes for a new row, by the rows it shows: the same fields, but for those it fills in itself. `also`: fields
 * that it may fill in, and that are sent nevertheless.
 */
export function schemaOfRows(rows: readonly Json[], also?: RegExp): Schema | undefined {
  const properties = new Map<string, Schema>();
  for (const row of rows.slice(0, 5))
    for (const [name, value] of Object.entries(row)) {
      const wanted = also?.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()) === true;
      if ((isFilledIn(name) && !wanted) || properties.has(name)) continue;
      if (wanted) properties.set(name, { type: typeof value === 'string' ? 'string' : 'integer' });
      else if (typeof value === 'string') properties.set(name, { type: 'string', ...(isDateTime.test(value) && { format: 'date-time' }) });
      else if (typeof value === 'number') properties.set(name, { type: Number.isInteger(value) ? 'integer' : 'number' });
      else if (typeof value === 'boolean') properties.set(name, { type: 'boolean' });
    }
  return properties.size === 0 ? undefined : { type: 'object', properties: Object.fromEntries(properties) };
}

const isDateTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
