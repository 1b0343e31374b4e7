import { expect, it } from 'vitest';
import { UsageError } from './usage-error.ts';
import { webhooksOf } from './webhooks.ts';

const config = {
  access: { webhooks: [{ path: '/hooks/stripe', provider: 'stripe', secretFrom: 'STRIPE_WEBHOOK_SECRET' }] },
} as const;

it('takes the secret of a webhook out of the environment, and the name of the variable no further', () => {
  expect(webhooksOf(config, { STRIPE_WEBHOOK_SECRET: 'whsec_1' })).toEqual([
    { path: '/hooks/stripe', provider: 'stripe', secret: 'whsec_1' },
  ]);
  expect(webhooksOf({}, {})).toEqual([]);
});

it('says which variable is not set, or is empty', () => {
  expect(() => webhooksOf(config, {})).toThrow(UsageError);
  expect(() => webhooksOf(config, { STRIPE_WEBHOOK_SECRET: '' })).toThrow('STRIPE_WEBHOOK_SECRET');
});
