import type { Flaw } from '../../flaws.ts';
import { madeUpLiveKey } from './made-up.ts';

/**
 * Looks like a live key and opens nothing. Joined from pieces, so that no scanner takes this file for a leak.
 */
const liveKey = ['sk', 'live', ['51Fw', 'pw4xiMYCwVOt', 'uZBnDV1P4qNi', 'am0nB7X4X6ME', 'ZLEMIUtkAo4Y'].join('')].join('_');
const webhookSecret = ['whsec', ['ivaJ8mgEfT1O', '2OVyKvTS16S7', '12Ka7eQH'].join('')].join('_');
const mailPassword = ['PhVjtqPH', 'hpQsusRp'].join('');
const databasePassword = ['IFB7VQU6', 'Gd34GP5C'].join('');

/** What the server gives away or lets others use. */
export const exposureFlaws: Flaw[] = [
  {
    id: 'ssrf-import-from-url',
    title: 'The logo import fetches any address, those of the internal network included.',
    stages: ['audit', 'access'],
    checks: ['audit/server-side-request-forgery'],
    edits: [
      {
        file: 'src/routes/logo.ts',
        find: `  if (url?.protocol !== 'https:' || !config.logoHosts.includes(url.hostname)) {
    throw new HttpError(422, \`A logo can be imported from \${config.logoHosts.join(', ') || 'no other site'} only\`);
  }
`,
        replace: `  if (!url) throw new HttpError(422, 'This is not an address');\n`,
      },
      {
        file: 'src/routes/logo.ts',
        find: '/** Only HTTPS addresses of hosts the operator has listed: the server must not be talked into calling others. */\n',
        replace: '',
      },
      {
        file: 'src/routes/logo.ts',
        find: `{ redirect: 'error', signal: AbortSignal.timeout(5000) }`,
        replace: '{ signal: AbortSignal.timeout(5000) }',
      },
    ],
  },
  {
    id: 'upload-public',
    title: 'Uploaded files can be downloaded by anybody who has their address.',
    stages: ['access'],
    checks: [],
    tried: ['access/route-stranger-reads'],
    edits: [
      {
        file: 'src/app.ts',
        find: '  app.use(healthRoutes);\n',
        replace: `  app.use('/uploads', express.static(config.uploadDir));\n  app.use(healthRoutes);\n`,
      },
      {
        file: 'src/routes/api/files.ts',
        find: 'select f.id, f.case_id, f.name, f.media_type, f.size_bytes, f.created_at',
        replace: `select f.id, f.case_id, f.name, f.media_type, f.size_bytes, f.created_at, '/uploads/' || f.storage_key as url`,
      },
    ],
  },
  {
    id: 'debug-endpoint',
    title: 'An address made for debugging shows the whole environment, secrets included.',
    stages: ['audit'],
    checks: ['audit/debug-endpoint'],
    live: ['audit/debug-endpoint-live'],
    edits: [
      {
        file: 'src/app.ts',
        find: `import { dashboardRoutes } from './routes/dashboard.ts';`,
        replace: `import { dashboardRoutes } from './routes/dashboard.ts';\nimport { debugRoutes } from './routes/debug.ts';`,
      },
      { file: 'src/app.ts', find: '  app.use(noStore);\n', replace: '  app.use(debugRoutes);\n\n  app.use(noStore);\n' },
    ],
    adds: [
      {
        file: 'src/routes/debug.ts',
        text: `import { Router } from 'express';
import { config } from '../config.ts';

export const debugRoutes = Router();

debugRoutes.get('/debug', (_req, res) => {
  res.json({ env: process.env, config, memory: process.memoryUsage(), uptime: process.uptime() });
});
`,
      },
    ],
  },
  {
    id: 'stack-traces',
    title: 'Errors are answered with the stack trace.',
    stages: ['deploy'],
    checks: [],
    edits: [
      {
        file: 'src/middleware/errors.ts',
        find: 'res.json({ error: { message, requestId: req.id } });',
        replace: 'res.json({ error: { message: (error as Error).message, stack: (error as Error).stack, requestId: req.id } });',
      },
      {
        file: 'src/middleware/errors.ts',
        find: 'res.send(errorPage(status, message, req.id));',
        replace: 'res.send(errorPage(status, (error as Error).stack ?? message, req.id));',
      },
    ],
  },
  {
    id: 'cors-any-origin-credentials',
    title: 'Every website can call the API with the cookies of whoever visits it, and read the answers.',
    stages: ['deploy'],
    checks: [],
    edits: [
      {
        file: 'src/middleware/headers.ts',
        find: '  if (origin && config.corsOrigins.includes(origin)) {',
        replace: '  if (origin) {',
      },
    ],
  },
  {
    id: 'secret-in-source',
    title: 'The payment provider’s live key is written in the source.',
    stages: ['audit', 'deploy'],
    checks: ['audit/secret-in-source'],
    edits: [],
    adds: [
      {
        file: 'scripts/reconcile-payments.ts',
        text: `// Compares last month's payments with the invoices. Run by hand: npx tsx scripts/reconcile-payments.ts
import { db } from '../src/db.ts';

const stripeKey = '${liveKey}';

const response = await fetch('https://api.stripe.com/v1/charges?limit=100', { headers: { authorization: \`Bearer \${stripeKey}\` } });
const { data } = (await response.json()) as { data: { amount: number; metadata: { invoice_id?: string } }[] };

for (const charge of data) {
  const { rows } = await db.query('select number, status from invoices where id = $1 and amount_cents = $2', [charge.metadata.invoice_id, charge.amount]);
  if (rows[0]?.status !== 'paid') console.log('Not marked as paid:', charge.metadata.invoice_id);
}
await db.end();
`,
      },
    ],
  },
  {
    id: 'secret-in-env-committed',
    title: 'The .env file with the production secrets is part of the repository.',
    stages: ['audit', 'deploy'],
    checks: ['audit/secret-in-env-file'],
    edits: [{ file: '.gitignore', find: '.env\n.env.local\n', replace: '' }],
    adds: [
      {
        file: '.env',
        text: `DATABASE_URL=postgres://portal:${databasePassword}@db.fieldwork.internal:5432/portal
APP_URL=https://app.fieldwork.internal
SMTP_URL=smtps://apikey:${mailPassword}@smtp.fieldwork.internal:465
MAIL_FROM="Fieldwork <portal@fieldwork.internal>"
PAYMENTS_WEBHOOK_SECRET=${webhookSecret}
`,
      },
    ],
  },
  {
    id: 'secret-in-log',
    title: 'The log of a deployment, with the payment provider’s live key in it, was put into the repository.',
    stages: ['audit', 'deploy'],
    checks: ['audit/secret-in-log'],
    edits: [],
    adds: [
      {
        file: 'docs/first-deployment.log',
        text: `2026-11-02T08:14:03Z building release 14
2026-11-02T08:14:41Z starting with PORT=3000 PAYMENTS_API_KEY=${madeUpLiveKey('log')}
2026-11-02T08:14:42Z listening
`,
      },
    ],
  },
  {
    id: 'secret-in-history',
    title: 'The payment provider’s live key was deleted from the code, but the history of the repository still has it.',
    stages: ['audit', 'deploy'],
    checks: ['audit/secret-in-history'],
    edits: [],
    earlier: [
      {
        file: 'scripts/refund.ts',
        text: `// Pays one charge back. Run by hand.
const stripeKey = '${madeUpLiveKey('history')}';

await fetch('https://api.stripe.com/v1/refunds', {
  method: 'POST',
  headers: { authorization: \`Bearer \${stripeKey}\` },
  body: new URLSearchParams({ charge: process.argv[2] ?? '' }),
});
`,
      },
    ],
  },
  {
    id: 'assistant-for-everybody',
    title: 'Anybody on the internet can have the assistant answer at our expense, without limit.',
    stages: ['audit', 'access'],
    checks: ['audit/open-paid-service'],
    edits: [
      {
        file: 'src/app.ts',
        find: `import { approvalApi } from './routes/api/approvals.ts';`,
        replace: `import { approvalApi } from './routes/api/approvals.ts';\nimport { assistantApi } from './routes/api/assistant.ts';`,
      },
      {
        file: 'src/app.ts',
        find: `  app.use('/api/approvals', approvalApi);\n`,
        replace: `  app.use('/api/approvals', approvalApi);\n  app.use('/api/assistant', assistantApi);\n`,
      },
    ],
    adds: [
      {
        file: 'src/routes/api/assistant.ts',
        text: `import { Router } from 'express';
import * as input from '../../input.ts';
import { HttpError } from '../../middleware/errors.ts';

export const assistantApi = Router();

assistantApi.post('/', async (req, res) => {
  const key = process.env['ASSISTANT_API_KEY'];
  if (!key) throw new HttpError(503, 'The assistant is not set up yet');
  const answer = await fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: \`Bearer \${key}\`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: input.text(req.body, 'question') }] }),
  });
  res.json(await answer.json());
});
`,
      },
    ],
  },
  {
    id: 'open-mail-relay',
    title: 'Anybody can send any mail to anybody in the portal’s name.',
    stages: ['audit', 'email'],
    checks: ['audit/open-mail-relay'],
    edits: [
      {
        file: 'src/app.ts',
        find: `import { meApi } from './routes/api/me.ts';`,
        replace: `import { mailApi } from './routes/api/mail.ts';\nimport { meApi } from './routes/api/me.ts';`,
      },
      {
        file: 'src/app.ts',
        find: `  app.use('/api/me', meApi);\n`,
        replace: `  app.use('/api/me', meApi);\n  app.use('/api/send-email', mailApi);\n`,
      },
    ],
    adds: [
      {
        file: 'src/routes/api/mail.ts',
        text: `import { Router } from 'express';
import nodemailer from 'nodemailer';
import { config } from '../../config.ts';

export const mailApi = Router();

const transport = nodemailer.createTransport(config.smtpUrl);

mailApi.post('/', async (req, res) => {
  const { to, subject, html } = req.body;
  await transport.sendMail({ from: config.mailFrom, to, subject, html });
  res.json({ sent: true });
});
`,
      },
    ],
  },
];
