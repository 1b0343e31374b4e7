import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Table } from '../../../../evidence/database.ts';
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { type Played, played } from '../fixture.ts';
import type { Gained, Scene } from './attack.ts';
import { escalations } from './escalate.ts';

/** Who may see invoices: members of the organisation, and whoever runs the app. */
const base = `
CREATE TABLE organizations (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);
CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users, full_name text, role text NOT NULL DEFAULT 'client' CHECK (role IN ('client', 'manager', 'admin')), plan text DEFAULT 'free');
CREATE TABLE memberships (user_id uuid NOT NULL REFERENCES auth.users, organization_id uuid NOT NULL REFERENCES organizations, PRIMARY KEY (user_id, organization_id));
CREATE TABLE invoices (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid NOT NULL REFERENCES organizations, total int);
CREATE TABLE audit (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid NOT NULL REFERENCES organizations, entry text);
CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT EXISTS (SELECT 1 FROM public.profiles WHERE id = auth.uid() AND role = 'admin') $$;
CREATE FUNCTION is_member(org uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT EXISTS (SELECT 1 FROM public.memberships WHERE user_id = auth.uid() AND organization_id = org) $$;
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON profiles FOR SELECT TO authenticated USING (id = auth.uid());
CREATE POLICY own ON memberships FOR SELECT TO authenticated USING (user_id = auth.uid());
CREATE POLICY members ON invoices FOR SELECT TO authenticated USING (is_member(organization_id));
CREATE POLICY admins ON audit FOR SELECT TO authenticated USING (is_admin());
`;
const signUp = (role: string): string =>
  `CREATE FUNCTION welcome() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
     INSERT INTO public.profiles (id, full_name, role) VALUES (NEW.id, NEW.raw_user_meta_data ->> 'full_name', ${role}); RETURN NEW; END $$;
   CREATE TRIGGER welcome AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION welcome();`;

let sandbox: Sandbox;
let last: Played | undefined;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
});
afterAll(() => sandbox.close());

/** What the source tells of profiles.role. */
const decides: Scene['hints'] = new Map([
  [
    'public.profiles',
    { columns: [{ name: 'role', power: { kind: 'role', why: 'is_admin() asks for it' } }], decides: [] } as unknown as Table,
  ],
]);

async function gained(sql: string, hints: Scene['hints'] = new Map()): Promise<readonly Gained[]> {
  await last?.db.close();
  last = await played(sandbox, base + sql);
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
