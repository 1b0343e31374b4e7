import { describe, expect, it } from 'vitest';
import { absentLike } from './absent.ts';
import { decodedId } from './encoded.ts';

describe('an id that nothing has', () => {
  it.each([
    ['7', /^21474\d{5}$/],
    ['9007199254740993', /^\d{16}$/],
    ['0b3f6a52-8f0e-4d4b-9c1e-2f1d3a4b5c6d', /^[0-9a-f-]{36}$/],
    ['507f1f77bcf86cd799439011', /^[0-9a-f]{24}$/],
  ])('is like %s, and another', (id, like) => {
    expect(absentLike(id)).toMatch(like);
    expect(absentLike(id)).not.toBe(id);
  });

  it('is encoded as the one it is like', () => {
    expect(decodedId(absentLike(Buffer.from('Order:49').toString('base64')))?.plain).toMatch(/^Order:21474\d{5}$/);
  });
});
