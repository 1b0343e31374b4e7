import { describe, expect, it } from 'vitest';
import type { Block } from '../core/deliverable.ts';
import { edgeCache } from '../evidence/edge-cache.ts';
import { cacheOf, tryOf } from '../evidence/edge-cache-samples.ts';
import { edgeCors } from '../evidence/edge-cors.ts';
import { edgeRedirects } from '../evidence/edge-redirects.ts';
import { hop, redirectsOf, row } from '../evidence/edge-redirects-samples.ts';
import { tlsHosts } from '../evidence/tls.ts';
import { tlsOf, untoldTls } from '../evidence/tls-samples.ts';
import { domainWeb } from './domain-map-web.ts';

const tables = (blocks: readonly Block[]): (readonly string[])[][] =>
  blocks.flatMap((block) => (block.kind === 'table' ? [[block.columns, ...block.rows]] : []));

describe('the web part of the domain map', () => {
  it('is empty where nothing was looked at', () => {
    expect(domainWeb({})).toEqual([]);
  });

  it('says where addresses lead, and what is lost on the way', () => {
    const redirects = redirectsOf(
      [
        row([hop('http://old.example.com/', 301, 'https://www.example.com/'), hop('https://www.example.com/', 200)], { scheme: 'http' }),
        row([hop('http://old.example.com/a?x=1', 301, 'https://www.example.com/', { lost: ['path', 'query'] })], {
          scheme: 'http',
          kind: 'deep',
        }),
        row([], { end: 'failed', at: 'https://old.example.com/' }),
        row([hop('https://old.example.com/login', 200)], { kind: 'login', path: '/login' }),
      ],
      { name: 'old.example.com', redirectsTo: 'www.example.com' },
    );
    expect(tables(domainWeb({ [edgeRedirects.id]: redirects }))).toEqual([
      [
        ['Host', 'By http', 'By https', 'Path and query'],
        ['old.example.com → www.example.com', 'www.example.com (301)', 'no answer', 'lost: path and query'],
      ],
      [
        ['From', 'For', 'To', 'Answer'],
        ['https://old.example.com/login', 'login', 'https://old.example.com/login', '200'],
      ],
    ]);
  });

  it('has no heading above nothing', () => {
    expect(domainWeb({ [edgeRedirects.id]: { apex: 'example.com', drafted: true, hosts: [] } })).toEqual([]);
  });

  it('does not say that anything is kept where https gave no answer', () => {
    const http = [hop('http://app.example.com/a?x=1', 308, 'https://app.example.com/a?x=1')];
    const deep = row(http, { scheme: 'http', kind: 'deep', end: 'failed', at: 'https://app.example.com/a?x=1' });
    const redirects = redirectsOf([row([], { end: 'failed', at: 'https://app.example.com/' }), deep]);
    expect(tables(domainWeb({ [edgeRedirects.id]: redirects }))[0]?.[1]?.at(-1)).toBe('–');
    const kept = redirectsOf([row([hop('https://app.example.com/', 200)]), { ...deep, end: 'answer' }]);
    expect(tables(domainWeb({ [edgeRedirects.id]: kept }))[0]?.[1]?.at(-1)).toBe('kept');
  });

  it('says of certificates whether browsers trust them', () => {
    const rows = [
      tlsOf(),
      tlsOf({ named: false }),
      tlsOf({}, { daysLeft: -1 }),
      tlsOf({ trust: 'incomplete' }),
      untoldTls('It took too long.'),
    ].flatMap((tls) => tables(domainWeb({ [tlsHosts.id]: tls }))[0]?.slice(1) ?? []);
    expect(rows.map(([, by, , trusted]) => [by, trusted])).toEqual([
      ["Let's Encrypt", 'yes'],
      ["Let's Encrypt", 'no: another name'],
      ["Let's Encrypt", 'no: expired'],
      ["Let's Encrypt", 'no: the chain is not whole'],
      ['It took too long.', '–'],
    ]);
  });

  it('says whom caches gave what, and who else may read answers', () => {
    const cache = cacheOf([tryOf(), tryOf({ who: 'visitor', outcome: 'shown' })]);
    const cors = { hosts: [{ name: 'api.example.com', role: 'api', paths: [], why: 'It took too long.' }] };
    expect(tables(domainWeb({ [edgeCache.id]: cache, [edgeCors.id]: cors }))).toEqual([
      [
        ['Host', 'Asked at', 'Others'],
        ['api.example.com', '–', 'It took too long.'],
      ],
      [
        ['Address', 'Shown to', 'Asked as', 'Given'],
        ['/api/me', 'anna', 'bert, visitor', 'to visitor'],
      ],
    ]);
  });
});
