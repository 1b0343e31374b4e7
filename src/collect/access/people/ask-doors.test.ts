import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openJournal } from '../journal/journal.ts';
import type { Operation } from '../surface/operation.ts';
import { openSender } from '../wire/sender.ts';
import { findAskDoors } from './ask-doors.ts';
import { doorName } from './doors.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** What is found in an app with these pages; `asked` are the addresses it was asked for. */
async function found(pages: Readonly<Record<string, string>>, operations: readonly Operation[] = [], writes = false) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const page = request.method === 'GET' ? pages[request.url ?? '/'] : undefined;
    response
      .writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' })
      .end(page === undefined ? 'no' : `<!doctype html>${page}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sender = openSender({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: 200, userAgent: 'test' });
  closing.push(
    () => sender.close(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  const { reset, magic } = await findAskDoors(sender, operations, writes, openJournal());
  return { reset: reset.map(doorName), magic: magic.map(doorName), asked };
}

const form = (action: string, fields = '<input type="email" name="email">'): string =>
  `<form method="post" action="${action}">${fields}</form>`;
const operation = (path: string, ...fields: string[]): Operation => ({
  id: `POST ${path}`,
  method: 'POST',
  path,
  parameters: [],
  body: { type: 'json', schema: { type: 'object', properties: Object.fromEntries(fields.map((name) => [name, { type: 'string' }])) } },
  sources: ['openapi'],
});

describe('where mails can be asked for', () => {
  it('is found on the pages for signing in and what they link to', async () => {
    const pages = {
      '/login': `${form('/login', '<input name="email"><input type="password" name="password">')}${form('/login/magic-link')}<a href="/account/lost_password">Lost?</a>`,
      '/account/lost_password': form('/account/lost_password', '<input name="mail"><input type="hidden" name="csrf" value="x">'),
      '/': form('/newsletter'),
    };
    expect(await found(pages)).toMatchObject({ reset: ['POST /account/lost_password'], magic: ['POST /login/magic-link'] });
  });

  it('is read from what the API says of itself, where it takes an address and neither a password nor a token', async () => {
    const operations = [
      operation('/api/auth/forgot-password', 'email'),
      operation('/api/auth/reset-password', 'token', 'password'),
      operation('/api/auth/otp', 'email'),
      operation('/api/auth/login', 'email', 'password'),
    ];
    expect(await found({}, operations)).toMatchObject({ reset: ['POST /api/auth/forgot-password'], magic: ['POST /api/auth/otp'] });
  });

  it('is not looked for by what is merely called a reset, nor posted to where nothing may be written', async () => {
    const { asked } = await found({ '/login': '<a href="/reset">Reset the demo</a><a href="/reset-database">x</a>' });
    expect(asked.filter((one) => one === 'GET /reset' || one.includes('database') || one.startsWith('POST'))).toEqual([]);
  });
});
