import { describe, expect, it } from 'vitest';
import { type Expression, parseExpression } from './expression.ts';

/** The expression with brackets around everything, so that what binds to what shows. */
function shown(expression: Expression): string {
  switch (expression.is) {
    case 'literal':
      return JSON.stringify(expression.value);
    case 'name':
      return expression.name;
    case 'member':
      return `${shown(expression.of)}.${expression.name}`;
    case 'call':
      return `${shown(expression.callee)}(${expression.args.map(shown).join(', ')})`;
    case 'index':
      return `${shown(expression.of)}[${shown(expression.at)}]`;
    case 'binary':
      return `(${shown(expression.left)} ${expression.operator} ${shown(expression.right)})`;
    case 'not':
      return `!${shown(expression.of)}`;
    case 'choice':
      return `(${shown(expression.test)} ? ${shown(expression.met)} : ${shown(expression.unmet)})`;
    case 'list':
      return `[${expression.of.map(shown).join(', ')}]`;
    case 'path':
      return `<${expression.text}|${expression.of.map(shown).join(', ')}>`;
  }
}

describe('expressions of Firebase rules', () => {
  it.each([
    ['a || b && c == d', '(a || (b && (c == d)))'],
    ['a && b || c', '((a && b) || c)'],
    ['a - b - c', '((a - b) - c)'],
    ['!a.b && !(c || d)', '(!a.b && !(c || d))'],
    ["'admin' in request.auth.token.roles", '("admin" in request.auth.token.roles)'],
    ['resource.data.tags is list', '(resource.data.tags is list)'],
    ['a ? b : c ? d : e', '(a ? b : (c ? d : e))'],
    ['f(a, [1, 2], { "x": y })[0].z', 'f(a, [1, 2], ["x", y])[0].z'],
    ['name[0:2] == "ab"', '(name[0] == "ab")'],
    ['x < -5', '(x < 5)'],
    ['a // why\n && /* b */ c;', '(a && c)'],
    ['exists(/databases/$(database)/documents/users/$(request.auth.uid))', null],
  ])('reads %s', (source, expected) => {
    const got = shown(parseExpression(source));
    if (expected === null)
      expect(got).toBe('exists(</databases/$(database)/documents/users/$(request.auth.uid)|database, request.auth.uid>)');
    else expect(got).toBe(expected);
  });

  it.each(['', 'a &&', '(a', 'a b', 'f(a', '[1, 2', 'a ? b', '#', 'a[0', '/', `${'('.repeat(100)}a${')'.repeat(100)}`])(
    'refuses %j',
    (source) => {
      expect(() => parseExpression(source)).toThrow(Error);
    },
  );
});
