import { describe, expect, it } from 'vitest';
import { repaired } from './repair.ts';

const source = { canary: 'lr0123456789', known: () => undefined };
const mended = (sent: object, answer: unknown, status = 400): unknown => {
  const body = repaired(
    { type: 'json', value: sent },
    { status, text: typeof answer === 'string' ? answer : JSON.stringify(answer) },
    source,
  );
  return body?.type === 'json' ? body.value : undefined;
};

describe('a body is mended by what validators say', () => {
  it.each<[string, object, unknown, readonly string[]]>([
    ['zod', { title: 'x' }, { issues: [{ path: ['amount'], message: 'Required', expected: 'number' }] }, ['title', 'amount']],
    [
      'FastAPI',
      { title: 'x' },
      { detail: [{ loc: ['body', 'due_date'], msg: 'field required', type: 'value_error.missing' }] },
      ['title', 'due_date'],
    ],
    ['express-validator', {}, { errors: [{ type: 'field', msg: 'Invalid value, must be a valid email', path: 'email' }] }, ['email']],
    [
      'Laravel',
      {},
      {
        message: 'The given data was invalid.',
        errors: { name: ['The name field is required.'], price: ['The price field is required.'] },
      },
      ['name', 'price'],
    ],
    ['Rails', {}, { errors: { subject: ["can't be blank"] } }, ['subject']],
    ['plain words', { title: 'x' }, { error: '"category" is required' }, ['title', 'category']],
    [
      'Directus',
      { id: 1, title: 'x' },
      { errors: [{ message: 'You don\'t have permission to access fields "id" in collection "notes" or they do not exist.' }] },
      ['title'],
    ],
    ['class-validator', { title: 'x', role: 'y' }, { message: ['property role should not exist'] }, ['title', 'role']],
  ])('of %s', (_, sent, answer, expected) => {
    expect(Object.keys((mended(sent, answer) ?? sent) as object)).toEqual(expected);
  });

  it('with a value of the type that is asked for', () => {
    expect(mended({ amount: 'many' }, { errors: [{ path: 'amount', message: 'amount must be an integer' }] })).toEqual({
      amount: expect.any(Number) as number,
    });
  });

  it.each<[string, unknown, number]>([
    ['a page', '<html>nope</html>', 400],
    ['an answer that names no field', { error: 'Bad request' }, 400],
    ['a refusal to sign in', { error: '"token" is required' }, 401],
  ])('is left alone after %s', (_, answer, status) => {
    expect(mended({ title: 'x' }, answer, status)).toBeUndefined();
  });
});
