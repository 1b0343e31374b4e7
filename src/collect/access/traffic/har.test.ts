import { describe, expect, it } from 'vitest';
import { readHar } from './har.ts';

const origin = 'http://localhost:3000';

const entry = (method: string, url: string, response: object = {}, request: object = {}) => ({
  request: {
    method,
    url,
    headers: [
      { name: ':method', value: method },
      { name: 'cookie', value: 'sid=secret-session' },
    ],
    ...request,
  },
  response: { status: 200, content: { mimeType: 'application/json', text: '{"id":6}' }, ...response },
});
const har = (...entries: unknown[]): string => JSON.stringify({ log: { version: '1.2', entries } });

describe('a HAR file', () => {
  it('gives the exchanges with the app, and no header of theirs', () => {
    const text = har(
      entry('GET', `${origin}/api/basket/6?full=1`),
      entry('POST', `${origin}/api/items`, { status: 201 }, { postData: { mimeType: 'application/json', text: '{"basketId":6}' } }),
    );
    expect(readHar(text, origin)).toEqual([
      { method: 'GET', path: '/api/basket/6?full=1', status: 200, text: '{"id":6}' },
      {
        method: 'POST',
        path: '/api/items',
        status: 201,
        text: '{"id":6}',
        sent: { contentType: 'application/json', text: '{"basketId":6}' },
      },
    ]);
    expect(JSON.stringify(readHar(text, origin))).not.toContain('secret-session');
  });

  it('may hold bodies in base64, forms as parameters, a byte order mark', () => {
    const base64 = Buffer.from('{"name":"Ünal"}').toString('base64');
    const [first, second] = readHar(
      `\uFEFF${har(
        entry('GET', `${origin}/a`, { content: { mimeType: 'application/json', text: base64, encoding: 'base64' } }),
        entry(
          'POST',
          `${origin}/b`,
          {},
          { postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'title', value: 'two+words%21' }] } },
        ),
      )}`,
      origin,
    );
    expect(first?.text).toBe('{"name":"Ünal"}');
    expect(second?.sent?.text).toBe('title=two+words%21');
  });

  it('is read past what is broken, sockets, images and other hosts', () => {
    const text = har(
      null,
      17,
      {},
      { request: { method: 'GET', url: 'no address' } },
      { ...entry('GET', `${origin}/socket`), _webSocketMessages: [] },
      entry('GET', 'https://elsewhere.example/api/me'),
      entry('GET', `${origin}/logo`, { content: { mimeType: 'image/png', text: 'AAAA', encoding: 'base64' } }),
      entry('GET', `${origin}/aborted`, { status: -1, content: undefined }),
    );
    expect(readHar(text, origin)).toEqual([
      { method: 'GET', path: '/logo', status: 200, text: '' },
      { method: 'GET', path: '/aborted', status: 0, text: '' },
    ]);
  });

  it.each([
    ['', 'it is empty'],
    ['<html>', 'it is no JSON'],
    [har(entry('GET', `${origin}/a`)).slice(0, -20), 'its JSON is broken'],
    ['{"openapi":"3.1.0"}', 'it has no log.entries'],
    [har(), 'it holds no requests'],
    [
      har(entry('GET', 'https://elsewhere.example/a')),
      'none of its 1 requests went to http://localhost:3000, but to https://elsewhere.example',
    ],
  ])('that cannot be used says why: %s', (text, why) => {
    expect(() => readHar(text, origin)).toThrow(why);
  });
});
