import { describe, expect, it } from 'vitest';
import { chunksIn, scriptsOf } from './chunks.ts';
import { documentOf } from './document.ts';

const paths = (text: string, script = 'https://portal.example.com/assets/index-BxY3k9Qa.js'): string[] =>
  chunksIn(text, new URL(script)).map((url) => url.href.replace('https://portal.example.com', ''));

describe('scriptsOf', () => {
  it('lists what a page loads or announces, against its base', () => {
    const html = `<base href="/app/"><script src="main.js"></script><script>inline()</script><link rel="modulepreload" href="/assets/v.js"><link rel="preload" as="script" href="p.js">
      <link rel="preload" as="font" href="f.woff2"><link rel="stylesheet" href="s.css"><script src="//cdn.example.net/x.js"></script><script src="data:text/javascript,1"></script><script src="http://["></script><script src="main.js"></script>`;
    const page = documentOf({
      url: new URL('https://portal.example.com/x/'),
      status: 200,
      headers: { 'content-type': 'text/html' },
      setCookies: [],
      body: Buffer.from(html),
      redirects: [],
    });
    expect(scriptsOf(page).map(({ href }) => href)).toEqual([
      'https://portal.example.com/app/main.js',
      'https://portal.example.com/assets/v.js',
      'https://portal.example.com/app/p.js',
      'https://cdn.example.net/x.js',
    ]);
  });
});

describe('chunksIn', () => {
  it('reads the dependency list and dynamic imports of Vite', () => {
    const text =
      'const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["assets/Admin-Dx9JOKUM.js","assets/Admin-aa.css","assets/vendor-CyfczNyW.js"])))=>i.map(i=>d[i]);import{r}from"./vendor-CyfczNyW.js";_(()=>import("./Login-hspTLkzk.js"),__vite__mapDeps([0]));fetch("/api/x")';
    expect(paths(text)).toEqual(['/assets/Admin-Dx9JOKUM.js', '/assets/vendor-CyfczNyW.js', '/assets/Login-hspTLkzk.js']);
  });

  it('keeps the folder an app is deployed under', () => {
    expect(paths('m.f=["assets/A-1.js"]', 'https://portal.example.com/portal/assets/index.js')).toEqual(['/portal/assets/A-1.js']);
    expect(paths('"static/chunks/1-a.js"', 'https://portal.example.com/docs/_next/static/chunks/main.js')).toEqual([
      '/docs/_next/static/chunks/1-a.js',
    ]);
  });

  it('reads the chunk table of webpack in Next.js, named chunks too', () => {
    const next = 'https://portal.example.com/_next/static/chunks/webpack-1.js';
    expect(
      paths(
        'r.u=e=>6509===e?"static/chunks/6509-2b8a.js":"static/chunks/"+(1761===e?"d0deef33":e)+"."+({213:"00a5",1761:"1e75"})[e]+".js"',
        next,
      ),
    ).toEqual(['/_next/static/chunks/6509-2b8a.js', '/_next/static/chunks/213.00a5.js', '/_next/static/chunks/d0deef33.1e75.js']);
    expect(paths('a.u=function(e){return"static/chunks/"+(({12:"named"})[e]||e)+"-"+({12:"abc",34:"def"})[e]+".js"}', next)).toEqual([
      '/_next/static/chunks/named-abc.js',
      '/_next/static/chunks/34-def.js',
    ]);
  });

  it('reads the chunk table of Create React App', () => {
    expect(
      paths('n.u=e=>"static/js/"+e+"."+{120:"aa11",787:"bb22"}[e]+".chunk.js"', 'https://portal.example.com/static/js/main.1.js'),
    ).toEqual(['/static/js/120.aa11.chunk.js', '/static/js/787.bb22.chunk.js']);
  });

  it('reads chunks from the data of a Next.js page, quotes escaped, brackets kept', () => {
    const html = 'self.__next_f.push([1,"3:I[1,[\\"12\\",\\"static/chunks/app/(portal)/orders/[id]/page-9f.js\\"]]"])';
    expect(paths(html, 'https://portal.example.com/_next/static/chunks/main.js').map(decodeURIComponent)).toEqual([
      '/_next/static/chunks/app/(portal)/orders/[id]/page-9f.js',
    ]);
  });

  it('reads the modules of a development server, packages apart', () => {
    expect(
      paths(
        'import A from "/src/App.tsx?t=17";import "/src/store.ts";import "/node_modules/.vite/deps/react.js?v=1";import V from "/src/V.vue"',
        'https://portal.example.com/src/main.tsx',
      ),
    ).toEqual(['/src/App.tsx?t=17', '/src/store.ts', '/src/V.vue']);
  });

  it('takes no chunk from ordinary text, and never the script itself', () => {
    expect(paths('"./index-BxY3k9Qa.js" "react.js" "https://x.example/y.js" "//cdn/x.js" import x from "lodash"')).toEqual([]);
  });

  it('is not slowed down by hostile text', () => {
    for (const unit of ['"js/"+', '"static/chunks/"+{', '"./', 'static/chunks/', '{1:"a",'])
      expect(Array.isArray(paths(unit.repeat(300_000)))).toBe(true);
  });
});
