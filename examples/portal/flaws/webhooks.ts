import type { Flaw } from '../../flaws.ts';

const verification = '  if (!isSignedByProvider(body, signature, config.webhookSecret)) {';

/** The payment provider's webhook. */
export const webhookFlaws: Flaw[] = [
  {
    id: 'webhook-unsigned',
    title: 'Anybody can mark an invoice as paid: the webhook does not check who calls it.',
    stages: ['audit', 'deploy'],
    checks: ['audit/webhook-unverified'],
    tried: ['access/webhook-takes-unsigned'],
    conflictsWith: ['webhook-skip-if-header-missing', 'webhook-skip-if-secret-unset'],
    edits: [
      {
        file: 'src/routes/webhooks.ts',
        find: `  const signature = req.get('payment-signature');
${verification}
    logAuthFailure(req, 'bad_webhook_signature');
    throw new HttpError(400, 'The signature does not match');
  }
`,
        replace: '',
      },
      {
        file: 'src/routes/webhooks.ts',
        find: `import { isSignedByProvider } from '../auth/webhook-signature.ts';\nimport { config } from '../config.ts';\n`,
        replace: '',
      },
    ],
  },
  {
    id: 'webhook-skip-if-header-missing',
    title: 'The webhook checks the signature only when there is one.',
    stages: ['audit', 'deploy'],
    checks: ['audit/webhook-unverified'],
    conflictsWith: ['webhook-skip-if-secret-unset'],
    edits: [{ file: 'src/routes/webhooks.ts', find: verification, replace: verification.replace('(!', '(signature && !') }],
  },
  {
    id: 'webhook-skip-if-secret-unset',
    title: 'The webhook accepts everything when its secret was forgotten in the environment.',
    stages: ['audit', 'deploy'],
    checks: ['audit/webhook-unverified'],
    edits: [
      { file: 'src/routes/webhooks.ts', find: verification, replace: verification.replace('(!', '(config.webhookSecret && !') },
      { file: 'src/config.ts', find: `required('PAYMENTS_WEBHOOK_SECRET')`, replace: `env['PAYMENTS_WEBHOOK_SECRET'] ?? ''` },
    ],
  },
  {
    id: 'webhook-no-tolerance',
    title: 'A recorded webhook delivery is accepted however old it is.',
    stages: ['deploy'],
    checks: [],
    tried: ['access/webhook-takes-stale'],
    edits: [
      {
        file: 'src/auth/webhook-signature.ts',
        find: '  if (Math.abs(Date.now() / 1000 - time) > TOLERANCE_SECONDS) return false;\n',
        replace: '',
      },
      {
        file: 'src/auth/webhook-signature.ts',
        find: `/** How old a delivery may be; older ones are replays or come from a clock that is wrong. */
const TOLERANCE_SECONDS = 300;

`,
        replace: '',
      },
    ],
  },
  {
    id: 'webhook-replay',
    title: 'The same payment event counts every time it is delivered.',
    stages: ['deploy'],
    checks: [],
    tried: ['access/webhook-takes-replay'],
    edits: [
      {
        file: 'src/routes/webhooks.ts',
        find: `if (first.rowCount === 0 || event.type !== 'payment.succeeded')`,
        replace: `if (event.type !== 'payment.succeeded')`,
      },
      {
        file: 'src/routes/webhooks.ts',
        find: 'const first = await client.query(',
        replace: 'await client.query(',
      },
    ],
  },
];
