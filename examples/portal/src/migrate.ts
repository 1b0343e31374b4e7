import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { db, transaction } from './db.ts';

const folder = new URL('../migrations/', import.meta.url);

/** Applies the migrations that have not been applied yet, in the order of their names, all or none. */
export async function migrate(): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return transaction(async (client) => {
    // Two servers that start at the same time take turns.
    await client.query(`select pg_advisory_xact_lock(hashtext('portal migrations'))`);
    await client.query(
      'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string }>('select name from schema_migrations');
    const applied = new Set(rows.map((row) => row.name));
    const pending = names.filter((name) => !applied.has(name));
    for (const name of pending) {
      await client.query(await readFile(new URL(name, folder), 'utf8'));
      await client.query('insert into schema_migrations (name) values ($1)', [name]);
    }
    return pending;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const applied = await migrate();
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}` : 'Nothing to apply');
  await db.end();
}
