import { describe, expect, it } from 'vitest';
import { literal } from '../interpret/value.ts';
import { askedOfRest, askedOfSql, columnsIn } from './asked.ts';

describe('columns a query asks for', () => {
  it.each<[string, string[]]>([
    [
      'id, total, client:clients!inner(name, email), lines(count)',
      ['id', 'total', 'client.name:clients.name', 'client.email:clients.email'],
    ],
    ['*, variants(*)', ['*', 'variants.*']],
  ])('PostgREST: %s', (select, asks) => {
    expect(askedOfRest(literal(select))).toEqual(asks);
  });

  it.each<[string, string[] | undefined]>([
    ['select count(*) from users where name ilike $1', []],
    ['SELECT t.id AS tenant_id, t.name FROM tenants t', ['tenant_id:id', 'name']],
    ['select o.id, u.email from orders o join users u on u.id = o.user_id', ['id', 'users.email']],
    ['select * from orders o left join users u on u.id = o.user_id', ['*', 'users.*']],
    ["select first || ' ' || last as name from users", ['name:first', 'name:last']],
    ['select sum(amount) as total, count(*) as n from payments', ['total:amount']],
    ['select case when b.id is not null then true else false end as branded from tenants t join branding b on b.id = t.id', []],
    ['update users set name = $1 returning *', undefined],
  ])('SQL: %s', (sql, asks) => {
    expect(askedOfSql(sql)).toEqual(asks);
  });

  it('a number of rows is none of its columns, a number made of them is', () => {
    expect(columnsIn('count(distinct email)')).toEqual([]);
    expect(columnsIn('count(*) * avg(salary)')).toContain('salary');
  });
});
