import { describe, expect, it } from 'vitest';
import { readCookie } from './cookie.ts';

const url = 'https://portal.example.com/';

describe('readCookie', () => {
  it('reads the attributes and leaves the value', () => {
    expect(readCookie('session=abc.def==; Path=/; Domain=.example.com; Max-Age=60; Secure; HttpOnly; SameSite=Lax', url)).toEqual({
      name: 'session',
      url,
      secure: true,
      httpOnly: true,
      sameSite: 'lax',
      domain: '.example.com',
      persistent: true,
    });
  });
  it('takes what is absent or not understood as not set', () => {
    expect(readCookie('a=b; samesite=whatever', url)).toEqual({
      name: 'a',
      url,
      secure: false,
      httpOnly: false,
      sameSite: 'not-set',
      persistent: false,
    });
  });
  it('knows no cookie without a name', () => {
    expect([readCookie('', url), readCookie('=x', url), readCookie('novalue', url)]).toEqual([undefined, undefined, undefined]);
  });
});
