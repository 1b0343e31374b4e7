import type { LiveColumn } from '../live/catalog.ts';
import { quote } from './literal.ts';

/** What a value is made for. */
export interface Occasion {
  /** Stands in texts and begins keys. */
  readonly mark: string;
  readonly email: string;
  /** Distinguishes rows and further tries: 0 for the first. */
  readonly nth: number;
  readonly relation: string;
}

const pastEvent =
  /delet|revok|archiv|cancel|used|accept|read_at|complet|verif|confirm|approv|suspend|bann|block|reject|lock|resolv|closed|finish|dismiss|ended_at|left_at|seen_at|paid_at/i;
const future = /expir|until|valid_to|end|due|deadline|to_date|renew/i;

/** Whether a timestamp says that something is over: a fresh row has none. */
export const isOver = (column: LiveColumn): boolean => !column.notNull && pastEvent.test(column.name);

/** SQL of a plausible value of the column's type with the owner's mark in it where there is room. `undefined`: no idea. */
export function plainValue(column: LiveColumn, occasion: Occasion): string | undefined {
  const text = plainText(column.base, column, occasion);
  if (text === undefined) return undefined;
  return `${quote(text)}::${column.type}`;
}

function plainText(base: string, column: LiveColumn, { mark, email, nth }: Occasion): string | undefined {
  const tail = nth === 0 ? '' : `-${nth}`;
  switch (base) {
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'citext':
    case 'name':
      return fit(wordFor(column.name, mark, email, tail, nth), column.length);
    case 'uuid':
      return `${mark}-0000-4000-8000-${String(nth + 1).padStart(12, '0')}`;
    case 'int2':
    case 'int4':
    case 'int8':
    case 'numeric':
    case 'float4':
    case 'float8':
    case 'money':
    case 'oid':
      return String(1 + nth);
    case 'bool':
      return 'false';
    case 'json':
    case 'jsonb':
      return JSON.stringify({ mark: `${mark}${tail}` });
    case 'date':
      return day(column, nth);
    case 'timestamp':
    case 'timestamptz':
      return `${day(column, nth)} 10:00:00+00`;
    case 'time':
    case 'timetz':
      return /end|clos|to_|_to|fim|hasta/i.test(column.name) ? '17:00' : '09:00';
    case 'interval':
      return '1 day';
    case 'inet':
    case 'cidr':
      return `192.0.2.${1 + (nth % 250)}`;
    case 'macaddr':
      return '02:00:00:00:00:01';
    case 'bytea':
      return `\\x${Buffer.from(mark).toString('hex')}`;
    case 'tsvector':
      return mark;
    case 'tsquery':
      return mark;
    case 'xml':
      return `<a>${mark}</a>`;
    case 'bit':
    case 'varbit':
      return '1';
    case 'point':
      return '(1,1)';
    case 'ltree':
      return mark;
    case 'hstore':
      return `mark=>${mark}`;
    case 'range':
      return rangeFor(column.type, nth);
    case 'vector':
    case 'halfvec':
      return `[${Array.from({ length: Number(/\((\d+)\)/.exec(column.type)?.[1] ?? 3) }, () => '0.1').join(',')}]`;
    case 'geometry':
    case 'geography':
      return 'POINT(1 1)';
    case 'array':
      return column.element !== undefined && /text|varchar|citext/.test(column.element) ? `{${mark}${tail}}` : '{}';
    default:
      return undefined;
  }
}

/** Today and later, one day further each try; what ends ends after what begins. */
function day(column: LiveColumn, nth: number): string {
  if (/birth|nascimento|nacimiento|dob/i.test(column.name)) return '1990-05-17';
  const ahead = future.test(column.name) ? 60 : 0;
  return new Date(Date.now() + (ahead + nth * 3) * 86_400_000).toISOString().slice(0, 10);
}

function rangeFor(type: string, nth: number): string {
  if (/^(?:int|num)/.test(type)) return `[${10 * nth + 1},${10 * nth + 5})`;
  const from = new Date(Date.now() + nth * 3 * 86_400_000).toISOString().slice(0, 10);
  const to = new Date(Date.now() + (nth * 3 + 1) * 86_400_000).toISOString().slice(0, 10);
  return `[${from},${to})`;
}

function wordFor(name: string, mark: string, email: string, tail: string, nth: number): string {
  if (/e?_?mail/i.test(name) && !/subject|body|template|html|type|status|content|provider|_id$/i.test(name))
    return nth === 0 ? email : email.replace('@', `${tail}@`);
  if (/phone|mobile|celular|telefone|whatsapp|(?:^|_)tel(?:_|$)|fax/i.test(name))
    return `+1555${parseInt(mark.slice(1, 6), 16) % 1_000_000}${nth}`;
  if (/url|link|website|href|avatar|logo|image|photo/i.test(name)) return `https://${mark}.example/${name}${tail}`;
  if (/slug|subdomain|handle|username|domain/i.test(name)) return `${mark}${tail}`;
  if (/colou?r/i.test(name)) return '#112233';
  if (/currency|moeda|moneda/i.test(name)) return 'USD';
  if (/^(?:ip|ip_address)$/i.test(name)) return '192.0.2.1';
  return `${mark}-${name}${tail}`;
}

/** Long texts keep the mark, which stands in front. */
const fit = (text: string, length: number | undefined): string => (length === undefined ? text : text.slice(0, length));

/** Further texts to try where a CHECK refuses: PostgreSQL is asked which of them it takes. */
export function otherTexts({ mark }: Occasion): string[] {
  const digits = String(parseInt(mark.slice(1, 8), 16))
    .padStart(14, '1')
    .slice(0, 14);
  return [
    '1',
    '0',
    '2',
    '5',
    '10',
    '50',
    '100',
    '1000',
    '2026',
    '0.5',
    '-1',
    '7',

    mark,
    mark.toUpperCase(),
    `${mark}abcdefghijklmnopqrstuvwxyz0123456789`,
    `${mark} ${'as it was asked for '.repeat(6)}`,
    `A${digits.slice(0, 9)}`,
    digits,
    digits.slice(0, 11),
    digits.slice(0, 9),
    digits.slice(0, 6),
    digits.slice(0, 5),
    digits.slice(0, 4),

    'US',
    'USD',
    'en',
    'en-US',
    '#112233',
    '+15550100123',
    '2026-01',
    '2026',
    '09:00',
    'true',
    'A',
    'a',
    '{}',
    '[]',
    '["a"]',
    '{"a":1}',
    '0 0 * * *',
    '192.0.2.1',
    `https://${mark}.example/x`,
    `${mark}@${mark}.example`,

    `${digits.slice(0, 3)}.${digits.slice(3, 6)}.${digits.slice(6, 9)}-${digits.slice(9, 11)}`,
    `(11) 9${digits.slice(0, 4)}-${digits.slice(4, 8)}`,
    `${mark}-0000-4000-8000-000000000001`,
  ];
}
