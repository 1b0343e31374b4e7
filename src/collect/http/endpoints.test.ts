import { describe, expect, it } from 'vitest';
import { endpointsIn } from './endpoints.ts';

const script = 'https://portal.example.com/a.js';
const found = (text: string): string[] => endpointsIn(text, script).map(({ method, url }) => `${method ?? '?'} ${url}`);

describe('endpointsIn', () => {
  it.each([
    ['fetch("/api/orders")', '? /api/orders'],
    ['fetch("/orders/list")', '? /orders/list'],
    ["await fetch('/api/orders?status=open#x')", '? /api/orders'],
    ['fetch(`/api/orders/${e.id}/lines/${t(n,{a:1})}`)', '? /api/orders/:param/lines/:param'],
    ['fetch("/api/orders",{method:"POST",body:JSON.stringify(e)})', 'POST /api/orders'],
    ['fetch("/api/orders",{headers:{"content-type":"application/json"},method:`DELETE`})', 'DELETE /api/orders'],
    ['axios.patch("/v2/me",{})', 'PATCH /v2/me'],
    ['j.post("/api/login",e)', 'POST /api/login'],
    ['const u={list:"/api/users/"}', '? /api/users'],
    ['fetch(`${Xe}/functions/v1/send-invite`,{method:"POST"})', 'POST /functions/v1/send-invite'],
    ['fetch("https://api.example.com/v1/things")', '? https://api.example.com/v1/things'],
    ['u="https://abcdefghijklmnopqrst.supabase.co/rest/v1/orders"', '? https://abcdefghijklmnopqrst.supabase.co/rest/v1/orders'],
    ['fetch("/.netlify/functions/pay")', '? /.netlify/functions/pay'],
    ['useSWR("/api/me",f)', '? /api/me'],
    ['fetch("/rest/v1")', '? /rest/v1'],
    ['fetch("/api/orders/".concat(e.id,"/lines"),{method:"PUT"})', 'PUT /api/orders/:param/lines'],
    ['fetch("/api/late/".concat(Date.now(1,2)),{method:"DELETE"})', 'DELETE /api/late/:param'],
    ['fetch("/api/orders/"+e.id+"/lines?x="+y,{method:"PUT"})', 'PUT /api/orders/:param/lines'],
    ['j.delete("/api/users/"+encodeURIComponent(t))', 'DELETE /api/users/:param'],
    ['fetch("/api/search?q="+q)', '? /api/search'],
    ['u={a:"/api/x"+y}', '? /api/x:param'],
  ])('%s', (text, endpoint) => {
    expect(found(text)).toEqual([endpoint]);
  });

  it('takes the method from its own call, not from the next', () => {
    expect(found('fetch("/api/a").then(r=>r.json());fetch("/api/b",{method:"PUT"})')).toEqual(['? /api/a', 'PUT /api/b']);
    expect(found('fetch("/api/a"),fetch("/api/b",{method:"PUT"})')).toEqual(['? /api/a', 'PUT /api/b']);
  });

  it.each([
    'navigate("/orders")',
    '"/apify"',
    'fetch("/logo.png")',
    'fetch(`${e}/orders`)',
    '"/api/with space"',
    'fetch("")',
    'fetch("/")',
    '"/static/api.js"',
    'fetch("//evil")',
    '"/api/<b>"',
    'fetch("/api/unfinished',
    't.pathname+=`/api/broadcast`',
  ])('leaves %s alone', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('is not slowed down by hostile text', () => {
    for (const unit of ['"/api/', '`/api/${{', 'fetch("/a', 'fetch(`${', '.get("/api/x",{method:', '"/api/"+', '"/api/".concat('])
      expect(Array.isArray(found(unit.repeat(300_000)))).toBe(true);
  });
});
