import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import nodemailer from 'nodemailer';
import { afterEach, describe, expect, it } from 'vitest';
import { createVault } from '../../../core/vault.ts';
import type { GivenMail } from '../../../core/target.ts';
import { faultOf, MailboxFault } from './fault.ts';
import { startImapServer } from './fixtures/imap-server.ts';
import { imapMailbox } from './imap.ts';
import { listen, type Mailbox } from './mailbox.ts';
import { mailpitMailbox } from './mailpit.ts';
import { openMailbox } from './open.ts';
import { smtpMailbox } from './smtp.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
function kept<T extends { close(): Promise<unknown> }>(one: T): T {
  closing.push(() => one.close());
  return one;
}

const address = 'test+{id}@example.com';
const raw = (to: string, subject: string): string => `From: app@app.example\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nHello\r\n`;

describe('the SMTP server of ours', () => {
  it('takes mails with and without signing in, reads what is in them, and gives each once', async () => {
    const mailbox = kept(await smtpMailbox({ host: '127.0.0.1', port: 0, address }));
    const to = mailbox.newAddress();
    expect(to).toMatch(/^test\+[0-9a-f]{10}@example\.com$/);
    const app = nodemailer.createTransport({ host: '127.0.0.1', port: mailbox.port, auth: { user: 'app', pass: 'any' } });
    await app.sendMail({ from: 'app@app.example', to, subject: 'before', text: 'x' });
    const listening = await listen(mailbox, to.toUpperCase());
    await app.sendMail({
      from: 'app@app.example',
      to: [to, 'other@example.com'],
      subject: 'Größe',
      html: '<a href="http://a.example/">ö</a>',
    });
    expect(await listening.next(2000)).toMatchObject({ subject: 'Größe', html: expect.stringContaining('ö') as string });
    expect(await listening.next(20)).toBeUndefined();
    expect(await mailbox.mails('other@example.com')).toHaveLength(1);
  });

  it('waits for a mail that is on its way', async () => {
    const mailbox = kept(await smtpMailbox({ host: '127.0.0.1', port: 0, address }));
    const listening = await listen(mailbox, 'a@example.com');
    const app = nodemailer.createTransport({ host: '127.0.0.1', port: mailbox.port });
    setTimeout(() => void app.sendMail({ from: 'app@app.example', to: 'a@example.com', subject: 'late', text: 'x' }), 200);
    expect((await listening.next(3000))?.subject).toBe('late');
  });

  it('waits no longer once the run is over', async () => {
    const mailbox = kept(await smtpMailbox({ host: '127.0.0.1', port: 0, address }));
    const run = new AbortController();
    const listening = await listen(mailbox, 'a@example.com', { signal: run.signal });
    const began = Date.now();
    setTimeout(() => run.abort(), 100);
    expect(await listening.next(20_000)).toBeUndefined();
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  it('says so where its port is taken', async () => {
    const first = kept(await smtpMailbox({ host: '127.0.0.1', port: 0, address }));
    await expect(smtpMailbox({ host: '127.0.0.1', port: first.port, address })).rejects.toThrow(/EADDRINUSE/);
  });

  it('has the tokens and codes of its mails hidden', async () => {
    const vault = createVault();
    const taken = kept(await smtpMailbox({ host: '127.0.0.1', port: 0, address }));
    await taken.close();
    const mailbox = kept(await openMailbox({ kind: 'smtp', host: '127.0.0.1', port: taken.port, address }, vault));
    const app = nodemailer.createTransport({ host: '127.0.0.1', port: taken.port });
    await app.sendMail({
      from: 'app@app.example',
      to: 'a@example.com',
      subject: 'Reset',
      text: 'http://a.example/reset?token=q8Zr1T0vKp5xWm3u',
    });
    await mailbox.mails('a@example.com');
    expect(vault.scrub('see q8Zr1T0vKp5xWm3u')).toBe('see q8Zr…(16 characters, hidden)');
  });
});

describe('Mailpit', () => {
  /** As its API answers (mailpit.axllent.org/docs/api-v1): the newest first. */
  async function mailpit(mails: readonly (readonly [to: string, subject: string])[]): Promise<Mailbox> {
    const server = createHttpServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const id = /^\/api\/v1\/message\/(\d+)\/raw$/.exec(url.pathname)?.[1];
      if (url.pathname === '/api/v1/info') response.end('{"Version":"v1.27.0"}');
      else if (url.pathname === '/api/v1/search') {
        const wanted = /^to:"(.*)"$/.exec(url.searchParams.get('query') ?? '')?.[1] ?? '?';
        const messages = mails.flatMap(([to, Subject], nth) =>
          to.includes(wanted) ? [{ ID: String(nth), To: [{ Name: '', Address: to }], Subject }] : [],
        );
        response.end(JSON.stringify({ total: mails.length, messages: messages.toReversed() }));
      } else if (id !== undefined) response.end(raw(...mails[Number(id)]!));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    return kept(await mailpitMailbox({ url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), address }));
  }

  it('is asked for the mails of an address, and of no longer one', async () => {
    const mailbox = await mailpit([
      ['a@example.com', 'one'],
      ['b@example.com', 'two'],
      ['a@example.com.evil.example', 'three'],
      ['a@example.com', 'four'],
    ]);
    expect((await mailbox.mails('A@example.com'.toLowerCase())).map(({ subject, text }) => `${subject} ${text.trim()}`)).toEqual([
      'one Hello',
      'four Hello',
    ]);
    expect((await mailbox.mails('a@example.com')).every(({ caught }) => caught)).toBe(true);
  });

  it('is refused where something else answers', async () => {
    const server = createHttpServer((_, response) => response.writeHead(401).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await expect(mailpitMailbox({ url, address })).rejects.toThrow(/answers 401 .* no Mailpit/);
  });
});

describe('a mail server with IMAP', () => {
  it('gives the mails of an address, those that come later too, and is not changed', async () => {
    const server = kept(await startImapServer('anna', 'secret'));
    server.deliver(raw('test+1@example.com', 'before'));
    const mailbox = kept(
      await imapMailbox({ host: '127.0.0.1', port: server.port, user: 'anna', password: 'secret', tls: false, address }),
    );
    const listening = await listen(mailbox, 'test+1@example.com');
    server.deliver(raw('test+2@example.com', 'for another'));
    server.deliver(raw('test+1@example.com', 'after'));
    expect(await listening.next(3000)).toMatchObject({ subject: 'after' });
    expect(await listening.next(10)).toBeUndefined();
    expect(server.changes.filter((one) => /STORE|COPY|EXPUNGE|APPEND|DELETE/i.test(one))).toEqual([]);
  }, 15_000);

  it('is refused with a wrong password', async () => {
    const server = kept(await startImapServer('anna', 'secret'));
    await expect(
      imapMailbox({ host: '127.0.0.1', port: server.port, user: 'anna', password: 'other', tls: false, address }),
    ).rejects.toThrow(/refuses this user/);
  }, 15_000);

  it('lets in by an access token, and names its variable where it ended', async () => {
    const server = kept(await startImapServer('anna', 'token-of-anna'));
    const given = { kind: 'imap', name: 'outlook', host: '127.0.0.1', port: server.port, user: 'anna', tls: false, address } as const;
    const token = { ...given, byToken: true, passwordFrom: 'OUTLOOK_TOKEN' } as const;
    const opened = kept(await openMailbox({ ...token, password: 'token-of-anna' }, createVault()));
    server.deliver(raw('test+1@example.com', 'here'));
    expect(await opened.mails('test+1@example.com')).toMatchObject([{ box: { host: '127.0.0.1', provider: 'outlook' } }]);
    const vault = createVault();
    const fault = await openMailbox({ ...token, password: 'token-that-ended' }, vault).catch((error: unknown) => error as MailboxFault);
    expect(fault).toMatchObject({
      message: expect.stringMatching(/refuses this user and access token/) as string,
      remedy: expect.stringMatching(/the access token in OUTLOOK_TOKEN: it may have ended/) as string,
    });
    expect(vault.scrub('token-that-ended')).toMatch(/hidden/);
  }, 15_000);

  it.each(['[Gmail]/Spam', 'Bulk', 'Junk Email'])('knows the folder for spam by its mark: %s', async (junk) => {
    const server = kept(await startImapServer('anna', 'secret', junk));
    const given = { host: '127.0.0.1', port: server.port, user: 'anna', password: 'secret', tls: false, address, spam: true };
    const mailbox = kept(await imapMailbox(given));
    server.deliver(raw('test+1@example.com', 'in spam'), 'Junk');
    server.deliver(raw('test+1@example.com', 'in the inbox'));
    expect((await mailbox.mails('test+1@example.com')).map(({ subject, folder }) => `${subject} ${folder}`)).toEqual([
      'in the inbox inbox',
      'in spam spam',
    ]);
  });

  it('looks at an address that is in use only from when it was opened', async () => {
    const server = kept(await startImapServer('anna', 'secret'));
    for (let nth = 0; nth < 3; nth += 1) server.deliver(raw('anna@example.com', `old ${nth}`), nth === 2 ? 'Junk' : 'INBOX');
    const given = { host: '127.0.0.1', port: server.port, user: 'anna', password: 'secret', tls: false, address: 'anna@example.com' };
    const mailbox = kept(await imapMailbox({ ...given, spam: true, fresh: true }));
    expect(await mailbox.mails('anna@example.com')).toEqual([]);
    server.deliver(raw('anna@example.com', 'new'), 'Junk');
    expect(await mailbox.mails('anna@example.com')).toMatchObject([{ subject: 'new', folder: 'spam' }]);
  }, 15_000);
});

describe('a mailbox that cannot be opened', () => {
  /** What is told of a server that answers a connection so. */
  async function told(answer: (socket: Socket) => void, change: Partial<Extract<GivenMail, { kind: 'imap' }>> = {}): Promise<string> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      answer(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    const given = {
      kind: 'imap',
      host: '127.0.0.1',
      port,
      user: 'anna',
      password: 'wrong-password',
      tls: false,
      address,
      ...change,
    } as const;
    const fault = await openMailbox(given, createVault()).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(MailboxFault);
    const { message, remedy } = fault as MailboxFault;
    expect(`${message} ${remedy}`).not.toMatch(/OpenSSL|SSL routines|Maybe should|wrong-password|\.\./);
    return `${message} | ${remedy}`;
  }

  it('names the variable of a password that is refused, and how the providers let programs in', async () => {
    const no = (socket: Socket): void => {
      socket.write('* OK ready\r\n');
      socket.on('data', (chunk) => {
        const [tag = '', command = ''] = String(chunk).split(' ');
        socket.write(/^LOGIN/i.test(command) ? `${tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n` : `${tag} OK done\r\n`);
      });
    };
    expect(await told(no, { passwordFrom: 'SEED_PASSWORD' })).toMatch(
      /refuses this user and password \(it says: .*Invalid credentials.*\| .*user anna, and the password in SEED_PASSWORD.*apppasswords.*access token.*Yahoo/,
    );
  }, 15_000);

  it('says so where the port speaks no TLS, and what to set', async () => {
    expect(await told((socket) => void socket.write('* OK ready\r\n'), { tls: true })).toMatch(
      /port \d+ of 127\.0\.0\.1 does not speak TLS from the start \| .*access\.mail\.imap\.port .*access\.mail\.imap\.tls to false/,
    );
  }, 15_000);

  it('says so where a server is silent, at once or later, and waits no longer than half a minute', async () => {
    const from = Date.now();
    expect(await told(() => undefined)).toMatch(/takes the connection and then says nothing \| .*leave access\.mail\.imap\.tls out/);
    expect(Date.now() - from).toBeLessThan(12_000);
    expect(await told((socket) => void socket.write('* OK ready\r\n'))).toMatch(/then says nothing/);
    expect(Date.now() - from).toBeLessThan(45_000);
  }, 60_000);

  it('says so where the connection ends, or nothing is there', async () => {
    expect(await told((socket) => void socket.end())).toMatch(/ends the connection before anybody signs in/);
    expect(await told(() => undefined, { port: 1 })).toMatch(
      /nothing takes connections at port 1 .*\| Check host and port of access\.mail\.imap/,
    );
    expect(await told(() => undefined, { host: 'no-such-host.invalid' })).toMatch(/there is no host|does not answer|loopback/);
  }, 30_000);

  it('has a remedy for each kind', async () => {
    const first = kept(await smtpMailbox({ host: '127.0.0.1', port: 0, address }));
    const fault = faultOf(await smtpMailbox({ host: '127.0.0.1', port: first.port, address }).catch((error: unknown) => error), {
      kind: 'smtp',
      host: '127.0.0.1',
      port: first.port,
      address,
    });
    expect(`${fault.message} | ${fault.remedy}`).toMatch(/is taken by another program.*\| Give access\.mail\.smtp a free port/);
    const mailpit = faultOf(new Error('fetch failed'), { kind: 'mailpit', url: new URL('http://localhost:8025'), address });
    expect(mailpit.remedy).toMatch(/Mailpit runs at localhost:8025/);
  });
});
