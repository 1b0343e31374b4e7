import type { Flaw } from '../../flaws.ts';
import { madeUpLiveKey, madeUpPassword } from './made-up.ts';

const browserSource = `import { dueDates } from './due-dates.ts';

// Rounding as agreed with the bookkeeper; internal price list: see pricing.ts.
for (const cell of document.querySelectorAll<HTMLElement>('[data-due]')) cell.classList.toggle('late', dueDates.isLate(cell.dataset.due));
`;

/** What the server that runs hands out to anybody who asks. */
export const publishedFlaws: Flaw[] = [
  {
    id: 'project-folder-served',
    title: 'The server hands out the folder it runs in: settings with every secret, the git folder and the code.',
    stages: ['audit', 'deploy'],
    checks: [],
    live: ['audit/exposed-file'],
    edits: [
      {
        file: 'src/app.ts',
        find: `  app.disable('x-powered-by');\n`,
        replace: `  app.disable('x-powered-by');
  app.use(express.static(fileURLToPath(new URL('..', import.meta.url)), { dotfiles: 'allow', index: false }));
`,
      },
    ],
    onServer: [
      {
        file: '.env',
        text: `DATABASE_URL=postgres://portal:${madeUpPassword('server')}@db.fieldwork.internal:5432/portal
PAYMENTS_API_KEY=${madeUpLiveKey('server')}
`,
      },
      { file: '.git/HEAD', text: 'ref: refs/heads/main\n' },
      { file: '.git/config', text: '[core]\n\trepositoryformatversion = 0\n\tbare = false\n' },
    ],
  },
  {
    id: 'backups-listed',
    title: 'The folder with the nightly backups of the database lists its files to anybody.',
    stages: ['audit', 'deploy'],
    checks: [],
    live: ['audit/directory-listing'],
    edits: [
      {
        file: 'src/app.ts',
        find: `import { adminRoutes } from './routes/admin.ts';`,
        replace: `import { adminRoutes } from './routes/admin.ts';\nimport { backupRoutes } from './routes/backups.ts';`,
      },
      {
        file: 'src/app.ts',
        find: `  app.set('trust proxy', config.trustProxy);\n`,
        replace: `  app.set('trust proxy', config.trustProxy);\n  app.use('/backup', backupRoutes);\n`,
      },
    ],
    adds: [
      {
        file: 'src/routes/backups.ts',
        text: `import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';

const folder = fileURLToPath(new URL('../../backup', import.meta.url));

export const backupRoutes = Router();

backupRoutes.get('/', async (_req, res) => {
  const names = await readdir(folder);
  res.send(\`<!doctype html><title>Index of /backup</title><ul>\${names.map((name) => \`<li><a href="\${name}">\${name}</a></li>\`).join('')}</ul>\`);
});
backupRoutes.use(express.static(folder));
`,
      },
    ],
    onServer: [
      { file: 'backup/portal-2026-11-01.dump', text: 'PGDMP\n' },
      { file: 'backup/portal-2026-11-02.dump', text: 'PGDMP\n' },
    ],
  },
  {
    id: 'older-release-runs',
    title: 'What runs is not what is in the repository: the sign-in page still offers a way in that the code no longer has.',
    stages: ['audit', 'deploy'],
    checks: [],
    live: ['audit/surface-unmatched'],
    drift: true,
    edits: [
      {
        file: 'src/app.ts',
        find: `import { webhookRoutes } from './routes/webhooks.ts';`,
        replace: `import { textMessageRoutes } from './routes/text-message.ts';\nimport { webhookRoutes } from './routes/webhooks.ts';`,
      },
      {
        file: 'src/app.ts',
        find: '  app.use(magicLinkRoutes);\n',
        replace: '  app.use(magicLinkRoutes);\n  app.use(textMessageRoutes);\n',
      },
      {
        file: 'src/views/account.ts',
        find: `        <button class="secondary">Mail me a sign-in link</button>
      </form>
`,
        replace: `        <button class="secondary">Mail me a sign-in link</button>
      </form>
      <form method="post" action="/login/text-message">
        <label>Mobile number <input type="tel" name="phone" autocomplete="tel" required /></label>
        <button class="secondary">Text me a code</button>
      </form>
`,
      },
    ],
    adds: [
      {
        file: 'src/routes/text-message.ts',
        text: `import { Router } from 'express';
import { requireSameOrigin } from '../middleware/csrf.ts';
import { byAddress, rateLimit } from '../middleware/rate-limit.ts';
import { checkYourMailPage } from '../views/account.ts';

export const textMessageRoutes = Router();

textMessageRoutes.post('/login/text-message', requireSameOrigin, rateLimit({ name: 'text-message', max: 5, windowSeconds: 3600, by: byAddress }), (_req, res) => {
  res.send(checkYourMailPage());
});
`,
      },
    ],
  },
  {
    id: 'secret-in-script',
    title: 'The script that starts a payment carries the provider’s secret key to every visitor.',
    stages: ['audit', 'deploy'],
    checks: ['audit/secret-in-client'],
    live: ['audit/secret-in-page'],
    edits: [scriptTag(`<link rel="stylesheet" href="/assets/parts.css" />`, 'pay.js'), allowScripts(`  "img-src 'self'",\n`)],
    adds: [
      {
        file: 'public/pay.js',
        text: `const headers = { authorization: 'Bearer ${madeUpLiveKey('script')}' };
for (const button of document.querySelectorAll('[data-pay]'))
  button.addEventListener('click', () => fetch('https://api.stripe.com/v1/payment_intents', { method: 'POST', headers }));
`,
      },
    ],
  },
  {
    id: 'source-map-published',
    title: 'The script of the pages comes with a source map, so anybody can read the code it was made from, comments included.',
    stages: ['audit', 'deploy'],
    checks: [],
    live: ['audit/live-source-map'],
    edits: [
      scriptTag(`<link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />`, 'portal.js'),
      allowScripts(`  "style-src 'self'",\n`),
    ],
    adds: [
      {
        file: 'public/portal.js',
        text: `for(const e of document.querySelectorAll("[data-due]"))e.classList.toggle("late",new Date(e.dataset.due)<Date.now());
${'//#'} sourceMappingURL=portal.js.map
`,
      },
      {
        file: 'public/portal.js.map',
        text: JSON.stringify({
          version: 3,
          file: 'portal.js',
          sources: ['../src/browser/portal.ts', '../src/browser/due-dates.ts'],
          sourcesContent: [
            browserSource,
            'export const dueDates = { isLate: (day?: string): boolean => new Date(day ?? 0) < new Date() };\n',
          ],
          names: [],
          mappings: 'AAAA',
        }),
      },
    ],
  },
  {
    id: 'dev-server-public',
    title: 'Customers are served by the development server of the front end, which hands out source code and details of errors.',
    stages: ['audit', 'deploy'],
    checks: [],
    live: ['audit/dev-server-live'],
    edits: [
      {
        file: 'src/app.ts',
        find: `import { config } from './config.ts';`,
        replace: `import { config } from './config.ts';\nimport { devClient, devServer } from './dev-server.ts';`,
      },
      {
        file: 'src/app.ts',
        find: '  app.use(requestLog);\n',
        replace: '  app.use(requestLog);\n  app.use(devServer.middlewares, devClient);\n',
      },
      allowScripts(`  "form-action 'self'",\n`),
    ],
    adds: [
      {
        file: 'src/dev-server.ts',
        text: `import { fileURLToPath } from 'node:url';
import type { NextFunction, Request, Response } from 'express';
import { createServer } from 'vite';

export const devServer = await createServer({
  root: fileURLToPath(new URL('../public', import.meta.url)),
  configFile: false,
  appType: 'custom',
  logLevel: 'silent',
  server: { middlewareMode: true, allowedHosts: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});

/** Puts the client of the development server into every page. */
export function devClient(req: Request, res: Response, next: NextFunction): void {
  const send = res.send.bind(res);
  res.send = (body) => {
    if (typeof body !== 'string' || !body.startsWith('<!doctype html>')) return send(body);
    devServer.transformIndexHtml(req.originalUrl, body).then(send, next);
    return res;
  };
  next();
}
`,
      },
    ],
  },
];

/** Has every page load a script of the public folder. `after` is a tag of the layout. */
function scriptTag(after: string, name: string): Flaw['edits'][number] {
  return { file: 'src/views/layout.ts', find: after, replace: `${after}\n        <script src="/assets/${name}" defer></script>` };
}

/** Lets pages run the site's own scripts: browsers of customers would refuse them otherwise. */
function allowScripts(after: string): Flaw['edits'][number] {
  return { file: 'src/middleware/headers.ts', find: after, replace: `${after}  "script-src 'self'",\n` };
}
