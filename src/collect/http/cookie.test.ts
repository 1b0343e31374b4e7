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
  it('leaves out what takes a cookie away', () => {
    const past = 'Thu, 01 Jan 1970 00:00:00 GMT';
    for (const line of ['a=; Max-Age=0', 'a=x; Max-Age=-1', `a=; Expires=${past}`]) expect(readCookie(line, url)).toBeUndefined();
    expect(readCookie(`a=b; Max-Age=60; Expires=${past}`, url)?.persistent).toBe(true);
    expect(readCookie('a=b; Expires=never', url)?.persistent).toBe(true);
  });
  it('knows no cookie without a name', () => {
    expect([readCookie('', url), readCookie('=x', url), readCookie('novalue', url)]).toEqual([undefined, undefined, undefined]);
  });
});
