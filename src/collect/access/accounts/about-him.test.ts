import { describe, expect, it } from 'vitest';
import { formsAboutHim, idOfHim } from './about-him.ts';

const email = 'leaver@example.com';
const long = (nth: number): string => `0b3f6a52-8f0e-4d4b-9c1e-2f1d3a4b5c6${nth}`;

describe('the id of somebody in a list', () => {
  it.each<[string, readonly Readonly<Record<string, unknown>>[], string | undefined]>([
    [
      'is that of his row',
      [
        { id: 1, email: 'anna@acme.example' },
        { id: 2, email },
      ],
      '2',
    ],
    ['is the one the route asks for', [{ id: long(1), user_id: long(2), user: { id: long(2), email } }], long(2)],
    ['is not that of a team he is in', [{ id: 1, members: [{ id: 2, email }] }], undefined],
    ['is not that of somebody who only mentions him', [{ id: 1, email: 'anna@acme.example', note: email }], undefined],
    ['is unknown where a row says two that may be anybody’s', [{ id: 1, user_id: 7, email }], undefined],
    [
      'is unknown where another row has it',
      [
        { id: 2, email },
        { id: 9, user_id: 2, email: 'anna@acme.example' },
      ],
      undefined,
    ],
    [
      'is unknown where two rows have his address',
      [
        { id: 1, email },
        { id: 2, email },
      ],
      undefined,
    ],
  ])('%s', (_, rows, expected) => {
    expect(idOfHim(rows, email, 'userId', 'members')).toBe(expected);
  });
});

describe('the forms of somebody on a page', () => {
  const form = (id: number): string =>
    `<form method="post" action="/team/${id}/remove"><input type="hidden" name="t" value="x"><br></form>`;
  const found = (page: string): string[] => formsAboutHim(page, '/team', 'http://app', email).map(({ action }) => action);

  it('are those of his row, whether they stand before or behind his address', () => {
    const rows = (first: number): string => `<tr><td>${form(first)}<td>anna@acme.example</tr><tr><td>${form(2)}<td>${email}</tr>`;
    expect(found(`<table>${rows(1)}</table>`)).toEqual(['/team/2/remove']);
    expect(found(`<ul><li>anna@acme.example ${form(1)}</li><li>${email} <div>${form(2)}</div></li></ul>`)).toEqual(['/team/2/remove']);
  });

  it('are none where nothing tells whose they are', () => {
    expect(found(`<div>anna@acme.example ${form(1)} ${email} ${form(2)}</div>`)).toEqual([]);
    expect(found(`<div><p>Invited ${email}</p>${form(1)}<p>anna@acme.example</p></div>`)).toEqual([]);
  });
});
