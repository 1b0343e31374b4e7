import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { type Played, played } from '../fixture.ts';
import type { Gained, Scene } from './attack.ts';
import { escalations } from './escalate.ts';
import { decides, portal, signUp } from './fixture.ts';

let sandbox: Sandbox;
let last: Played | undefined;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
});
afterAll(() => sandbox.close());

async function gained(sql: string, hints: Scene['hints'] = new Map()): Promise<readonly Gained[]> {
  await last?.db.close();
  last = await played(sandbox, portal + sql);
  const { db, catalog, worlds, tried } = last;
  return escalations({ db, catalog, worlds, hints, tried });
}
const told = (all: readonly Gained[]): unknown[] =>
  all.map(({ kind, who, what, unlocks }) => [kind, who, what, unlocks.map(({ object }) => object.replace('public.', ''))]);

describe('an account that may change nothing of what decides', () => {
  it('gains nothing', async () => {
    expect(told(await gained(signUp(`'client'`)))).toEqual([]);
  });
});

describe('his own row', () => {
  it('with a role in it that he may change opens what the role opens', async () => {
    const all = await gained(`${signUp(`'client'`)} CREATE POLICY change ON profiles FOR UPDATE TO authenticated USING (id = auth.uid());`);
    expect(told(all)).toEqual([['own-column', 'newcomer', 'sets profiles.role of his own row to admin', ['audit']]]);
    expect(all[0]).toMatchObject({
      column: 'role',
      value: 'admin',
      sql: expect.stringMatching(/^UPDATE public.profiles SET role = 'admin'/),
    });
  });

  it('that a trigger puts back is no gain, whatever the statement says, nor what he has already', async () => {
    const change = 'CREATE POLICY change ON profiles FOR UPDATE TO authenticated USING (id = auth.uid());';
    const stay = `CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.role := OLD.role; RETURN NEW; END $$;
      CREATE TRIGGER stay BEFORE UPDATE ON profiles FOR EACH ROW EXECUTE FUNCTION stay();`;
    expect(told(await gained(`${signUp(`'client'`)} ${change} ${stay}`, decides))).toEqual([]);
    // Whoever signs up is one; those we made clients may not change it.
    const already = `CREATE POLICY change ON profiles FOR UPDATE TO authenticated USING (id = auth.uid() AND role = 'admin');`;
    expect(told(await gained(`${signUp(`'admin'`)} ${already}`, decides))).toEqual([]);
  });
});

describe('a row that he adds for himself', () => {
  it('to the organisation of others opens what is theirs', async () => {
    const all = await gained(
      `${signUp(`'client'`)} CREATE POLICY add ON memberships FOR INSERT TO authenticated WITH CHECK (user_id = auth.uid());`,
    );
    expect(told(all)).toEqual([
      ['self-insert', 'newcomer', "adds a row for himself to memberships with organization_id of the owner's organisation", ['invoices']],
    ]);
  });

  it('is tried without a sign-up trigger too, for the profile he does not have', async () => {
    const all = await gained(`CREATE POLICY add ON profiles FOR INSERT TO authenticated WITH CHECK (id = auth.uid());`);
    expect(told(all)).toEqual([['self-insert', 'newcomer', 'adds a row for himself to profiles with role = admin', ['audit']]]);
  });
});

describe('a function', () => {
  const joins = (name: string, guard: string, where: string): string =>
    `CREATE FUNCTION ${name}(p_organization_id uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
       ${guard} INSERT INTO public.memberships SELECT auth.uid(), p_organization_id WHERE ${where}; END $$;`;

  it('that lets him join opens what is theirs; one that says no, or changes nothing, does not', async () => {
    const all = await gained(
      [
        signUp(`'client'`),
        joins('join_organization', '', 'true'),
        joins('asks_first', `IF NOT public.is_admin() THEN RAISE EXCEPTION 'no'; END IF;`, 'true'),
        joins('does_nothing', '', 'false'),
      ].join('\n'),
    );
    expect(told(all)).toEqual([['function', 'newcomer', 'calls join_organization', ['invoices']]]);
  });
});

describe('signing up', () => {
  it('with a role in the form gives it where the trigger takes it from there', async () => {
    const all = await gained(signUp(`coalesce(NEW.raw_user_meta_data ->> 'role', 'client')`));
    expect(told(all)).toEqual([['sign-up-metadata', 'newcomer', 'asks for role = admin in the metadata of his sign-up', ['audit']]]);
    expect(all[0]).toMatchObject({ routine: { name: 'welcome' }, sql: expect.stringContaining('"role": "admin"') });
  });

  it('first gives power that nobody after him gets', async () => {
    const all = await gained(signUp(`CASE WHEN EXISTS (SELECT 1 FROM public.profiles) THEN 'client' ELSE 'admin' END`));
    expect(told(all)).toEqual([['first-user', 'newcomer', 'signs up first and gets profiles.role = admin', []]]);
  });
});

describe('one hole', () => {
  it('is told once, by the account that needs least', async () => {
    // The stranger has a profile of ours, the newcomer that of his sign-up: both may change it.
    const all = await gained(`${signUp(`'client'`)} CREATE POLICY change ON profiles FOR UPDATE TO authenticated USING (id = auth.uid());
      CREATE POLICY add ON profiles FOR INSERT TO authenticated WITH CHECK (id = auth.uid());`);
    expect(told(all)).toEqual([['own-column', 'newcomer', 'sets profiles.role of his own row to admin', ['audit']]]);
  });

  it('that opens only what was open before is told where the source says that the column decides', async () => {
    const sql = `${signUp(`'client'`)} CREATE POLICY change ON profiles FOR UPDATE TO authenticated USING (id = auth.uid()); ALTER POLICY admins ON audit USING (true);`;
    // A column that only its name makes important has to open something.
    expect(told(await gained(sql))).toEqual([]);
    const all = await gained(sql, decides);
    expect(told(all)).toEqual([['own-column', 'newcomer', 'sets profiles.role of his own row to admin', []]]);
  });
});
