import { expect, it } from 'vitest';
import { sampleRoute } from '../../../evidence/samples.ts';
import type { Operation } from '../surface/operation.ts';
import { endpointsOf } from './endpoints.ts';

const operation = (method: string, path: string, type?: 'json' | 'form'): Operation => ({
  id: `${method} ${path}`,
  method,
  path,
  parameters: [],
  ...(type && { body: { type, schema: {} } }),
  sources: ['openapi'],
});
const hook = (path: string, provider: string) =>
  sampleRoute({ method: 'POST', path, webhook: { provider, verification: 'verified', why: '' } });
const short = (...args: Parameters<typeof endpointsOf>): string[] =>
  endpointsOf(...args).map(({ route, provider, secret }) => `${route} ${provider}${secret === undefined ? '' : ' with secret'}`);

it('takes what the config names, then what the code has, then what an address says', () => {
  const given = [{ path: '/api/hooks/stripe', provider: 'stripe', secret: 'shh' }] as const;
  const routes = [hook('/api/hooks/stripe/', 'generic'), hook('/api/github', 'github'), hook('/api/pay', 'razorpay')];
  const operations = [
    operation('POST', '/v1/webhooks/clerk'),
    operation('POST', '/payments-webhook', 'json'),
    operation('POST', '/api/github'),
  ];
  expect(short(given, routes, operations)).toEqual([
    'POST /api/hooks/stripe stripe with secret',
    'POST /api/github github',
    'POST /api/pay generic',
    'POST /v1/webhooks/clerk svix',
    'POST /payments-webhook generic',
  ]);
});

it('leaves alone where one manages webhooks, fills in a form or names what we do not know', () => {
  const operations = [
    operation('GET', '/api/webhooks'),
    operation('POST', '/api/webhooks', 'json'),
    operation('POST', '/settings/webhooks', 'form'),
    operation('POST', '/webhooks/{tenant}'),
    operation('POST', '/api/hookah'),
    operation('PUT', '/webhooks/stripe'),
    operation('POST', '/hooks/managed'),
  ];
  // The code says of the last that it takes no messages.
  expect(short([], [hook('/hooks/:tenant', 'stripe'), sampleRoute({ method: 'POST', path: '/hooks/managed' })], operations)).toEqual([]);
});

it('knows nothing better of a route whose code was not followed than what its address says', () => {
  const routes = [{ ...sampleRoute({ method: 'POST', path: '/hooks/stripe' }), addressOnly: true as const }];
  expect(short([], routes, [operation('POST', '/hooks/stripe', 'json')])).toEqual(['POST /hooks/stripe stripe']);
});
