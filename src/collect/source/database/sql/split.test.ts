import { describe, expect, it } from 'vitest';
import { splitStatements } from './split.ts';

const split = (sql: string): [number, string][] => [...splitStatements(sql)].map(({ line, text }) => [line, text]);

describe('splitStatements', () => {
  it('cuts at semicolons and counts lines', () => {
    expect(split('create table a (id int);\n\ncreate table b (id int)')).toEqual([
      [1, 'create table a (id int)'],
      [3, 'create table b (id int)'],
    ]);
  });
  it('leaves quotes, dollar quotes and comments whole', () => {
    expect(split("select 'a;b', E'it\\'s;', \"c;d\" -- x;y\n;select $q$;$$;$q$; /* a; /* b; */ c; */ select 2;")).toEqual([
      [1, "select 'a;b', E'it\\'s;', \"c;d\" -- x;y"],
      [2, 'select $q$;$$;$q$'],
      [2, 'select 2'],
    ]);
  });
  it('does not take an identifier that ends in e for an escape string', () => {
    expect(split("select type'a\\';select 1")).toHaveLength(2);
  });
  it('passes over psql commands and COPY data', () => {
    expect(split("\\connect app\nCOPY public.a (x) FROM stdin;\n1;2\n'\n\\.\nselect 1;")).toEqual([
      [2, 'COPY public.a (x) FROM stdin'],
      [6, 'select 1'],
    ]);
  });
  it('keeps BEGIN ATOMIC bodies together', () => {
    expect(split('create function f() returns int begin atomic select 1; select 2; end; select 3')).toHaveLength(2);
  });
  it('ends on unclosed quotes and comments', () => {
    for (const open of ["select 'a", 'select $$ a', 'select /* a', 'select "a', "select E'a\\"])
      expect(split(`select 1;${open}`)).toHaveLength(2);
    expect(split('')).toEqual([]);
    expect(split(';;  -- nothing')).toEqual([]);
  });
});
