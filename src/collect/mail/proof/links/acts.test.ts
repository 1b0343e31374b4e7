import { describe, expect, it } from 'vitest';
import { whyHeldBack } from './acts.ts';

const held = (address: string, said = ''): string | undefined => whyHeldBack({ url: new URL(address, 'https://app.example'), said });
const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('links that are not opened', () => {
  it.each([
    '/approvals/12/yes',
    '/decision?decision=approve&token=12345678',
    '/review/8f3a?approve=1',
    '/rsvp/12/yes',
    '/optout?u=ada',
    '/opt-out/17',
    '/requests/17?status=approved',
    '/approveRequest/17',
    '/invoices/17/pay',
    '/orders/17/cancel',
  ])('say so by their address: %s', (address) => {
    expect(held(address)).toBe('by its address it may do something');
  });

  it.each(['Approve', 'Pay $400', 'Confirm payment', 'Yes, I will come', 'No', 'Opt out', 'Antrag genehmigen'])('say so: %s', (said) => {
    expect(held('/requests/17', said)).toBe('by what the mail says of it it may do something');
  });

  it.each(['/e/8f3ab2c99d0e4f7a8f3ab2c99d0e4f7a', `/e/${uuid}`, '/view?t=q8Zr1T0vKp5xWm3uYb7cNf9hJd2gLs4e', `/tokens/${uuid}`])(
    'hold a token: %s',
    (address) => {
      expect(held(address, 'Open')).toMatch(/^it holds a token/);
    },
  );

  it.each([
    ['/', ''],
    ['/no/news', 'News'],
    ['/approvals/12', 'See the approval'],
    [`/requests/${uuid}`, 'Your request was approved'],
    ['/orders/INV-2041', 'Order No. 2041'],
    ['/news/berths-in-december-2026', 'Read on'],
    ['/requests?id=17&tab=notes', 'Open'],
  ])('are not those that only show something: %s', (address, said) => {
    expect(held(address, said)).toBeUndefined();
  });
});
