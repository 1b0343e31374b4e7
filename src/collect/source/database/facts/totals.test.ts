import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser, type SqlParser } from '../sql/parser.ts';
import { columnsOf, yieldsTotals } from './totals.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadParser();
});
const query = (sql: string) => {
  const select = parser.select(sql);
  if (!select) throw new Error(sql);
  return select;
};

describe('what a query yields', () => {
  it.each([
    ['select count(*), sum(total) from orders', true],
    ['select status, count(*) from orders group by status', true],
    ["select date_trunc('month', created_at) as month, material_id, avg(cost) from orders group by 1, 2", true],
    ['select customer_id, sum(total) from orders group by 1', false],
    ['select supplier_id, sum(cost) from orders group by 1', false],
    ["select case when by = 'kind' then o.kind else coalesce(s.name, 'none') end as category, count(*) from o, s group by category", false],
    [
      "select case when by = 'kind' then o.kind else coalesce(o.state, 'none') end as category, count(o.name) from o group by category",
      true,
    ],
    ['select email, count(*) from orders group by 1', false],
    ['select c.name, count(*) from customers c join orders o on o.customer_id = c.id group by c.name', false],
    ['select jsonb_agg(o) from orders o', false],
    ['select jsonb_object_agg(email, total) from orders', false],
    ['select sum(total) over (partition by id) from orders', false],
    ['select id from orders', false],
    ['select (select count(*) from orders)', false],
  ])('%s: totals %s', (sql, totals) => {
    expect(yieldsTotals(query(sql))).toBe(totals);
  });

  it.each([
    ['select id, o.total as amount, lower(x) from o', ['id', 'amount']],
    ['select o.* from o', ['*']],
    ['select a from x union select b from y', ['a']],
  ])('%s: columns %j', (sql, columns) => {
    expect(columnsOf(query(sql))).toEqual(columns);
  });
});
