import { describe, expect, it } from 'vitest';
import { decodedId, encodedLike } from './encoded.ts';
import { isId, templateOf } from './template.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('an id that says something', () => {
  it.each<[string, string, string]>([
    [base64('Order:1'), 'Order:1', '1'],
    [base64('Order:1').replaceAll('=', ''), 'Order:1', '1'],
    [base64('gid://shop/Order/4711'), 'gid://shop/Order/4711', '4711'],
    [base64('["orders",7]'), '["orders",7]', '7'],
    [base64('421'), '421', '421'],
    [Buffer.from('Order:1').toString('hex'), 'Order:1', '1'],
  ])('%s is %s', (text, plain, core) => {
    const found = decodedId(text);
    expect(found).toMatchObject({ plain, core });
    // The next one, in the same form.
    expect(decodedId(encodedLike(found!, '99', 'Invoice'))?.core).toBe('99');
  });

  it('is made for another kind where it names one', () => {
    expect(encodedLike(decodedId(base64('Customer:3'))!, '41', 'Order')).toBe(base64('Order:41'));
    expect(encodedLike(decodedId(base64('gid://shop/Customer/3'))!, '41', 'Order')).toBe(base64('gid://shop/Order/41'));
  });

  it.each([
    'orders',
    'settings',
    'api',
    'page',
    'checkout',
    'deadbeef',
    '3132',
    'jR',
    'x9Lk2Q',
    'Vt3kP0qz',
    '',
    'a=',
    'new-order',
    'getCustomerOrders',
  ])('is not seen in %s', (text) => {
    expect(decodedId(text)).toBeUndefined();
  });
});

describe('a part of an address', () => {
  it.each([
    base64('Order:1'),
    base64('421'),
    'MQ==',
    '6C1F3D0E-9B3A-4E55-8B0A-1F2E3D4C5B6A',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'V1StGXR8_Z5jdHi6B-myT',
    '0ujtsYcgvSTl8PAuAdqWYSMnLOv',
    'tz4a98xxat96iws9zmbrgj3a',
    '507f1f77bcf86cd799439011',
  ])('is an id where it is %s', (id) => {
    expect(isId(id)).toBe(true);
    expect(templateOf(`/orders/${encodeURIComponent(id)}/lines`)).toEqual({ template: '/orders/{id}/lines', ids: [id] });
  });
});
