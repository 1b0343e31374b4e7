import { describe, expect, it } from 'vitest';
import { formsOf } from './forms.ts';

const told = (markup: string): string[] => formsOf(markup).map(({ method, name, operation }) => `${method} ${name} ${operation}`);

describe('forms in markup', () => {
  it.each([
    ['<form class="a" method="post" action="/members/:param/role">', 'POST /members/:param/role create'],
    ["<form action='/a' method=POST>", 'POST /a create'],
    ['<FORM METHOD="post"\n  ACTION="/a?x=1">', 'POST /a create'],
    ['<button hx-delete="/orders/:param">', 'DELETE /orders/:param delete'],
    ['<div hx-patch="/orders/1" hx-swap="none">', 'PATCH /orders/1 update'],
    ['<button formaction="/orders/close">Close</button>', 'POST /orders/close create'],
  ])('%s', (markup, expected) => {
    expect(told(markup)).toEqual([expected]);
  });

  it.each([
    ['<form action="/search">'],
    ['<form method="get" action="/a">'],
    ['<form method="post">'],
    ['<form method="post" action="https://pay.example.com/x">'],
    ['<p>no form</p>'],
  ])('leaves %s alone', (markup) => {
    expect(told(markup)).toEqual([]);
  });

  it('finds every form of a page', () => {
    expect(told('<form method="post" action="/a"></form><form method="post" action="/b"></form>')).toEqual([
      'POST /a create',
      'POST /b create',
    ]);
  });
});
