import { createHmac, randomUUID, scryptSync } from 'node:crypto';
import { connect } from '../../../src/collect/database/connect.ts';
import type { Database } from '../../../src/collect/database/connect.ts';
import { startPostgres } from '../../../src/collect/database/embedded.ts';
import type { RunningPostgres } from '../../../src/collect/database/embedded.ts';
import { demoPassword, startPortal } from '../start.ts';
import type { Portal, PortalOptions } from '../start.ts';
import type { LogLine } from '../start/product.ts';
import { Browser } from './browser.ts';

/** One PostgreSQL with a filled database that every portal of a test file gets a copy of (40 ms instead of a seed). */
export interface World {
  start(options?: PortalOptions): Promise<Running>;
  stop(): Promise<void>;
}

/** A portal and what tests need to look at it from the outside and the inside. */
export interface Running extends Portal {
  db: Database;
  browser(): Browser;
  /** A browser in which this person is signed in; the same one every time. */
  as(email: string): Promise<Browser>;
  /** The log with everything that has happened so far: it comes through a pipe, a moment after the answer. */
  settledLogs(): Promise<LogLine[]>;
  /** Makes the database unreachable, for good. */
  cutDatabase(): Promise<void>;
  /** Waits for the next mail to this address, and returns the path of the first link in it and its text. */
  linkFor(email: string): Promise<{ path: string; text: string }>;
}

export async function startWorld(): Promise<World> {
  const server: RunningPostgres = await startPostgres({ durable: false, settings: { max_connections: '300' } });
  const admin = await connect(server.url);
  const databaseUrl = (name: string): string => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  await admin.exec('create database filled');
  await (await startPortal({ databaseUrl: databaseUrl('filled') })).stop();
  const filled = await connect(databaseUrl('filled'));
  await filled.query('update users set password_hash = $1', [cheapHash(demoPassword)]);
  await filled.close();
  let count = 0;
  return {
    async start(options = {}) {
      const name = `portal_${++count}`;
      await admin.exec(`create database ${name} template filled`);
      const portal = await startPortal({ databaseUrl: databaseUrl(name), filled: true, ...options });
      const db = await connect(databaseUrl(name));
      const people = new Map<string, Promise<Browser>>();
      let read = 0;
      let marks = 0;
      return {
        ...portal,
        db,
        browser: () => new Browser(portal.url),
        as(email) {
          if (!people.has(email)) people.set(email, new Browser(portal.url).signIn(email));
          return people.get(email)!;
        },
        async settledLogs() {
          const mark = `/log-mark-${++marks}`;
          await fetch(new URL(mark, portal.url));
          while (!portal.logs().some((line) => line['path'] === mark)) await new Promise((resolve) => setTimeout(resolve, 10));
          return portal.logs();
        },
        async cutDatabase() {
          await admin.exec(`alter database ${name} allow_connections false`);
          await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
        },
        async linkFor(email) {
          for (;;) {
            const mails = portal.mails();
            for (; read < mails.length; read++) {
              const mail = mails[read]!;
              if (!mail.to.includes(email)) continue;
              read++;
              return { path: /https?:\/\/[^\s/]+(\/\S+)/.exec(mail.text)?.[1] ?? '/', text: mail.text };
            }
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        },
        async stop() {
          await db.close();
          await portal.stop();
        },
      };
    },
    async stop() {
      await admin.close();
      await server.stop();
    },
  };
}

/** A hash the portal accepts and that is quick to check: tests sign in a lot. */
function cheapHash(password: string): string {
  const salt = Buffer.alloc(16, 7);
  return `$scrypt$ln=4,r=8,p=1$${salt.toString('base64url')}$${scryptSync(password, salt, 32, { N: 16, r: 8, p: 1 }).toString('base64url')}`;
}

/** The id of a user, case or organisation, by something unique about it. */
export async function idOf(portal: Running, table: 'users' | 'cases' | 'organisations' | 'invoices', value: string): Promise<string> {
  const column = { users: 'email', cases: 'title', organisations: 'name', invoices: 'number' }[table];
  const [row] = await portal.db.query<{ id: string }>(`select id from ${table} where ${column} = $1`, [value]);
  return String(row!.id);
}

/** Sends a payment event as the provider would, or not quite: `header` and `secret` can be anything. */
export async function sendPayment(
  portal: Running,
  event: { invoice_id: number; amount_cents: number; id?: string; currency?: string },
  { secret = portal.webhookSecret, age = 0, header }: { secret?: string; age?: number; header?: string | null } = {},
): Promise<number> {
  const { id = `evt_${randomUUID()}`, currency = 'EUR', ...data } = event;
  const body = JSON.stringify({ id, type: 'payment.succeeded', data: { ...data, currency } });
  const time = Math.floor(Date.now() / 1000) - age;
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  const signed = header === undefined ? `t=${time},v1=${signature}` : header;
  const response = await fetch(`${portal.url}/webhooks/payments`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...(signed !== null && { 'payment-signature': signed }) },
  });
  await response.text();
  return response.status;
}
