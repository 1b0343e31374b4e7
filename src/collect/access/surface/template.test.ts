import { describe, expect, it } from 'vitest';
import { isUnguessable } from './template.ts';

describe('an id that nobody can guess', () => {
  it.each([
    '0191f2c4-77de-7b1a-9c3e-5d6f7a8b9c0d',
    '6f1d2c3b-4a59-4e8f-9b7c-0d1e2f3a4b5c',
    '9e107d9d372bb6826bd81d3542a419d6',
    'V1StGXR8_Z5jdHi6B-myT',
  ])('is %s', (id) => expect(isUnguessable(id)).toBe(true));

  // A number, a UUID of a clock, what is counted up, a name with a date in it, and a number that is only written otherwise.
  it.each([
    '4711',
    'c232ab00-9414-11ec-b3c8-9e6bdeced846',
    '507f1f77bcf86cd799439011',
    'Invoice-March-2026-Acme1',
    'T3JkZXI6MTIzNDU2Nzg5MDEyMw==',
  ])('is not %s', (id) => expect(isUnguessable(id)).toBe(false));
});
