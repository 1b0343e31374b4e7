import { describe, expect, it } from 'vitest';
import { backendsIn, supabaseNames } from './backend.ts';

const script = 'https://portal.example.com/a.js';

describe('backendsIn', () => {
  const projects = (text: string): string[] => backendsIn(text, script).map(({ kind, project }) => `${kind} ${project}`);
  it.each([
    ['ne("https://abcdefghijklmnopqrst.supabase.co","eyJ...")', ['supabase abcdefghijklmnopqrst']],
    ['{apiKey:"AIzaSyTest",authDomain:"x.firebaseapp.com",projectId:"acme-portal"}', ['firebase acme-portal']],
    ['{databaseURL:"https://acme-portal-default-rtdb.firebaseio.com"}', ['firebase acme-portal']],
    ['"https://acme-portal-default-rtdb.europe-west1.firebasedatabase.app"', ['firebase acme-portal']],
    ['{projectId:"posthog-project"} "https://docs.supabase.com" "https://short.supabase.co"', []],
  ])('%s', (text, expected) => {
    expect(projects(text)).toEqual(expected);
  });
});

describe('supabaseNames', () => {
  const names = (text: string): string[] => supabaseNames(text, script).map(({ kind, name }) => `${kind} ${name}`);
  it('reads tables, functions and buckets, minified or not', () => {
    expect(
      names(
        'await X.from("orders").select("*");X.from(`invoices`)\n  .update({a:1});X.rpc("get_totals",{a:1});X.functions.invoke("send-invite",{});X.storage.from("documents").upload(a,b);X.storage\n.from("avatars")',
      ),
    ).toEqual(['table orders', 'table invoices', 'storage documents', 'storage avatars', 'rpc get_totals', 'function send-invite']);
  });
  it('takes Array.from and the like for nothing', () => {
    expect(names('Array.from("abc");Buffer.from("abc").toString();Uint8Array.from("x").map(y);z.from("a").filter(b)')).toEqual([]);
  });
  it('is not slowed down by hostile text', () => {
    for (const unit of ['.from(', '.storage.from("', 'projectId:"aaaa"', 'a-', '.functions ']) {
      expect(Array.isArray(names(unit.repeat(300_000)))).toBe(true);
      expect(Array.isArray(backendsIn(unit.repeat(300_000), script))).toBe(true);
    }
  });
});
