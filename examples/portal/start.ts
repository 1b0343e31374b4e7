import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '../../src/collect/database/connect.ts';
import { startPostgres } from '../../src/collect/database/embedded.ts';
import { chooseFlaws, prepareTwin } from '../flaws.ts';
import { flaws as allFlaws } from './flaws.ts';
import { startMailSink } from './start/mail-sink.ts';
import type { ReceivedMail } from './start/mail-sink.ts';
import { runProduct, serveProduct } from './start/product.ts';
import type { LogLine } from './start/product.ts';

/** The example accounts; `seed.ts` makes them. */
export const accounts = [
  { email: 'nora@northwind.example', who: 'owner of Northwind Interiors' },
  { email: 'sam@northwind.example', who: 'staff of Northwind Interiors' },
  { email: 'clara@duarte-cafe.example', who: 'client of Northwind Interiors' },
  { email: 'henrik@voss-dental.example', who: 'client of Northwind Interiors' },
  { email: 'priya@harbourlegal.example', who: 'owner of Harbour Legal' },
  { email: 'tomas@harbourlegal.example', who: 'staff of Harbour Legal' },
  { email: 'ada@mbeki-logistics.example', who: 'client of Harbour Legal' },
  { email: 'luis@ortega-foods.example', who: 'client of Harbour Legal' },
  { email: 'admin@fieldwork.example', who: 'platform administrator' },
] as const;

/** Everybody's password in the example data, on this machine only. */
export const demoPassword = 'walk-the-portal';

/** How to start the portal; everything has a default. */
export interface PortalOptions {
  /** Ids of flaws to switch on; see flaws.ts. */
  flaws?: readonly string[];
  /** 0 (default): any free port. */
  port?: number;
  /** Default: an embedded PostgreSQL of its own, removed on stop. */
  databaseUrl?: string;
  /** The database has the tables and the example data already. Default: whatever is missing is put in. */
  filled?: boolean;
  /** Default: a mailbox of our own, read with `mails()`. */
  smtpUrl?: string;
  /** Environment of the portal on top of the defaults; `undefined` leaves a variable out. */
  env?: Record<string, string | undefined>;
  onLine?: (line: string) => void;
  onMail?: (mail: ReceivedMail) => void;
}

/** A portal that runs until `stop()`, or until this process ends. */
export interface Portal {
  url: string;
  databaseUrl: string;
  /** Folder of the source that runs: the example itself, or a twin with the flaws. */
  directory: string;
  /** Secret the payment provider would sign its webhooks with. */
  webhookSecret: string;
  /** Mails caught so far; none when an SMTP server was given. */
  mails(): ReceivedMail[];
  /** The portal's log so far. */
  logs(): LogLine[];
  stop(): Promise<void>;
}

/** Starts the portal with its example data. Rejects with what is wrong when it cannot; nothing is left running then. */
export async function startPortal(options: PortalOptions = {}): Promise<Portal> {
  const chosen = chooseFlaws(allFlaws, options.flaws ?? []);
  const directory = chosen.length === 0 ? import.meta.dirname : await prepareTwin(import.meta.dirname, chosen);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  // A twin beside the example is kept for the next start and for whoever wants to read it; one elsewhere is ours alone.
  if (!directory.startsWith(import.meta.dirname)) stops.push(() => rm(dirname(directory), { recursive: true, force: true }));
  try {
    const uploadDir = await mkdtemp(join(tmpdir(), 'launch-ready-portal-'));
    stops.push(() => rm(uploadDir, { recursive: true, force: true }));
    const databaseUrl = options.databaseUrl ?? (await embeddedDatabase(stops));
    const sink = options.smtpUrl === undefined ? await startMailSink(options.onMail) : undefined;
    if (sink) stops.push(() => sink.stop());
    const port = options.port || (await freePort());
    const url = `http://127.0.0.1:${port}`;
    const webhookSecret = randomBytes(24).toString('hex');
    const env = given({
      DATABASE_URL: databaseUrl,
      APP_URL: url,
      SMTP_URL: options.smtpUrl ?? sink?.url,
      MAIL_FROM: 'Fieldwork <portal@fieldwork.example>',
      PAYMENTS_WEBHOOK_SECRET: webhookSecret,
      HOST: '127.0.0.1',
      PORT: String(port),
      UPLOAD_DIR: uploadDir,
      ...options.env,
    });
    if (!options.filled) await fill(databaseUrl, { ...env, DATABASE_URL: databaseUrl });
    const product = await serveProduct(directory, env, options.onLine, uploadDir);
    stops.push(() => product.process.stop());
    return { url, databaseUrl, directory, webhookSecret, mails: () => sink?.mails() ?? [], logs: product.logs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function embeddedDatabase(stops: (() => Promise<unknown>)[]): Promise<string> {
  const server = await startPostgres({ database: 'portal', durable: false });
  stops.push(() => server.stop());
  return server.url;
}

/** Example data go into an empty database only. The clean example's own seed is used: a flaw must not change the data. */
async function fill(databaseUrl: string, env: Record<string, string>): Promise<void> {
  const db = await connect(databaseUrl);
  const [found] = await db.query<{ used: boolean }>(`select to_regclass('public.users') is not null as used`);
  await db.close();
  const settings = { SEED_PASSWORD: demoPassword, PAYMENTS_WEBHOOK_SECRET: 'unused', ...env };
  await runProduct(import.meta.dirname, found?.used ? join('src', 'migrate.ts') : 'seed.ts', settings);
}

const given = (env: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));

function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort())));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function main(): Promise<void> {
  const flaws = (process.env['PORTAL_FLAWS'] ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
  const portal = await startPortal({
    flaws,
    port: await freePort(Number(process.env['PORT'] ?? 3000)),
    ...(process.env['DATABASE_URL'] && { databaseUrl: process.env['DATABASE_URL'] }),
    ...(process.env['SMTP_URL'] && { smtpUrl: process.env['SMTP_URL'] }),
    env: given(Object.fromEntries(['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'].map((name) => [name, process.env[name]]))),
    onLine: (line) => console.log(line),
    onMail: (mail) => console.log(`\nMail to ${mail.to.join(', ')}: ${mail.subject}\n${mail.text}\n`),
  });
  console.log(`\nThe portal is at ${portal.url}`);
  console.log(flaws.length > 0 ? `Flaws switched on: ${flaws.join(', ')}\nIts source: ${portal.directory}` : 'No flaw is switched on.');
  console.log(`\nSign in with the password ${demoPassword} as`);
  for (const { email, who } of accounts) console.log(`  ${email.padEnd(32)} ${who}`);
  console.log('\nMails are shown here. Press Ctrl-C to stop.\n');
  const end = (): void => {
    portal.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
