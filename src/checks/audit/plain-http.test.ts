import { describe, expect, it } from 'vitest';
import type { Page } from '../../evidence/http.ts';
import { plainHttp } from './plain-http.ts';

const page = plainHttp.examples.passes[0]?.given.page as Page;
const judge = (more: Partial<Page>) =>
  [...plainHttp.evaluate({ page: { ...page, ...more } })].map(({ outcome, subject, severity }) => [outcome, subject, severity]);

describe('audit/plain-http', () => {
  it('is a blocker where customers type their password', () => {
    expect(judge({ url: 'http://portal.example.com/', login: { url: 'http://portal.example.com/login', what: 'a form' } })).toEqual([
      ['fail', 'app', 'blocker'],
    ]);
    expect(judge({ url: 'http://portal.example.com/' })).toEqual([['fail', 'app', 'high']]);
    expect(judge({ login: { url: page.url, what: 'a form', action: 'http://x.example/' } })).toEqual([['fail', 'login form', 'blocker']]);
  });
  it('sees a detour over http', () => {
    expect(judge({ redirects: ['https://portal.example.com/', 'http://www.example.com/'] })).toEqual([['fail', 'redirects', 'medium']]);
    expect(judge({ redirects: ['http://portal.example.com/'] })).toEqual([['pass', 'app', undefined]]);
  });
  it('takes a closed http port for right, and says nothing about this machine', () => {
    expect(judge({ plainHttp: { url: 'http://portal.example.com/', answer: 'nothing', detail: 'refused' } })).toEqual([
      ['pass', 'app', undefined],
    ]);
    expect(judge({ url: 'http://localhost:3000/', local: true })).toEqual([]);
  });
});
