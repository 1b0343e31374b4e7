import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import type { Target } from '../../../core/target.ts';
import { createVault } from '../../../core/vault.ts';
import { startImapServer } from '../../access/mail/fixtures/imap-server.ts';
import { findBrowser } from '../../browser/find.ts';
import { openDns } from '../../dns/client.ts';
import { mailProofCollector } from './collector.ts';
import { startApp } from './fixture.ts';

it('opens no mailbox and sends nothing where it may not write', async () => {
  const proof = await mailProofCollector.collect(
    { dns: openDns({ servers: [] }) },
    {
      target: {
        scope: { hosts: [], requests: 1, history: false },
        // Nothing listens at these ports: whoever connects there fails.
        mail: { kind: 'imap', host: '127.0.0.1', port: 1, user: 'a', password: 'b', tls: false, address: 'a-{id}@box.test' },
        email: { mails: [], send: { host: '127.0.0.1', port: 1, tls: false, from: 'a@acme.io' } },
      },
      vault: createVault(),
      signal: new AbortController().signal,
      progress: () => undefined,
    },
  );
  expect(proof).toMatchObject({ mailbox: true, sending: true, mails: [] });
});

it('has written to the disk what it makes in the app before it is made, and leaves nothing there when it is told in the report', async () => {
  const journals = mkdtempSync(join(tmpdir(), 'journals-'));
  const onDisk: string[] = [];
  const app = await startApp(
    [],
    () => undefined,
    (path) =>
      onDisk.push(
        `${path} ${readdirSync(journals)
          .map((name) => readFileSync(join(journals, name), 'utf8'))
          .join('')}`,
      ),
  );
  try {
    const url = new URL(app.origin);
    const proof = await mailProofCollector.collect(
      { dns: openDns({ servers: [] }) },
      {
        target: {
          url,
          journals,
          scope: { hosts: [url.host], requests: 300, history: false },
          writes: true,
          mail: { kind: 'smtp', host: '127.0.0.1', port: 0, address: 'a-{id}@box.test' },
          email: { waitSeconds: 0.1, mails: [{ name: 'invite', request: 'POST /invites', body: '{"to":"{address}"}' }] },
        },
        vault: createVault(),
        signal: new AbortController().signal,
        progress: () => undefined,
      },
    );
    expect(onDisk.find((one) => one.startsWith('/register '))).toMatch(/"is":"account","email":"a-/);
    expect(onDisk.find((one) => one.startsWith('/invites '))).toMatch(/"path":"\/invites","mark":"a-/);
    expect(proof.leftovers).toHaveLength(2);
    expect(readdirSync(journals)).toEqual([]);
  } finally {
    app.stop();
    rmSync(journals, { recursive: true });
  }
}, 30_000);

it('gives what it has before its time is up, however long a mail may take', async () => {
  const port = await freePort();
  const app = await startApp(
    [],
    () => undefined,
    () => undefined,
  );
  try {
    const url = new URL(app.origin);
    const until = Date.now() + 8_000;
    const { mails, leftovers } = await mailProofCollector.collect(
      { dns: openDns({ servers: [] }) },
      {
        target: {
          url,
          scope: { hosts: [url.host], requests: 300, history: false },
          writes: true,
          mail: { kind: 'smtp', host: '127.0.0.1', port, address: 'a-{id}@box.test' },
          email: {
            waitSeconds: 600,
            send: { host: '127.0.0.1', port, tls: false, from: 'a@acme.io' },
            mails: [{ name: 'invite', request: 'POST /invites', body: '{"to":"{address}"}' }],
          },
        },
        vault: createVault(),
        signal: new AbortController().signal,
        until,
        progress: () => undefined,
      },
    );
    expect(Date.now()).toBeLessThan(until);
    expect(mails.find(({ by }) => by === 'us')).toMatchObject({ name: 'test mail', outcome: 'arrived' });
    expect(mails.filter(({ by }) => by === 'app')).toMatchObject([
      { name: 'invite', outcome: 'unsent', unseen: true },
      { name: 'password reset', outcome: 'unsent', unseen: true },
    ]);
    expect(leftovers[0]).toMatch(/^the account/);
  } finally {
    app.stop();
  }
}, 30_000);

it('asks the app where the domain map says that it is before the cut-over, and not where its name leads now', async () => {
  const app = await startApp(
    [],
    () => undefined,
    () => undefined,
  );
  try {
    const url = new URL('http://app.acme.example/');
    const proof = await mailProofCollector.collect(
      { dns: openDns({ servers: [] }) },
      {
        target: {
          url,
          domains: {
            apex: 'acme.example',
            hosts: [{ name: url.hostname, role: 'app' }],
            mail: [],
            drafted: false,
            connect: { 'http://app.acme.example': new URL(app.origin).host },
          },
          scope: { hosts: [url.host], requests: 300, history: false },
          writes: true,
          mail: { kind: 'smtp', host: '127.0.0.1', port: 0, address: 'a-{id}@box.test' },
          email: { waitSeconds: 0.1, mails: [{ name: 'invite', request: 'POST /invites', body: '{"to":"{address}"}' }] },
        },
        vault: createVault(),
        signal: new AbortController().signal,
        progress: () => undefined,
      },
    );
    expect(proof.leftovers).toHaveLength(2);
  } finally {
    app.stop();
  }
}, 30_000);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it.each([
  ['not asked for', false],
  ['asked for', true],
] as const)('has pictures of mails where they are %s', async (_, browser) => {
  const port = await freePort();
  const { mails } = await mailProofCollector.collect(
    { dns: openDns({ servers: [] }) },
    {
      target: {
        scope: { hosts: [], requests: 1, history: false },
        writes: true,
        browser,
        mail: { kind: 'smtp', host: '127.0.0.1', port, address: 'a-{id}@box.test' },
        email: { mails: [], waitSeconds: 5, send: { host: '127.0.0.1', port, tls: false, from: 'a@acme.io' } },
      },
      vault: createVault(),
      signal: new AbortController().signal,
      progress: () => undefined,
    },
  );
  expect(mails).toMatchObject([{ outcome: 'arrived', hasText: true, hasHtml: true }]);
  const look = mails[0]?.look;
  if (!browser) expect(look).toBeUndefined();
  else if (findBrowser() === undefined) expect(look).toMatchObject({ pictures: [], why: expect.stringMatching(/Chromium/) as string });
  else expect(look?.pictures.map(({ width }) => width)).toEqual([600, 390]);
});

it('tells what came of the test mail where the domain has no app', async () => {
  const port = await freePort();
  const { mails, notes } = await mailProofCollector.collect(
    { dns: openDns({ servers: [] }) },
    {
      target: {
        url: new URL('https://acme.invalid/'),
        scope: { hosts: ['acme.invalid'], requests: 10, history: false },
        writes: true,
        mail: { kind: 'smtp', host: '127.0.0.1', port, address: 'a-{id}@box.test' },
        email: { mails: [], waitSeconds: 5, send: { host: '127.0.0.1', port, tls: false, from: 'a@acme.io' } },
      },
      vault: createVault(),
      signal: new AbortController().signal,
      progress: () => undefined,
    },
  );
  expect(mails).toMatchObject([{ name: 'test mail', outcome: 'arrived' }]);
  expect(notes).toEqual([expect.stringMatching(/^The app was asked for no mails\. /)]);
});

it('judges seed boxes where the mailbox cannot be opened, and ends where there are none', async () => {
  const closed = {
    kind: 'imap',
    host: '127.0.0.1',
    port: 1,
    user: 'a',
    password: 'password-of-a',
    tls: false,
    address: 'a-{id}@box.test',
  } as const;
  const collected = (target: Partial<Target>) =>
    mailProofCollector.collect(
      { dns: openDns({ servers: [] }) },
      {
        target: {
          scope: { hosts: [], requests: 1, history: false },
          writes: true,
          mail: closed,
          email: { mails: [], send: { host: '127.0.0.1', port: 1, tls: false, from: 'a@acme.io' } },
          ...target,
        },
        vault: createVault(),
        signal: new AbortController().signal,
        progress: () => undefined,
      },
    );
  await expect(collected({})).rejects.toThrow(/The mailbox could not be opened: nothing takes connections at port 1/);
  const imap = await startImapServer('b', 'password-of-b');
  try {
    const { port } = imap;
    const seed = { ...closed, name: 'gmail', port, user: 'b', password: 'password-of-b' };
    const send = { host: '127.0.0.1', port: 1, tls: false, from: 'a@acme.io' };
    const proof = await collected({ mail: { ...closed, seed: 'yahoo' }, email: { mails: [], send, seeds: [seed] } });
    expect(proof).toMatchObject({
      mailboxAt: { seed: 'gmail', provider: 'gmail' },
      mails: [{ name: 'test mail', outcome: 'unsent' }],
      seeds: [{ name: 'yahoo', provider: 'yahoo', fault: { why: expect.stringMatching(/^nothing takes/) as string }, mails: [] }],
    });
  } finally {
    await imap.close();
  }
}, 20_000);
