import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser, type SqlParser } from '../../source/database/sql/parser.ts';
import { escaped, fitting, identifier, quote, wordIn, wordsIn } from './literal.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadParser();
});

/** Texts PostgreSQL can hold: all but NUL, and whole characters; so short that no name is cut. */
const texts = fc.string({ unit: 'binary', maxLength: 15 }).filter((text) => !text.includes('\0'));
const odd = fc.string({ maxLength: 15, unit: fc.constantFrom(`'`, '"', '\\', '$', '-', '/', '*', ';', '(', 'a', 'E', ' ', '\n', 'ä') });

/** What PostgreSQL itself reads: the only statement's only selected value. */
const read = (sql: string): unknown => JSON.parse(JSON.stringify(parser.parse(sql)));

describe('a literal', () => {
  it('is read as the text it stands for, whatever is in it', () => {
    fc.assert(
      fc.property(fc.oneof(texts, odd), (text) => {
        expect(read(`SELECT ${quote(text)}`)).toMatchObject([
          { SelectStmt: { targetList: [{ ResTarget: { val: { A_Const: { sval: text === '' ? {} : { sval: text } } } } }] } },
        ]);
      }),
    );
  });
});

describe('an identifier', () => {
  const column = (name: string): object[] => [
    { SelectStmt: { targetList: [{ ResTarget: { val: { ColumnRef: { fields: [{ String: { sval: name } }] } } } }] } },
  ];

  it('is read as the name it stands for, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.oneof(texts, odd).filter((name) => name !== ''),
        (name) => {
          expect(read(`SELECT ${identifier(name)}`)).toMatchObject(column(name));
        },
      ),
    );
  });

  it.each(['user', 'order', 'select', 'left', 'current_user', 'end', 'when', 'ilike', 'freeze', 'Größe', 'userId', '1st', 'a-b'])(
    'may be %s, which PostgreSQL takes for something else when it is not quoted',
    (name) => {
      expect(identifier(name)).toBe(`"${name}"`);
      expect(read(`SELECT ${identifier(name)}`)).toMatchObject(column(name));
    },
  );

  it('that is plain stays as people write it', () => {
    expect(['invoices', 'user_id', 'name', '_x1'].map(identifier)).toEqual(['invoices', 'user_id', 'name', '_x1']);
  });
});

describe('a name in a text', () => {
  it('is a word of its own', () => {
    const found = (name: string, text: string): boolean => wordIn(name).test(text);
    expect(found('name', 'SELECT name FROM t')).toBe(true);
    expect(found('name', 'SELECT t.Name')).toBe(true);
    expect(found('name', 'SELECT full_name, names, name$1')).toBe(false);
    expect(found('a(b', 'SELECT * FROM "a(b"')).toBe(true);
    expect(found('a.c', 'SELECT abc')).toBe(false);
  });

  it('is found among many as it is found alone', () => {
    const sign = fc.constantFrom('a', 'A', 'ä', 'Ä', 'ß', 'ſ', 'K', 'k', 'İ', 'i', '_', '$', '.', ' ');
    const text = fc.string({ unit: sign, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.string({ unit: sign, minLength: 1, maxLength: 3 }),
        text,
        (name, all) => wordsIn(all)(name) === wordIn(name).test(all),
      ),
    );
  });

  it('matches itself in a regular expression', () => {
    fc.assert(fc.property(odd, (name) => new RegExp(`^${escaped(name)}$`).test(name)));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'.*+?^${}()|[]\\a') }), (name) => new RegExp(`^${escaped(name)}$`).test(name)),
    );
  });
});

describe('a name that has to fit', () => {
  it('stays as it is where PostgreSQL keeps it whole', () => {
    expect(fitting('owns_notes_by_user_id')).toBe('owns_notes_by_user_id');
    expect(fitting('a'.repeat(63))).toBe('a'.repeat(63));
  });

  it('is cut, and stays another than one that begins alike', () => {
    const long = 'owns_'.padEnd(70, 'x');
    const [one, other] = [fitting(`${long}_by_user_id`), fitting(`${long}_by_created_by`)];
    expect(one).not.toBe(other);
    expect(one).toMatch(/^owns_x{49}_[0-9a-f]{8}$/);
    expect(fitting(`${long}_by_user_id`)).toBe(one);
    expect(Buffer.byteLength(fitting('ção'.repeat(30)))).toBeLessThanOrEqual(63);
  });
});
