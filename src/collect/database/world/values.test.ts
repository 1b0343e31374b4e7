import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LiveColumn, readCatalog } from '../live/catalog.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { sampleTable } from './fixture.ts';
import { identifier } from './literal.ts';
import { isOver, type Occasion, otherTexts, plainValue } from './values.ts';

const mark = 'a1234567';
const occasion = (change: Partial<Occasion> = {}): Occasion => ({
  mark,
  email: `owner.${mark}@${mark}.example`,
  nth: 0,
  relation: 'things',
  ...change,
});
const column = (name: string, told: Partial<LiveColumn> = {}): LiveColumn => sampleTable('things', { [name]: told }).columns[0]!;
const textOf = (one: LiveColumn, change: Partial<Occasion> = {}): string | undefined =>
  /^'(.*)'::/s.exec(plainValue(one, occasion(change)) ?? '')?.[1];

const types = `text, varchar(6), char(3), name, uuid, int2, int4, int8, numeric(6,2), float4, float8, money, oid, bool, json, jsonb, date,
  timestamp, timestamptz, time, timetz, interval, inet, cidr, macaddr, bytea, tsvector, tsquery, xml, bit(1), varbit, point, int4range, numrange,
  daterange, tstzrange, text[], uuid[], int4[]`
  .split(/,\s*(?![^(]*\))/)
  .map((type) => type.trim());

describe('on PostgreSQL', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ kind: 'postgresql' });
  });
  afterAll(() => sandbox.close());

  it('a value of every type is taken, and keys and texts differ from one row to the next', async () => {
    const db = await sandbox.create('typed');
    const list = types.map((type, index) => `c${index} ${type}`).join(', ');
    await db.exec(`CREATE TABLE things (${list})`);
    const { relations } = await readCatalog(db, ['public']);
    const { columns } = relations.find(({ name }) => name === 'things')!;
    expect(columns).toHaveLength(types.length);
    for (const nth of [0, 1, 41])
      await db.exec(
        `INSERT INTO things (${columns.map(({ name }) => identifier(name)).join(', ')}) VALUES (${columns.map((one) => plainValue(one, occasion({ nth }))).join(', ')})`,
      );
    const distinct = async (type: string): Promise<unknown> => {
      const name = columns[types.indexOf(type)]!.name;
      return (await db.query(`SELECT count(DISTINCT ${name}::text)::int AS n FROM things`))[0]?.n;
    };
    for (const type of ['text', 'uuid', 'int4', 'numeric(6,2)', 'jsonb', 'date', 'timestamptz', 'inet', 'daterange'])
      expect(await distinct(type), type).toBe(3);
    // Bookings of one room must not meet.
    expect(
      await db.query(
        `SELECT 1 FROM things a JOIN things b ON a.ctid < b.ctid WHERE a.c${types.indexOf('tstzrange')} && b.c${types.indexOf('tstzrange')}`,
      ),
    ).toEqual([]);
  });
});

describe('a text', () => {
  it('has the mark in it, also when there is room for little', () => {
    expect(textOf(column('title'))).toBe(`${mark}-title`);
    expect(textOf(column('title', { base: 'varchar', length: 8 }))).toBe(mark);
    expect(textOf(column('website'))).toContain(mark);
    expect(textOf(column('slug'), { nth: 3 })).toBe(`${mark}-3`);
    expect(textOf(column('id', { base: 'uuid' }))).toMatch(new RegExp(`^${mark}-`));
  });

  it('is an address where one is asked for, another one each time', () => {
    expect(textOf(column('email'))).toBe(occasion().email);
    expect(textOf(column('contact_mail'), { nth: 2 })).toBe(`owner.${mark}-2@${mark}.example`);
    expect(textOf(column('email_subject'))).toBe(`${mark}-email_subject`);
    expect(textOf(column('phone'))).toMatch(/^\+\d{5,15}$/);
  });

  it('may have quotes in its type, and none is made of a type nobody knows', () => {
    expect(plainValue(column('place', { base: 'earth' }), occasion())).toBeUndefined();
    expect(plainValue(column('title', { type: 'public."Odd"' }), occasion())).toBe(`'${mark}-title'::public."Odd"`);
  });
});

describe('dates', () => {
  it('end after they begin, lie ahead, and birthdays in the past', () => {
    const at = (name: string): string => textOf(column(name, { base: 'date' })) ?? '';
    expect(at('expires_at') > at('starts_at')).toBe(true);
    expect(at('starts_at') >= new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)).toBe(true);
    expect(at('date_of_birth') < '2005').toBe(true);
  });

  it('that say something is over are left out where they may be', () => {
    const at = (name: string, notNull = false): boolean => isOver(column(name, { base: 'timestamptz', notNull }));
    expect(['deleted_at', 'revoked_at', 'used_at', 'left_at'].filter((name) => !at(name))).toEqual([]);
    expect(['created_at', 'starts_at'].filter((name) => at(name))).toEqual([]);
    expect(at('deleted_at', true)).toBe(false);
  });
});

it('further texts for a CHECK: a long one with the mark, numbers of the usual lengths, a key', () => {
  const texts = otherTexts(occasion());
  const longEnough = texts.filter((text) => text.includes(mark) && text.length >= 50);
  expect(longEnough.length).toBeGreaterThan(0);
  expect(texts.some((text) => /^\d{14}$/.test(text))).toBe(true);
  expect(texts.some((text) => /^\d{11}$/.test(text))).toBe(true);
  expect(texts.some((text) => /^\d{3}\.\d{3}\.\d{3}-\d{2}$/.test(text))).toBe(true);
  expect(texts.some((text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text))).toBe(true);
});
