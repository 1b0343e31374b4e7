import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const head = `import { cookies } from 'next/headers'; import { createClient } from '@supabase/supabase-js';
const admin = createClient(process.env.A, process.env.SUPABASE_SERVICE_ROLE_KEY); const deny = () => Response.json({}, { status: 401 });
`;
const levelOf = async (body: string): Promise<string | undefined> =>
  (
    await nextRoute(`${head} export async function POST(request) { const token = (await cookies()).get('sid')?.value; if (!token) return deny();
    ${body}
    await admin.from('notes').insert({ text: 'x' }); return Response.json({}); }`)
  ).data.findLast(({ name }) => name === 'notes')?.auth;

describe('Supabase: a session looked up by a database function', () => {
  it.each([
    [
      'first of the list',
      `const { data: found } = await admin.rpc('session_by_token', { p_token: token }); const session = found && found.length > 0 ? found[0] : null; if (!session) return deny();`,
    ],
    [
      'one row',
      `const { data: session, error } = await admin.rpc('session_by_token', { p_token: token }).single(); if (error || !session) return deny();`,
    ],
    ['yes or no', `const { data: valid } = await admin.rpc('token_is_valid', { _token: token }); if (!valid) return deny();`],
  ])('asks who is calling: %s', async (_name, body) => {
    expect(await levelOf(body)).toBe('identity');
  });

  it.each([
    ['the answer is not looked at', `await admin.rpc('session_by_token', { p_token: token });`],
    [
      'the answer is only logged',
      `const { data } = await admin.rpc('session_by_token', { p_token: token }); if (!data?.[0]) console.warn('none');`,
    ],
    [
      'what is looked up is no token',
      `const { id } = await request.json(); const { data } = await admin.rpc('note_by_id', { p_id: id }); if (!data?.[0]) return deny();`,
    ],
  ])('does not where %s', async (_name, body) => {
    expect(await levelOf(body)).toBe('presence');
  });
});

describe('Supabase: a query for the number of rows', () => {
  it('reads the table, and nothing of its rows leaves', async () => {
    const { data } = await nextRoute(`${head} export async function GET() {
      const { count } = await admin.from('invoices').select('*', { count: 'exact', head: true }); return Response.json({ count }); }`);
    expect(data).toMatchObject([{ name: 'invoices', operation: 'read', shows: [] }]);
  });

  it('shows rows where they are asked for too', async () => {
    const { data } = await nextRoute(`${head} export async function GET() {
      const { data, count } = await admin.from('invoices').select('*', { count: 'exact' }); return Response.json({ data, count }); }`);
    expect(data[0]?.shows?.length).toBeGreaterThan(0);
  });
});

describe('Supabase: the service key with headers of one’s own', () => {
  const clientOf = async (headers: string, before = '') =>
    (
      await nextRoute(`import { createClient } from '@supabase/supabase-js'; export async function POST(request) { const sent = request.headers.get('authorization'); ${before}
    const client = createClient(process.env.A, process.env.SUPABASE_SERVICE_ROLE_KEY, { global: { headers: ${headers} } });
    const { data } = await client.from('notes').select('*'); return Response.json(data); }`)
    ).data.find(({ name }) => name === 'notes')?.client;
  const refuse = 'if (!sent) return Response.json({}, { status: 401 });';

  it('runs as the caller where their header is handed on', async () => {
    expect(await clientOf('{ Authorization: sent }', refuse)).toBe('user');
    expect(await clientOf('sent ? { Authorization: sent } : {}', refuse)).toBe('user');
  });

  it.each([
    ['no header need come', 'sent ? { Authorization: sent } : {}'],
    ['the header is another', '{ "x-info": sent }'],
    ['the header holds the key', '{ Authorization: `Bearer ${process.env.SUPABASE_SERVICE_ROLE_KEY}` }'],
  ])('passes every row-level rule where %s', async (_name, headers) => {
    expect(await clientOf(headers)).toBe('service');
  });
});
