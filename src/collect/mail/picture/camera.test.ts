import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseMail } from '../../access/mail/parse.ts';
import { findBrowser } from '../../browser/find.ts';
import { type Camera, openCamera } from './camera.ts';
import { secretsOf } from './secrets.ts';

const mailOf = (html: string, subject = 'Hello') =>
  parseMail(
    '1',
    Buffer.from(`From: a@acme.io\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}`),
  );

const tokens = ['q8Zr1T0vKp5xWm3uYb7cNf9hJd2gLs4e', 'w2Xs3E4dCr5fVt6gBy7hNu8jMi9kOl0p'] as const;
const codes = ['482913', '736052'] as const;
const link = (token: string): string => `https://app.acme.io/reset?token=${token}`;
const anchor = (token: string): string => `<a href="${link(token)}">Choose a new password</a>`;

describe('what must not be read off a picture', () => {
  it.each<readonly [name: string, html: string, secrets: readonly string[]]>([
    ['tokens of links', anchor(tokens[0]), [tokens[0]]],
    ['tokens in paths', `<a href="https://app.acme.io/join/${tokens[0]}">Join</a>`, [tokens[0]]],
    ['tokens of links in links', `<a href="https://click.example/?to=${encodeURIComponent(link(tokens[0]))}">Go</a>`, [tokens[0]]],
    ['codes', `<p>Your code is:</p><p>${codes[0]}</p>`, [codes[0]]],
    ['codes for later', `<p>Your code is:</p><p>${codes[0]}</p><p>Others: ${codes[1]}, 100200</p>`, [codes[1], '100200']],
    ['passwords', '<p>Your password: Xy7$kq9Z</p>', ['Xy7$kq9Z']],
    ['keys', '<p>Take this: ak9XbQ2mR7tLw3ZpV8</p>', ['ak9XbQ2mR7tLw3ZpV8']],
  ])('%s', async (_, html, secrets) => {
    expect(secretsOf(await mailOf(html))).toEqual(expect.arrayContaining([...secrets]));
  });

  it('is nothing where a mail has no secrets: words, years and prices stay', async () => {
    const html =
      '<style>a{color:#275713}</style><p>Receipt of 2026: 1000 EUR, order 4711, Bahnhofstrasse 12, 8001 Zürich</p><a href="https://acme.io/reset-password">acme.io/reset-password</a>';
    expect(secretsOf(await mailOf(html))).toEqual([]);
  });
});

describe.skipIf(findBrowser() === undefined)('pictures of mails (needs Chromium)', () => {
  let camera: Camera;
  beforeEach(() => {
    camera = openCamera(new AbortController().signal);
  });
  afterEach(() => camera.close());
  const pictures = async (html: string, subject?: string): Promise<readonly string[]> => {
    const look = await camera.look(await mailOf(html, subject));
    expect(look?.why).toBeUndefined();
    return look!.pictures.map(({ png }) => png);
  };

  it('are as wide as a mail program and a phone, and tell what does not fit', async () => {
    const look = await camera.look(
      await mailOf('<img src="https://acme.io/a.png"><div style="width:500px;height:3000px;background:#eee">Hello</div>'),
    );
    expect(look).toMatchObject({
      images: 1,
      pictures: [
        { width: 600, height: 2400, cut: true },
        { width: 390, cut: true, tooWide: true },
      ],
    });
    expect(look?.pictures[0]).not.toHaveProperty('tooWide');
    const bytes = Buffer.from(look!.pictures[1]!.png, 'base64');
    expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual(['PNG', 390, 2400]);
    expect(await camera.look({ ...(await mailOf('x')), html: ' ' })).toBeUndefined();
  });

  it('show what the mail says', async () => {
    const [one] = await pictures('<h1>Welcome</h1>');
    expect((await pictures('<h1>Goodbye</h1>'))[0]).not.toBe(one);
    expect((await pictures('<h1>Welcome</h1>'))[0]).toBe(one);
  });

  // What two mails with different secrets show is the same, so that nobody reads one off.
  it.each<readonly [name: string, html: (nth: 0 | 1) => string]>([
    ['the text of a link', (nth) => `${anchor(tokens[nth])}<p>${link(tokens[nth])}</p>`],
    [
      'a text with tags in between',
      (nth) =>
        `${anchor(tokens[nth])}<p>${tokens[nth].slice(0, 9)}<wbr><b>${tokens[nth].slice(9, 20)}</b>&shy;${tokens[nth].slice(20)}</p>`,
    ],
    ['a style', (nth) => `<style>p:after{content:"${tokens[nth]}"}</style>${anchor(tokens[nth])}<p></p>`],
    [
      'an attribute that a style shows',
      (nth) =>
        `<style>a:after{content:attr(href)} p:after{content:attr(data-t)}</style>${anchor(tokens[nth])}<p data-t="${tokens[nth]}"></p>`,
    ],
    ['a field', (nth) => `${anchor(tokens[nth])}<input size="60" value="${link(tokens[nth])}"><textarea>${tokens[nth]}</textarea>`],
    ['an image that is not there', (nth) => `${anchor(tokens[nth])}<img src="https://acme.io/x.png" alt="${link(tokens[nth])}">`],
    ['a frame', (nth) => `${anchor(tokens[nth])}<iframe srcdoc="<p>${tokens[nth]}</p>"></iframe>`],
    ['a drawing', (nth) => `${anchor(tokens[nth])}<svg width="200" height="50"><rect width="${nth * 50 + 20}" height="20"/></svg>`],
    [
      'an image in the mail',
      (nth) =>
        `${anchor(tokens[nth])}<img alt="" width="20" height="20" src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='20' height='20'%3E%3Crect width='${nth * 9 + 3}' height='9'/%3E%3C/svg%3E">`,
    ],
    ['a shadow', (nth) => `${anchor(tokens[nth])}<div><template shadowrootmode="open"><p>${tokens[nth]}</p></template></div>`],
    ['a code', (nth) => `<p>Your code is:</p><h2>${codes[nth].slice(0, 3)} ${codes[nth].slice(3)}</h2>`],
    [
      'a code in boxes',
      (nth) =>
        `<p>Your verification code is ${codes[nth]}</p><table><tr>${[...codes[nth]].map((one) => `<td>${one}</td>`).join('')}</tr></table>`,
    ],
    ['a password', (nth) => `<p>Your password: ${['Xy7$kq9Z', 'aB3!zz0Q'][nth]}</p>`],
  ])('do not show a secret in %s', async (_, html) => {
    expect(await pictures(html(0))).toEqual(await pictures(html(1)));
  });

  it('keep the look of a mail whose code stands in its colours as well', async () => {
    const mail = (colour: string): string => `<p>Your code is:</p><h2>${codes[0]}</h2><p style="color:#${colour}">Bye</p>`;
    expect(await pictures(mail(codes[0]))).not.toEqual(await pictures(mail('000000')));
  });

  it('run no script', async () => {
    const body = '<p>Hello</p>';
    const scripted = `${body}<script>document.body.textContent = 'ran'</script><img src="x" onerror="document.body.textContent = 'ran'" style="display:none">`;
    expect(await pictures(scripted)).toEqual(await pictures(body));
  });

  it('load nothing', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await pictures(
        `<meta http-equiv="refresh" content="0;url=${at}/refresh"><link rel="stylesheet" href="${at}/style"><link rel="preconnect" href="${at}"><link rel="prefetch" href="${at}/prefetch"><style>@import url(${at}/import); @font-face{font-family:x;src:url(${at}/font)} p{font-family:x;background:url(${at}/background)}</style><p>Hello</p><img src="${at}/image"><img srcset="${at}/srcset 2x"><video autoplay src="${at}/video" poster="${at}/poster"></video><iframe src="${at}/frame"></iframe><object data="${at}/object"></object><script src="${at}/script"></script><body background="${at}/body">`,
      );
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    expect(asked).toEqual([]);
  });

  it('say why there are none', async () => {
    const stopped = new AbortController();
    stopped.abort();
    const other = openCamera(stopped.signal);
    expect(await other.look(await mailOf('<p>x</p>'))).toMatchObject({ pictures: [], why: 'the time for this step was up' });
    await other.close();
  });
});
