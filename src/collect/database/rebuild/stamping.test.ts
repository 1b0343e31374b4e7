import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { stampingFunctions } from './stamping.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'pglite' });
});
afterAll(() => sandbox.close());

it('finds functions that only write the time', async () => {
  const db = await sandbox.create('stamping');
  const make = (name: string, body: string): string => `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $f$${body}$f$;`;
  await db.exec(
    [
      make('plain', 'BEGIN NEW.updated_at = now(); RETURN NEW; END;'),
      make('two', '\nbegin\n  new.updated_at := CURRENT_TIMESTAMP;\n  NEW.seen_at = clock_timestamp();\n  return new;\nend'),
      make('utc', `BEGIN NEW.updated_at = timezone('utc'::text, now()); RETURN NEW; END;`),
      make('guard', `BEGIN IF NEW.role <> OLD.role THEN RAISE EXCEPTION 'no'; END IF; NEW.updated_at = now(); RETURN NEW; END;`),
      make('owner', 'BEGIN NEW.user_id = auth.uid(); RETURN NEW; END;'),
      make('nothing', 'BEGIN NEW.updated_at = now(); RETURN NULL; END;'),
    ].join('\n'),
  );
  const found = await stampingFunctions(db);
  expect([...found].filter((name) => name.startsWith('public.')).toSorted()).toEqual(['public.plain', 'public.two', 'public.utc']);
  await db.close();
});
