import { expect, it } from 'vitest';
import { webhookProviders } from '../../../core/given-webhook.ts';
import { madeUpEvent } from './events.ts';

it.each(webhookProviders)('a message of %s holds its mark, and no address or number of anybody', (provider) => {
  const text = madeUpEvent(provider, { id: 'launchready0123456789abcdef', mark: 'lr0123456789', amount: 7123 });
  expect(text).toContain('lr0123456789');
  for (const [address] of text.matchAll(/[\w.+-]+(?:@|%40)[\w.-]+/g)) expect(address).toMatch(/example\.com$/);
  if (provider !== 'twilio') expect(() => JSON.parse(text) as unknown).not.toThrow();
  // Twilio's own number for tests, which belongs to nobody.
  else expect(new URLSearchParams(text).get('From')).toBe('+15005550006');
});
