import { describe, expect, it } from 'vitest';
import { type Files, nextRoute, routesOf } from '../routes/fixture.ts';

const head = `import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
const answer = (value) => Response.json(value);
`;

/** What the answer of a handler shows of each read; \`undefined\` where that cannot be told. */
const shown = async (body: string) =>
  (
    await nextRoute(
      `${head} export async function POST(request) { const { id, kind } = await request.json(); const rows = await prisma.order.findMany({ select: { id: true, email: true, client: { select: { name: true } } } }); ${body} }`,
    )
  ).data
    .filter(({ operation }) => operation === 'read')
    .map(({ shows }) => shows);

const all = [['id', 'email', 'client.name']];

describe('nothing of what is read leaves', () => {
  it.each<[string, string]>([
    ['a constant', `if (rows.length === 0) return answer({ error: 'none' }); return answer({ ok: true, at: new Date().toISOString() });`],
    [
      'how many there are',
      `return answer({ total: rows.length, open: rows.filter((row) => row.email).length, some: rows.some((row) => row.id === id) });`,
    ],
    ['whether there is one', `const row = rows.find((one) => one.id === id); return answer({ found: !!row, same: row?.email === kind });`],
    ['a share of them', `return answer({ rate: Math.round((rows.filter((row) => row.id).length / rows.length) * 100) });`],
    ['what the caller sent', `return answer({ id, of: rows.length + 1 });`],
    [
      'an error that was caught',
      `try { return answer({ ok: rows.length > 1 }); } catch (error) { return answer({ message: error.message }); }`,
    ],
  ])('%s', async (_, body) => {
    expect(await shown(body)).toEqual([[]]);
  });
});

describe('what of a row leaves', () => {
  it.each<[string, string, string[][]]>([
    ['all of it', `return answer(rows);`, all],
    ['one column', `return answer(rows.map((row) => ({ number: row.id })));`, [['id']]],
    ['a relation', `return answer(rows.map((row) => row.client));`, [['client.name']]],
    ['a text made of it', 'return answer({ text: `Mail to ${rows[0].email}` });', [['email']]],
    ['a number made of it', `return answer({ sum: rows.reduce((sum, row) => sum + row.id, 0) });`, [['id']]],
    ['a method of a column', `return answer({ day: rows[0].id.toLocaleString('en') });`, [['id']]],
    ['a refusal that tells', `return Response.json({ taken: rows[0].email }, { status: 409 });`, [['email']]],
    [
      'a list that is filled',
      `const list = []; for (const row of rows) list.push({ mail: row.email }); return answer({ list });`,
      [['email']],
    ],
    ['an index by key', `const by = {}; for (const row of rows) by[row.id] = row.email; return answer(by);`, [['email', 'id']]],
    [
      'groups by key',
      `const by = {}; for (const row of rows) { by[row.id] ??= []; by[row.id].push(row.email); } return answer(by);`,
      [['id', 'email']],
    ],
    [
      'an object with computed names',
      `return answer(rows.reduce((all, row) => ({ ...all, [row.id]: row.email }), {}));`,
      [['email', 'id']],
    ],
    [
      'a field that is filled in on one path',
      `const result = {}; try { result.row = rows[0].email; } catch { result.row = 'none'; } return answer(result);`,
      [['email']],
    ],
    ['a name that keeps its rows', `let list = rows.map((row) => row.email); list ||= []; return answer(list);`, [['email']]],
    [
      'one case of several',
      `let out; switch (kind) { case 'a': out = rows[0].email; break; case 'b': out = 'none'; break; } return answer(out);`,
      [['email']],
    ],
    ['rows where a test holds', `const open = kind === 'x'; return answer(open && rows[0].email);`, [['email']]],
    [
      'a copy that is kept',
      `const copy = await prisma.copy.create({ data: { text: rows[0].email } }); return answer(copy.text);`,
      [['email']],
    ],
    ['a spread row', `return answer({ ...rows[0], extra: 1 });`, all],
    ['code that cannot be followed', `return answer(await render(rows.length));`, all],
    [
      'code that may keep rows',
      `const seen = new Map(); for (const row of rows) seen.set(row.id, row); return answer([...seen.values()]);`,
      all,
    ],
  ])('%s', async (_, body, columns) => {
    const sorted = (lists: readonly (readonly string[] | undefined)[]) => lists.map((list) => list?.toSorted());
    expect(sorted(await shown(body))).toEqual(sorted(columns));
  });
});

describe('answers through other ways', () => {
  const express = async (body: string): Promise<readonly string[] | undefined> => {
    const files: Files = {
      'package.json': '{"dependencies":{"express":"5.0.0"}}',
      'server.js': `const express = require('express'); const { Pool } = require('pg'); const app = express(); const pool = new Pool();
app.get('/orders', async (req, res) => { const { rows } = await pool.query('select id, email from orders'); ${body} });
app.listen(3000);`,
    };
    return (await routesOf(files))['GET /orders']?.data[0]?.shows;
  };

  it('Express: what is sent, and nothing where it is a number', async () => {
    expect(await express('res.json({ total: rows.length });')).toEqual([]);
    expect(await express(`res.render('orders', { rows: rows.map((row) => row.email) });`)).toEqual(['email']);
  });

  it('Express: whoever is handed the response may answer', async () => {
    expect(await express('if (req.query.csv) return csv(rows).pipe(res); res.json({ total: rows.length });')).toEqual(['id', 'email']);
  });

  it('a mail to an address of the caller’s choosing is an answer', async () => {
    const mail = (to: string) =>
      nextRoute(`import sgMail from '@sendgrid/mail'; ${head} export async function POST(request) { const { id, to } = await request.json();
const order = await prisma.order.findUnique({ where: { id }, select: { email: true } }); await sgMail.send({ to: ${to}, text: order.email }); return answer({ ok: true }); }`);
    expect((await mail('order.email')).data[0]?.shows).toEqual([]);
    expect((await mail('to')).data[0]?.shows).toEqual(['email']);
  });
});

it('shows a row to whoever is believed to be its owner, and nothing but themselves to those who are', async () => {
  const me = async (find: string, answered: string): Promise<readonly (readonly string[] | undefined)[]> =>
    (
      await nextRoute(`import { decodeJwt, jwtVerify } from 'jose'; ${head} export async function GET(request) {
        const token = request.headers.get('x-token'); ${find}
        const me = await prisma.account.findUnique({ where: { id: claims.sub } });
        if (!me) return Response.json({}, { status: 401 });
        return answer(${answered}); }`)
    ).data.map(({ shows }) => shows);
  const believed = 'const claims = decodeJwt(token); if (!claims) return Response.json({}, { status: 401 });';
  expect(await me(believed, '{ to: me.iban }')).toEqual([['iban']]);
  expect(await me(believed, '{ ok: !!me }')).toEqual([[]]);
  expect(await me('const { payload: claims } = await jwtVerify(token, key);', '{ to: me.iban }')).toEqual([[]]);
});
