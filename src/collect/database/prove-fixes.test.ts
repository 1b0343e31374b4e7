import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proved, soundSql } from './fixture.ts';
import { openSandbox, type Sandbox } from './sandbox/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
});
afterAll(() => sandbox.close());

const find = (body: string): string => `${soundSql}
CREATE FUNCTION find(p_user_id uuid) RETURNS SETOF notes LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN ${body} RETURN QUERY SELECT * FROM notes WHERE user_id = p_user_id; END $$;
-- With the rights of its caller it would not work at all.
REVOKE SELECT ON notes FROM authenticated;`;

describe('a correction that holds the text of a function', () => {
  it('is shown whole', async () => {
    const { fix } = (await proved(sandbox, find(''))).object('find');
    expect(fix?.statements.join()).toMatch(/p_user_id = \(SELECT auth\.uid\(\)\)\) IS NOT TRUE THEN RAISE/);
    expect(fix).toMatchObject({ closes: 4 });
  });

  it('is not shown where a secret stands in it: with something else in its place it would be another function', async () => {
    const scrub = (text: string): string => text.replaceAll('sk_live_123', '[hidden]');
    const { fix } = (await proved(sandbox, find(`PERFORM 'sk_live_123';`), scrub)).object('find');
    expect(fix).toBeUndefined();
  });
});
