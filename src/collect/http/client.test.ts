import { createServer } from 'node:net';
import { createGzip, brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Result } from '../../core/evidence.ts';
import { type ClientOptions, type HttpClient, openClient, type Reply } from './client.ts';
import { makeCertificate } from './fixtures/certificate.ts';
import { type LocalServer, serve, serveSecurely, serveSocket, site, targetOf } from './fixtures/server.ts';

const limits = { connectMs: 1000, headersMs: 600, idleMs: 600, totalMs: 2500, bodyBytes: 64 * 1024 };
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function using(
  starting: Promise<LocalServer>,
  options: ClientOptions = {},
  requests = 200,
): Promise<{ server: LocalServer; client: HttpClient }> {
  const server = await starting;
  const client = openClient(targetOf(server.url, requests), { delayMs: 0, limits, ...options });
  open.push(client, server);
  return { server, client };
}

const value = (result: Result<Reply>): Reply => {
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
};
const fault = (result: Result<Reply>): { kind: string; message: string; remedy: string } => {
  if (result.ok) throw new Error(`answered ${result.value.status}`);
  expect(result.fault.remedy).not.toBe('');
  return result.fault;
};

describe('an ordinary answer', () => {
  it('comes with status, lower-case headers, cookies apart and the body', async () => {
    const { server, client } = await using(
      serve((request, response) =>
        response.writeHead(203, { 'X-Seen': request.headers['user-agent'] ?? '', 'Set-Cookie': ['a=1', 'b=2'] }).end('hello'),
      ),
    );
    const reply = value(await client.get(server.url));
    expect([reply.status, reply.body.toString(), reply.setCookies, reply.cut]).toEqual([203, 'hello', ['a=1', 'b=2'], undefined]);
    expect(reply.headers['x-seen']).toContain('launch-ready');
    expect(reply.headers).not.toHaveProperty('set-cookie');
  });

  it.each([
    ['gzip', (text: string) => gzipSync(text)],
    ['br', (text: string) => brotliCompressSync(text)],
    ['gzip, gzip', (text: string) => gzipSync(gzipSync(text))],
    ['identity', (text: string) => Buffer.from(text)],
  ])('is unpacked from %s', async (encoding, pack) => {
    const { server, client } = await using(
      serve((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(pack('packed'))),
    );
    expect(value(await client.get(server.url)).body.toString()).toBe('packed');
  });

  it('has no body for HEAD', async () => {
    const { server, client } = await using(serve((request, response) => response.writeHead(200, { 'x-method': request.method }).end()));
    const reply = value(await client.get(server.url, { method: 'HEAD' }));
    expect([reply.headers['x-method'], reply.body.length]).toEqual(['HEAD', 0]);
  });

  it('ignores the proxy variables of the environment', async () => {
    const { server, client } = await using(serve((_, response) => response.end('direct')));
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = 'http://127.0.0.1:9';
    try {
      expect(value(await client.get(server.url)).body.toString()).toBe('direct');
    } finally {
      delete process.env['HTTP_PROXY'];
      delete process.env['http_proxy'];
    }
  });

  it('sends credentials of the address as a header to that address only', async () => {
    const server = await serve((request, response) => response.end(request.headers.authorization ?? 'none'));
    const named = new URL(server.url);
    named.username = 'preview';
    named.password = 'open sesame';
    const client = openClient({ ...targetOf(server.url), url: named }, { delayMs: 0, limits });
    open.push(client, server);
    const reply = value(await client.get(named));
    expect(Buffer.from(reply.body.toString().replace('Basic ', ''), 'base64').toString()).toBe('preview:open sesame');
    expect(reply.url.href).not.toContain('sesame');
    named.password = '100%';
    const odd = openClient({ ...targetOf(server.url), url: named }, { delayMs: 0, limits });
    open.push(odd);
    expect(
      Buffer.from(
        value(await odd.get(named))
          .body.toString()
          .replace('Basic ', ''),
        'base64',
      ).toString(),
    ).toBe('preview:100%');
  });
});

describe('redirects', () => {
  it('are followed within the host and listed', async () => {
    const { server, client } = await using(
      serve(
        site({
          '/': (_, r) => void r.writeHead(302, { location: '/a' }).end(),
          '/a': (_, r) => void r.writeHead(308, { location: '/b?x=1' }).end(),
          '/b': 'there',
        }),
      ),
    );
    const reply = value(await client.get(server.url));
    expect([reply.url.pathname, reply.url.search, reply.redirects.map((url) => new URL(url).pathname)]).toEqual([
      '/b',
      '?x=1',
      ['/', '/a'],
    ]);
  });

  it('that go round are told', async () => {
    const { server, client } = await using(
      serve((request, r) => void r.writeHead(302, { location: request.url === '/a' ? '/' : '/a' }).end()),
    );
    expect(fault(await client.get(server.url)).message).toMatch(/redirects in a loop/);
    expect(server.asked.length).toBeLessThan(5);
  });

  it('without end are cut off', async () => {
    const { server, client } = await using(serve((request, r) => void r.writeHead(302, { location: `${request.url}x` }).end()));
    expect(fault(await client.get(server.url)).message).toMatch(/more than 10 times/);
  });

  it('to another host are named and not followed', async () => {
    const elsewhere = await serve((_, response) => response.end('private'));
    open.push(elsewhere);
    const { server, client } = await using(serve((_, r) => void r.writeHead(302, { location: elsewhere.url.href }).end()));
    const { kind, message } = fault(await client.get(server.url));
    expect([kind, message]).toEqual(['blocked', expect.stringContaining(elsewhere.url.origin)]);
    expect(elsewhere.asked).toEqual([]);
  });

  it('are an answer when asked not to follow, and nonsense locations are no redirect', async () => {
    const { server, client } = await using(serve((_, r) => void r.writeHead(302, { location: 'http://[nonsense' }).end()));
    expect(value(await client.get(server.url, { follow: false })).status).toBe(302);
    expect(value(await client.get(server.url)).status).toBe(302);
  });
});

describe('scope', () => {
  it('asks the pinned address for a name, with the name in the request', async () => {
    const server = await serve((request, response) => response.end(request.headers.host));
    const url = new URL(`http://portal.example.test:${server.url.port}/`);
    const client = openClient(targetOf(url), { pins: { 'portal.example.test': '127.0.0.1' }, limits });
    open.push(client, server);
    expect(value(await client.get(url)).body.toString()).toBe(url.host);
  });

  it('follows a redirect to the www twin', async () => {
    const server = await serve((request, response) =>
      request.headers.host?.startsWith('www.')
        ? response.end('twin')
        : response.writeHead(301, { location: `http://www.portal.example.test:${server.url.port}/` }).end(),
    );
    const url = new URL(`http://portal.example.test:${server.url.port}/`);
    const client = openClient(targetOf(url), {
      pins: { 'portal.example.test': '127.0.0.1', 'www.portal.example.test': '127.0.0.1' },
      limits,
    });
    open.push(client, server);
    expect(value(await client.get(url)).url.host).toBe(`www.portal.example.test:${server.url.port}`);
  });

  it('never lets a public app lead us into a private network, not even for its scripts', async () => {
    const inside = await serve((_, response) => response.end('metadata'));
    const client = openClient(targetOf(new URL('https://app.example.com/')), { limits });
    open.push(client, inside);
    for (const address of [
      'http://169.254.169.254/_next/static/x.js',
      `http://127.0.0.1:${inside.url.port}/_next/static/x.js`,
      'http://[::ffff:10.0.0.1]/_nuxt/x.js',
    ])
      expect(fault(await client.get(new URL(address), { purpose: 'asset' })).message).toContain('private network');
    const local = await client.get(new URL(`http://localhost:${inside.url.port}/_next/static/x.js`), { purpose: 'asset' });
    expect(fault(local).kind).toBe('blocked');
    expect(inside.asked).toEqual([]);
  });

  it('stops at the limit of requests', async () => {
    const { server, client } = await using(
      serve((_, response) => response.end('ok')),
      {},
      3,
    );
    const results = [];
    for (let index = 0; index < 5; index += 1) results.push(await client.get(server.url));
    expect(results.map((result) => result.ok)).toEqual([true, true, true, false, false]);
    expect(fault(results[4] as Result<Reply>).message).toContain('limit of 3 requests');
    expect([client.left(), server.asked.length]).toEqual([0, 3]);
  });

  it('keeps at most four requests under way', async () => {
    let now = 0;
    let most = 0;
    const { server, client } = await using(
      serve((_, response) => {
        most = Math.max(most, (now += 1));
        setTimeout(() => response.end('ok', () => (now -= 1)), 20);
      }),
    );
    await Promise.all(Array.from({ length: 20 }, (_, index) => client.get(new URL(`/${index}`, server.url))));
    expect([server.asked.length, most]).toEqual([20, 4]);
  });
});

describe('bodies that do not end well', () => {
  const filler = Buffer.alloc(16 * 1024, 'x');
  const flood = (response: NodeJS.WritableStream): void => {
    const more = (): void => {
      while (response.writable && response.write(filler)) continue;
      response.once('drain', more);
    };
    more();
  };

  it('a stream without end is cut at the limit', async () => {
    const { server, client } = await using(serve((_, response) => flood(response.writeHead(200))));
    const reply = value(await client.get(server.url));
    expect([reply.cut, reply.body.length]).toEqual(['size', limits.bodyBytes]);
  });

  it('a gigabyte is not read', async () => {
    const { server, client } = await using(serve((_, response) => flood(response.writeHead(200, { 'content-length': 2 ** 30 }))));
    expect(value(await client.get(server.url, { bodyBytes: 1000 })).body.length).toBe(1000);
  });

  it('a gzip bomb is cut at the limit', async () => {
    const { server, client } = await using(
      serve((_, response) => {
        const bomb = createGzip();
        bomb.pipe(response.writeHead(200, { 'content-encoding': 'gzip' }));
        flood(bomb);
      }),
    );
    const reply = value(await client.get(server.url));
    expect([reply.cut, reply.body.length]).toEqual(['size', limits.bodyBytes]);
  });

  it('a body that trickles is kept as far as it came', async () => {
    const { server, client } = await using(
      serve((_, response) => {
        response.writeHead(200).write('first');
        const timer = setInterval(() => response.write('.'), 100);
        response.on('close', () => clearInterval(timer));
      }),
    );
    const reply = value(await client.get(server.url));
    expect([reply.cut, reply.body.toString().startsWith('first')]).toEqual(['time', true]);
  });

  it('broken or unknown compression is told from an empty page', async () => {
    const { server, client } = await using(
      serve(
        (request, r) => void r.writeHead(200, { 'content-encoding': request.url === '/1' ? 'gzip' : 'magic' }).end('not packed at all'),
      ),
    );
    expect(value(await client.get(new URL('/1', server.url))).cut).toBe('broken');
    expect(value(await client.get(new URL('/2', server.url))).cut).toBe('broken');
  });

  it('a connection broken off leaves what came', async () => {
    const { server, client } = await using(
      serveSocket((socket) => void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))),
    );
    const reply = value(await client.get(server.url));
    expect([reply.cut, reply.body.toString()]).toEqual(['broken', 'half']);
  });
});

describe('no answer, in words', () => {
  it('hangs', async () => {
    const { server, client } = await using(serve(() => undefined));
    const { kind, message } = fault(await client.get(server.url));
    expect([kind, message]).toEqual(['timeout', expect.stringContaining('took too long')]);
  });

  it('drips headers', async () => {
    const { server, client } = await using(
      serveSocket((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => socket.write(`X-${Date.now()}: 1\r\n`), 50);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    expect(fault(await client.get(server.url)).kind).toBe('timeout');
  });

  it.each([
    ['speaks another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', /garbage/],
    ['answers bytes', Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]).toString('latin1'), /garbage/],
    ['hangs up', '', /closed the connection/],
  ])('%s', async (_, answer, words) => {
    const { server, client } = await using(serveSocket((socket) => void socket.once('data', () => socket.end(answer, 'latin1'))));
    expect(fault(await client.get(server.url)).message).toMatch(words);
  });

  it('sends headers without end', async () => {
    const { server, client } = await using(
      serveSocket((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const line = `X-Long: ${'y'.repeat(8000)}\r\n`;
        const more = (): void => {
          while (socket.writable && socket.write(line)) continue;
          socket.once('drain', more);
        };
        more();
      }),
    );
    expect(fault(await client.get(server.url)).message).toMatch(/headers larger|garbage/);
  });

  it('refuses the connection', async () => {
    const port = await new Promise<number>((done) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const { port: free } = probe.address() as { port: number };
        probe.close(() => done(free));
      });
    });
    const url = new URL(`http://127.0.0.1:${port}/`);
    const client = openClient(targetOf(url), { limits });
    open.push(client);
    expect(fault(await client.get(url)).message).toContain('refused the connection');
  });

  it('has no such name', async () => {
    const url = new URL('http://no-such-host.invalid/');
    const client = openClient(targetOf(url), { limits });
    open.push(client);
    expect(fault(await client.get(url)).message).toMatch(/not found in DNS|could not be looked up/);
  });

  it('is left alone after three failures in a row', async () => {
    const { server, client } = await using(serveSocket((socket) => socket.destroy()));
    for (let index = 0; index < 10; index += 1) fault(await client.get(server.url));
    expect(client.left()).toBe(197);
  });

  it('is left alone for pages and probes, yet still asked for its scripts', async () => {
    const { server, client } = await using(
      serve((request, response) => (request.url === '/main.js' ? response.end('ok') : request.socket.destroy())),
    );
    for (let index = 0; index < 5; index += 1) fault(await client.get(new URL('/.env', server.url)));
    expect(value(await client.get(new URL('/main.js', server.url), { purpose: 'asset' })).status).toBe(200);
    expect(server.asked.length).toBe(4);
  });

  it('asks to slow down', async () => {
    const { server, client } = await using(serve((_, response) => response.writeHead(429).end()));
    for (let index = 0; index < 3; index += 1) expect(value(await client.get(server.url)).status).toBe(429);
    expect(fault(await client.get(server.url)).message).toContain('slow down');
    expect(server.asked.length).toBe(3);
  });

  it('stops when the step is over', async () => {
    const { server, client } = await using(serve(() => undefined));
    expect(fault(await client.get(server.url, { signal: AbortSignal.timeout(100) })).message).toContain('time for this step');
  });
});

describe('certificates, in words', () => {
  const authority = makeCertificate('Test Authority');
  const signed = (name: string, days: { from?: number; to?: number } = {}) =>
    makeCertificate(name, { issuer: { name: 'Test Authority', key: authority.key }, ...days });
  const ask = async (certificate: ReturnType<typeof signed>, authorities = [authority.cert]): Promise<Result<Reply>> => {
    const server = await serveSecurely(certificate, (_, response) => response.end('secure'));
    const url = new URL(`https://portal.example.test:${server.url.port}/`);
    const client = openClient(targetOf(url), { pins: { 'portal.example.test': '127.0.0.1' }, authorities, limits });
    open.push(client, server);
    return client.get(url);
  };

  it('good ones pass', async () => {
    expect(value(await ask(signed('portal.example.test'))).body.toString()).toBe('secure');
  });
  it('expired', async () => {
    expect(fault(await ask(signed('portal.example.test', { from: -9, to: -1 }))).message).toContain('has expired');
  });
  it('not valid yet', async () => {
    expect(fault(await ask(signed('portal.example.test', { from: 5, to: 9 }))).message).toContain('not valid yet');
  });
  it('made out to another name', async () => {
    expect(fault(await ask(signed('other.example.test'))).message).toContain('another name');
  });
  it('self-signed', async () => {
    expect(fault(await ask(makeCertificate('portal.example.test'))).message).toContain('signed its certificate itself');
  });
  it('from an authority nobody knows', async () => {
    expect(fault(await ask(signed('portal.example.test'), [])).message).toMatch(/cannot be trusted/);
  });
  it('no https at all on that port', async () => {
    const server = await serve((_, response) => response.end('plain'));
    const url = new URL(`https://127.0.0.1:${server.url.port}/`);
    const client = openClient(targetOf(url), { limits });
    open.push(client, server);
    expect(fault(await client.get(url)).message).toContain('does not speak https');
  });
});
