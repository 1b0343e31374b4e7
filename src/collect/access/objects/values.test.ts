import { describe, expect, it } from 'vitest';
import type { Schema } from '../surface/schema.ts';
import { marksIn, newCanary, valueFor } from './values.ts';

const canary = 'lr0123456789';
const value = (name: string, schema: Schema, known: Record<string, string> = {}): unknown =>
  valueFor(name, schema, { canary, known: (asked) => known[asked] });

describe('a value for a field', () => {
  it.each<[string, Schema, unknown]>([
    ['title', { type: 'string' }, `Launch Ready ${canary}-title`],
    ['code', { type: 'string', maxLength: 12 }, canary],
    ['code', { type: 'string', maxLength: 5 }, 'lr012'],
    ['status', { enum: [null, '', 'open'] }, 'open'],
    ['done', { type: 'boolean' }, false],
    ['stars', { type: 'integer', maximum: 5 }, 1],
    ['tags', { type: 'array', items: { type: 'string' } }, [`Launch Ready ${canary}-tag`]],
    [
      'meta',
      { type: 'object', properties: { id: { type: 'string', readOnly: true }, note: { type: 'string' } } },
      { note: `Launch Ready ${canary}-note` },
    ],
    ['email', { type: 'string' }, `${canary}@example.com`],
  ])('%s of %o', (name, schema, expected) => {
    expect(value(name, schema)).toEqual(expected);
  });

  it('is what the person has seen where it refers to something', () => {
    expect(value('client_id', { type: 'string', format: 'uuid' }, { client_id: 'c7' })).toBe('c7');
    expect(value('clientId', { type: 'integer' }, { clientId: '7' })).toBe(7);
    expect(value('due_on', { type: 'string', format: 'date' })).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});

describe('marks', () => {
  it('are found with the field they were put into, and those of others are not', () => {
    expect(marksIn(`<p>${canary}-title, ${canary}-title and ${canary}</p> lr9999999999-title`, [canary])).toEqual([
      `${canary}-title`,
      canary,
    ]);
    expect(marksIn('anything', [])).toEqual([]);
  });

  it('are new each time', () => {
    expect(newCanary()).toMatch(/^lr[0-9a-f]{10}$/);
    expect(newCanary()).not.toBe(newCanary());
  });
});
