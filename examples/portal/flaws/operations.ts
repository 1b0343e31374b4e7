import type { Flaw } from '../../flaws.ts';

/** Configuration, headers, logs and health: what goes wrong between the code and its operation. */
export const operationFlaws: Flaw[] = [
  {
    id: 'missing-env-not-validated',
    title: 'The portal starts although required settings are missing, and fails later, in front of a customer.',
    stages: ['deploy'],
    checks: [],
    edits: [
      {
        file: 'src/config.ts',
        find: `  if (problems.length > 0) {
    throw new Error(\`The portal cannot start: \${problems.join(', ')}. See .env.example.\`);
  }
`,
        replace: '',
      },
    ],
  },
  {
    id: 'env-not-documented',
    title: 'A required setting is missing from .env.example, so the next deployment fails without it.',
    stages: ['deploy'],
    checks: [],
    edits: [
      {
        file: '.env.example',
        find: `# From the payment provider's dashboard (Developers > Webhooks)\nPAYMENTS_WEBHOOK_SECRET=\n`,
        replace: '',
      },
    ],
  },
  {
    id: 'staging-url-fallback',
    title: 'Where APP_URL is forgotten, production sends its customers to the staging system.',
    stages: ['deploy'],
    checks: [],
    edits: [
      {
        file: 'src/config.ts',
        find: `required('APP_URL').replace(`,
        replace: `(env['APP_URL'] || 'https://staging.fieldwork.internal').replace(`,
      },
    ],
  },
  {
    id: 'passwords-in-logs',
    title: 'The log holds what people type into forms, passwords included.',
    stages: ['deploy'],
    checks: [],
    edits: [
      {
        file: 'src/middleware/request-log.ts',
        find: '      status: res.statusCode,\n',
        replace: '      status: res.statusCode,\n      body: req.body,\n',
      },
    ],
  },
  {
    id: 'no-security-headers',
    title: 'Pages are sent without the headers that keep browsers from framing them and running foreign scripts.',
    stages: ['audit', 'edge'],
    checks: [],
    live: ['audit/security-headers'],
    edits: [
      {
        file: 'src/middleware/headers.ts',
        find: `    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Not 'no-referrer': browsers would send the Origin of our own forms as "null", and requireSameOrigin needs it.
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
  });
  if (servedOverHttps) res.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
`,
        replace: '  });\n',
      },
    ],
  },
  {
    id: 'private-pages-cached',
    title: 'Proxies may keep private pages and answers and hand them to the next visitor.',
    stages: ['edge'],
    checks: [],
    edits: [{ file: 'src/middleware/headers.ts', find: `'no-store'`, replace: `'public, max-age=600'` }],
  },
  {
    id: 'readyz-always-ok',
    title: 'The health check says ready while the database is down, so nobody is alarmed.',
    stages: ['monitor'],
    checks: [],
    edits: [{ file: 'src/routes/health.ts', find: `    await db.query('select 1');\n`, replace: '' }],
  },
  {
    id: 'auth-failures-not-logged',
    title: 'Refused sign-ins leave no trace of their own in the log, so an attack goes unnoticed.',
    stages: ['monitor'],
    checks: [],
    edits: [
      {
        file: 'src/log.ts',
        find: `  write('warn', 'auth_failure', {
    reason,
    method: req.method,
    path: loggedPath(req),
    ip: req.ip,
    requestId: req.id,
    userId: req.user?.id,
    ...fields,
  });`,
        replace: `  void reason;\n  void fields;\n  write('info', 'refused', { path: loggedPath(req), requestId: req.id });`,
      },
    ],
  },
];
