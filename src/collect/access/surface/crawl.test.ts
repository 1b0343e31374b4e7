import { describe, expect, it } from 'vitest';
import { readPage } from './crawl.ts';
import { templateOf } from './template.ts';

const origin = 'http://localhost:3000';

describe('a page', () => {
  it('links to the app itself; what lies elsewhere is left out', () => {
    const { links } = readPage(
      '<a href="/cases/7?tab=2">a</a><a href="new">b</a><a href="//evil.example/x">c</a><a href="javascript:x">d</a>',
      '/cases/',
      origin,
    );
    expect(links).toEqual(['/cases/7?tab=2', '/cases/new']);
  });

  it('has forms with what they were sent with', () => {
    const { forms } = readPage(
      `<form method="post" action="/invoices" enctype="multipart/form-data">
        <input type="hidden" name="_csrf" value="t"><input name="title" required><input type="checkbox" name="paid"><textarea name="note"></textarea>
        <select name="client_id"><option value="">none</option><option value="9">x</option></select><input type="file" name="scan"><button name="go">Go</button></form>
       <form action="/search"><input name="q"></form><form method="post" action="https://evil.example/"><input name="x"></form>`,
      '/invoices/new',
      origin,
    );
    expect(forms.map(({ action, method }) => `${method} ${action}`)).toEqual(['POST /invoices', 'GET /search']);
    expect(forms[0]?.multipart).toBe(true);
    expect(forms[0]?.fields.map(({ name, type, value }) => [name, type, value])).toEqual([
      ['_csrf', 'hidden', 't'],
      ['title', 'text', ''],
      ['note', 'textarea', ''],
      ['client_id', 'select', '9'],
      ['scan', 'file', ''],
    ]);
  });
});

it('what a form was filled with is what it holds now', () => {
  const { forms } = readPage(
    `<form method="post"><textarea name="text">\nTom &amp; <b></textarea><select name="p"><option value="5">a</option><option value="2" selected>b</option></select>
     <input name="by" value="me" disabled><input type="radio" name="done" value="1"><input type="radio" name="done" value="0" checked></form>`,
    '/notes/7/edit',
    origin,
  );
  expect(forms[0]?.action).toBe('/notes/7/edit');
  expect(forms[0]?.fields.map(({ name, value }) => [name, value])).toEqual([
    ['text', 'Tom & <b>'],
    ['p', '2'],
    ['done', '0'],
  ]);
});

describe('an address', () => {
  it.each([
    ['/cases/7', '/cases/{id}', ['7']],
    [
      '/o/0a1b2c3d-0000-4000-8000-0123456789ab/files/NW-2026-031',
      '/o/{id}/files/{id2}',
      ['0a1b2c3d-0000-4000-8000-0123456789ab', 'NW-2026-031'],
    ],
    ['/cases/new', '/cases/new', []],
    ['/api/v1/members', '/api/v1/members', []],
    ['/cases/7?tab=2', '/cases/{id}?tab=', ['7']],
  ])('%s is one of %s', (path, template, ids) => {
    expect(templateOf(path)).toEqual({ template, ids });
  });
});
