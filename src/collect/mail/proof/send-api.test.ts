import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type GivenSendApi, sendApis } from '../../../core/given-send.ts';
import { sendTestMail } from './send.ts';

interface Heard {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A service on this machine: what it was asked, and what came of it. */
async function handed(api: GivenSendApi['api'], answer: RequestListener, from = 'Acme, Inc. <app@mail.acme.io>') {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push({ url: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  try {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const unsent = await sendTestMail({ api, key: 'secret-key-1', base, from }, { to: 'a@box.test', reference: 'ref-1' });
    return { unsent, heard };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const taking: RequestListener = (_, response) => void response.writeHead(202, { 'content-type': 'application/json' }).end('{"id":"1"}');
const text = /^This mail was sent by Launch Ready[^]*Reference: ref-1\n$/;
const html = /^<p>This mail[^]*<p>Reference: ref-1<\/p>$/;
const like = (pattern: RegExp): string => expect.stringMatching(pattern) as string;
const subject = 'Test mail of Launch Ready';

describe('a test mail by an API', () => {
  it.each<readonly [GivenSendApi['api'], string, Record<string, string>, object]>([
    [
      'resend',
      'POST /emails',
      { authorization: 'Bearer secret-key-1' },
      {
        from: '"Acme, Inc." <app@mail.acme.io>',
        to: ['a@box.test'],
        subject,
        text: like(text),
        html: like(html),
        headers: { 'X-Launch-Ready': 'ref-1' },
      },
    ],
    [
      'postmark',
      'POST /email',
      { 'x-postmark-server-token': 'secret-key-1' },
      {
        From: '"Acme, Inc." <app@mail.acme.io>',
        To: 'a@box.test',
        Subject: subject,
        TextBody: like(text),
        HtmlBody: like(html),
        MessageStream: 'outbound',
        Headers: [{ Name: 'X-Launch-Ready', Value: 'ref-1' }],
      },
    ],
    [
      'sendgrid',
      'POST /v3/mail/send',
      { authorization: 'Bearer secret-key-1' },
      {
        personalizations: [{ to: [{ email: 'a@box.test' }] }],
        from: { email: 'app@mail.acme.io', name: 'Acme, Inc.' },
        subject,
        content: [
          { type: 'text/plain', value: like(text) },
          { type: 'text/html', value: like(html) },
        ],
        headers: { 'X-Launch-Ready': 'ref-1' },
      },
    ],
    [
      'brevo',
      'POST /v3/smtp/email',
      { 'api-key': 'secret-key-1' },
      {
        sender: { email: 'app@mail.acme.io', name: 'Acme, Inc.' },
        to: [{ email: 'a@box.test' }],
        subject,
        textContent: like(text),
        htmlContent: like(html),
        headers: { 'X-Launch-Ready': 'ref-1' },
      },
    ],
  ])('is handed to %s as it wants it', async (api, url, headers, body) => {
    const { unsent, heard } = await handed(api, taking);
    expect(unsent).toBeUndefined();
    expect(heard.map((one) => one.url)).toEqual([url]);
    expect(heard[0]?.headers).toMatchObject({ ...headers, 'content-type': 'application/json' });
    expect(JSON.parse(heard[0]!.body)).toEqual(body);
  });

  it('is handed to mailgun as a form, at the domain that it is from', async () => {
    const { unsent, heard } = await handed('mailgun', taking);
    expect(unsent).toBeUndefined();
    expect(heard[0]?.url).toBe('POST /v3/mail.acme.io/messages');
    expect(heard[0]?.headers.authorization).toBe(`Basic ${Buffer.from('api:secret-key-1').toString('base64')}`);
    expect(Object.fromEntries(new URLSearchParams(heard[0]?.body))).toEqual({
      from: '"Acme, Inc." <app@mail.acme.io>',
      to: 'a@box.test',
      subject,
      text: like(text),
      html: like(html),
      'h:X-Launch-Ready': 'ref-1',
    });
  });

  it('is from a bare address where the app has it so', async () => {
    const { heard } = await handed('resend', taking, 'app@mail.acme.io');
    expect(JSON.parse(heard[0]!.body)).toMatchObject({ from: 'app@mail.acme.io' });
  });
});

describe('what a service says', () => {
  it.each<readonly [status: number, refused: boolean]>([
    [422, true],
    [400, true],
    [401, false],
    [429, false],
    [500, false],
    [302, false],
  ])('%d: the mail is refused or not', async (status, refused) => {
    const { unsent, heard } = await handed('postmark', (_, response) =>
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('{"Message":"The domain is not verified, secret-key-1"}'),
    );
    expect(unsent).toEqual({ refused, why: like(new RegExp(`^postmark answered ${status}: .*not verified`)) });
    expect(unsent?.why).not.toContain('secret-key-1');
    expect(heard).toHaveLength(1);
  });

  it.each(sendApis)('nothing, where %s is not there', async (api) => {
    const unsent = await sendTestMail({ api, key: 'secret-key-1', base: 'http://127.0.0.1:1', from: 'a@acme.io' }, { to: 'b@box.test' });
    expect(unsent).toMatchObject({ refused: false });
    expect(unsent?.why).not.toContain('secret-key-1');
  });
});
