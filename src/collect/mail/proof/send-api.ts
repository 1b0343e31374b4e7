import type { GivenSendApi } from '../../../core/given-send.ts';
import { userAgent } from '../../http/client.ts';
import { faultOf, isOurs } from '../../http/fault.ts';
import { openTransport } from '../../http/transport.ts';
import type { Unsent } from './send.ts';

/** Milliseconds for one call; an answer is a line or two. */
const limits = { connectMs: 8_000, headersMs: 20_000, idleMs: 10_000, totalMs: 30_000, bodyBytes: 64 * 2 ** 10 };

/** A mail as it is handed to a service. */
export interface ApiMail {
  readonly from: { readonly address: string; readonly name?: string };
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = 'application/json';
const whole = ({ address, name }: ApiMail['from']): string =>
  name === undefined ? address : `"${name.replace(/["\\]/g, '\\$&')}" <${address}>`;

/** What each service wants, as its own reference says: resend.com/docs, postmarkapp.com/developer, docs.sendgrid.com, developers.brevo.com, documentation.mailgun.com. */
const requests: Readonly<Record<GivenSendApi['api'], (key: string, mail: ApiMail) => Request>> = {
  resend: (key, { from, to, subject, text, html, headers }) => ({
    path: '/emails',
    headers: { authorization: `Bearer ${key}`, 'content-type': json },
    body: JSON.stringify({ from: whole(from), to: [to], subject, text, html, headers }),
  }),
  postmark: (key, { from, to, subject, text, html, headers }) => ({
    path: '/email',
    headers: { 'x-postmark-server-token': key, 'content-type': json, accept: json },
    body: JSON.stringify({
      From: whole(from),
      To: to,
      Subject: subject,
      TextBody: text,
      HtmlBody: html,
      MessageStream: 'outbound',
      Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
    }),
  }),
  sendgrid: (key, { from: { address, name }, to, subject, text, html, headers }) => ({
    path: '/v3/mail/send',
    headers: { authorization: `Bearer ${key}`, 'content-type': json },
    body: JSON.stringify({
      personalizations: [{ to: [{ email: to }] }],
      from: { email: address, ...(name !== undefined && { name }) },
      subject,
      content: [
        { type: 'text/plain', value: text },
        { type: 'text/html', value: html },
      ],
      headers,
    }),
  }),
  brevo: (key, { from: { address, name }, to, subject, text, html, headers }) => ({
    path: '/v3/smtp/email',
    headers: { 'api-key': key, 'content-type': json, accept: json },
    body: JSON.stringify({
      sender: { email: address, ...(name !== undefined && { name }) },
      to: [{ email: to }],
      subject,
      textContent: text,
      htmlContent: html,
      headers,
    }),
  }),
  mailgun: (key, { from, to, subject, text, html, headers }) => ({
    path: `/v3/${encodeURIComponent(from.address.slice(from.address.lastIndexOf('@') + 1))}/messages`,
    headers: {
      authorization: `Basic ${Buffer.from(`api:${key}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({
      from: whole(from),
      to,
      subject,
      text,
      html,
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [`h:${name}`, value])),
    }).toString(),
  }),
};

/** Hands a mail to a service by its API. Redirects are not followed: they would take the key along. Never throws. */
export async function sendByApi({ api, key, base }: GivenSendApi, mail: ApiMail): Promise<Unsent | undefined> {
  const { path, headers, body } = requests[api](key, mail);
  const url = new URL(base.replace(/\/$/, '') + path);
  const transport = openTransport({ pins: {}, named: (name) => name === url.hostname }, limits, { connections: 1, authorities: [] });
  try {
    const answer = await transport.send(url, {
      method: 'POST',
      headers: { 'user-agent': userAgent, ...headers },
      body: Buffer.from(body),
      bodyBytes: limits.bodyBytes,
      signal: undefined,
    });
    if (answer.status >= 200 && answer.status < 300) return undefined;
    // 400 and 422 are about the mail: who it is from, whom to. A key that is not taken, a limit and a fault of the service say nothing of it.
    return { refused: answer.status === 400 || answer.status === 422, why: `${api} answered ${answer.status}${said(answer.body, key)}` };
  } catch (error) {
    if (isOurs(error)) throw error;
    return { refused: false, why: faultOf(error, url).message };
  } finally {
    await transport.close();
  }
}

function said(body: Buffer, key: string): string {
  const text = body.toString('utf8').replaceAll(key, '…').replace(/\s+/g, ' ').trim().slice(0, 200);
  return text === '' ? '' : `: ${text}`;
}
