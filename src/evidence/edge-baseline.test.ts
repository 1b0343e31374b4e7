import { expect, it } from 'vitest';
import { heldAt } from './edge-baseline.ts';
import type { HostCookie } from './edge-pages.ts';

it('cookies of somebody signed in are known at their own host, and where they are made for more', () => {
  const cookie = (name: string, change: Partial<HostCookie> = {}): HostCookie => ({
    name,
    url: 'https://app.example.com/',
    secure: true,
    httpOnly: true,
    sameSite: 'lax',
    persistent: true,
    signedIn: true,
    ...change,
  });
  const { signedIn: _, ...before } = cookie('before');
  const cookies = [
    cookie('own'),
    cookie('wide', { domain: '.example.com' }),
    cookie('within', { domain: 'app.example.com' }),
    cookie('refused', { refused: 'it is made for another host' }),
    before,
  ];
  const pages = { hosts: [{ name: 'app.example.com', role: 'app', pages: [], cookies }] } as const;
  expect(heldAt(pages, 'app.example.com')).toEqual(['own', 'wide', 'within']);
  expect(heldAt(pages, 'api.example.com')).toEqual(['wide']);
  expect(heldAt(pages, 'v2.app.example.com')).toEqual(['wide', 'within']);
  expect(heldAt(pages, 'app.badexample.com')).toEqual([]);
});
