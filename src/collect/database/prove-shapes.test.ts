import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proved, type Sample, soundSql } from './fixture.ts';
import { openSandbox, type Sandbox } from './sandbox/sandbox.ts';

const user = 'user_id uuid NOT NULL REFERENCES auth.users (id)';
const names = `
CREATE TABLE "user" (id uuid PRIMARY KEY, ${user}, "order" text, "select" int NOT NULL);
CREATE TABLE "with space" ("a b" uuid PRIMARY KEY DEFAULT gen_random_uuid(), ${user}, "Größe ""x""" text NOT NULL, "it's" text);
CREATE TABLE "a(b" (id uuid PRIMARY KEY, ${user}, "t" text, q text, v text);
CREATE TABLE "q""uote'd" (id uuid PRIMARY KEY, ${user}, "группа" text);
CREATE VIEW "v (1" AS SELECT * FROM "a(b";
CREATE FUNCTION "f(n"("p a" uuid) RETURNS SETOF "a(b" LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT * FROM "a(b" WHERE user_id = "p a"';
`;
const shapes = `
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE DOMAIN postcode AS text CHECK (VALUE ~ '^[0-9]{5}$');
CREATE TABLE counted (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ${user}, a int NOT NULL, b int GENERATED ALWAYS AS (a * 2) STORED, body text);
CREATE TABLE parted (id uuid NOT NULL, ${user}, at date NOT NULL, body text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
CREATE TABLE keyless (${user}, body text);
CREATE TABLE pairs (org int NOT NULL, nr int NOT NULL, ${user}, PRIMARY KEY (org, nr));
CREATE TABLE of_pairs (id serial PRIMARY KEY, org int NOT NULL, nr int NOT NULL, body text, FOREIGN KEY (org, nr) REFERENCES pairs (org, nr));
CREATE TABLE deferred (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES auth.users (id) DEFERRABLE INITIALLY DEFERRED, nr int UNIQUE DEFERRABLE INITIALLY DEFERRED, body text);
CREATE TABLE bookings (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), ${user}, room int NOT NULL, during daterange NOT NULL, EXCLUDE USING gist (room WITH =, during WITH &&));
CREATE TABLE addresses (id uuid PRIMARY KEY, ${user}, code postcode NOT NULL, street text);
CREATE TABLE chickens (id uuid PRIMARY KEY, ${user}, egg uuid NOT NULL);
CREATE TABLE eggs (id uuid PRIMARY KEY, chicken uuid NOT NULL REFERENCES chickens (id), body text);
ALTER TABLE chickens ADD FOREIGN KEY (egg) REFERENCES eggs (id) DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE ruled (id uuid PRIMARY KEY, ${user}, body text);
CREATE RULE kept AS ON DELETE TO ruled DO INSTEAD NOTHING;
CREATE VIEW written AS SELECT * FROM notes;
CREATE FUNCTION through() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE notes SET body = NEW.body WHERE id = OLD.id; RETURN NEW; END $$;
CREATE TRIGGER through INSTEAD OF UPDATE ON written FOR EACH ROW EXECUTE FUNCTION through();
CREATE TABLE counted_up (id int PRIMARY KEY, ${user}, body text);
INSERT INTO auth.users (id, email) VALUES ('aaaaaaaa-0000-4000-8000-00000000000a', 'somebody@example.com');
INSERT INTO counted_up SELECT n, 'aaaaaaaa-0000-4000-8000-00000000000a', 'x' FROM generate_series(729000, 732000) n;
`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'postgresql' });
});
afterAll(() => sandbox.close());

const open = (sample: Sample): string[] =>
  sample.objects.flatMap(({ name, unseeded, cells }) => [
    ...(unseeded === undefined ? [] : [`${name}: ${unseeded}`]),
    ...cells.flatMap(({ verb, variant, who, outcome, answer }) =>
      outcome === 'undecided' || outcome === 'broken' ? [`${name} ${verb} ${variant ?? ''} ${who}: ${answer}`] : [],
    ),
  ]);

describe('a schema with odd names', () => {
  it('is filled and decided, every table of it', async () => {
    const sample = await proved(sandbox, names);
    expect(open(sample)).toEqual([]);
    expect(sample.objects.map(({ name }) => name).toSorted()).toEqual(['a(b', 'f(n', 'q"uote\'d', 'user', 'v (1', 'with space']);
    for (const { name } of sample.objects) expect(sample.cell(name, 'select', 'anon')?.outcome, name).toBe('got');
  });
});

describe('a schema with odd shapes', () => {
  it('is filled and decided, every table of it', async () => {
    const sample = await proved(sandbox, soundSql + shapes);
    expect(open(sample)).toEqual([]);
    for (const { kind, name } of sample.objects)
      if (kind === 'table' && name !== 'notes')
        for (const verb of ['select', 'update', 'delete', 'insert'] as const)
          expect(sample.cell(name, verb, 'anon')?.outcome, `${verb} ${name}`).toBe(
            name === 'ruled' && verb === 'delete' ? 'nothing' : 'got',
          );
    // What is deferred to the end of the transaction counts.
    expect(sample.cell('notes', 'select', 'stranger')?.outcome).toBe('nothing');
  });
});

describe('whoever may change a row', () => {
  it('may take it over where only the new row is asked whose it is', async () => {
    const sample = await proved(sandbox, `${soundSql} ALTER POLICY "own notes" ON notes USING (true) WITH CHECK (user_id = auth.uid());`);
    expect(sample.cell('notes', 'update', 'newcomer', 'take')).toMatchObject({ outcome: 'got', columns: ['user_id'] });
    expect(
      sample.object('notes').cells.find(({ verb, who, variant }) => verb === 'update' && who === 'newcomer' && !variant)?.outcome,
    ).toBe('refused');
  });
});

describe('signing up', () => {
  const trigger = (options: string, table: string): string =>
    `CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users (id), email text);
     CREATE FUNCTION welcome() RETURNS trigger LANGUAGE plpgsql ${options} AS $$ BEGIN INSERT INTO ${table} (id, email) VALUES (NEW.id, NEW.email); RETURN NEW; END $$;
     CREATE TRIGGER welcome AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION welcome();`;
  it.each([
    ['works with the rights of the owner and a search path', `SECURITY DEFINER SET search_path = public`, 'profiles', []],
    ['works with the rights of the owner and a full name', `SECURITY DEFINER`, 'public.profiles', []],
    ['fails where a name is looked for in the schema of the auth server', `SECURITY DEFINER`, 'profiles', ['42P01']],
    ['fails with the rights of the auth server', '', 'public.profiles', ['42501']],
  ])('%s', async (_, options, table, codes) => {
    const sample = await proved(sandbox, trigger(options, table));
    expect(sample.broken.map(({ kind, code }) => [kind, code])).toEqual(codes.map((code) => ['sign-up', code]));
  });
});

describe('files', () => {
  it('are deleted as the storage server deletes them, by whom the policies let', async () => {
    const sample = await proved(
      sandbox,
      `INSERT INTO storage.buckets (id, name, public) VALUES ('papers', 'papers', false);
       CREATE POLICY "all read" ON storage.objects FOR SELECT TO authenticated USING (bucket_id = 'papers');
       CREATE POLICY "own delete" ON storage.objects FOR DELETE TO authenticated USING (bucket_id = 'papers' AND (storage.foldername(name))[1] = auth.uid()::text);`,
    );
    expect(sample.cell('papers', 'delete', 'owner')?.outcome).toBe('got');
    expect(sample.cell('papers', 'delete', 'stranger')?.outcome).toBe('nothing');
    expect(sample.cell('papers', 'download', 'stranger')?.outcome).toBe('got');
  });
  it("are nobody's at the root of the bucket, though a row says that one of them lies there", async () => {
    const sample = await proved(
      sandbox,
      `CREATE TABLE sheets (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), ${user}, file_path text NOT NULL);
       ALTER TABLE sheets ENABLE ROW LEVEL SECURITY;
       CREATE POLICY own ON sheets TO authenticated USING (user_id = auth.uid());
       INSERT INTO storage.buckets (id, name, public) VALUES ('papers', 'papers', false);
       CREATE POLICY "own read" ON storage.objects FOR SELECT TO authenticated USING (bucket_id = 'papers' AND owner_id = auth.uid()::text);
       CREATE POLICY "outside the folders" ON storage.objects FOR INSERT TO authenticated WITH CHECK (
         bucket_id = 'papers' AND owner_id = auth.uid()::text AND coalesce((storage.foldername(name))[1], '') !~ '^[0-9a-f]{8}-'
         AND NOT EXISTS (SELECT 1 FROM sheets WHERE id::text = (storage.foldername(name))[1]));`,
    );
    expect(sample.cell('papers', 'upload', 'stranger', 'as-victim')?.outcome).not.toBe('got');
  });
  it('lie where a path has to begin with another column of the row', async () => {
    const sample = await proved(
      sandbox,
      `CREATE TABLE files (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), ${user}, path text NOT NULL UNIQUE);
       ALTER TABLE files ENABLE ROW LEVEL SECURITY;
       CREATE POLICY own ON files TO authenticated USING (user_id = auth.uid()) WITH CHECK (user_id = auth.uid() AND path LIKE user_id::text || '/%');`,
    );
    expect(sample.cell('files', 'insert', 'owner', 'as-victim')?.outcome).toBe('got');
    expect(sample.cell('files', 'insert', 'stranger', 'as-victim')?.outcome).toBe('refused');
  });
});
