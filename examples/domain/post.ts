import type { AddressInfo } from 'node:net';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { startImapServer } from '../../src/collect/access/mail/fixtures/imap-server.ts';
import type { GivenMail, GivenSeed } from '../../src/core/target.ts';
import { type LetterName, type Letters, seedNames } from './letters.ts';
import { sendingServer, signingKey } from './mail.ts';

/** Who has the mailboxes that mails are looked at in. */
const reader = { user: 'test@inbox.example', password: 'Box-of-the-example-4711' };

/** The mail service that the app sends with, and a mailbox elsewhere that takes its mails, while they run. */
export interface Post {
  /** How the mailbox is read. */
  readonly mailbox: GivenMail;
  /** Test accounts at providers. */
  readonly seeds: readonly GivenSeed[];
  /** Port of the service that takes mails by SMTP. */
  readonly port: number;
  /** Writes to somebody as the app does; `token` goes into the link. Rejects where the service does not take it. */
  write(name: LetterName, to: string, token?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts all on 127.0.0.1: what the service signs goes to the mailboxes by SMTP, and is read there by IMAP. */
export async function startPost(letters: Letters): Promise<Post> {
  const { folder, folderAt, handedIn, results, signer, alsoSigned, refusal } = letters;
  const stops: (() => Promise<void>)[] = [];
  const started = async () => {
    const server = await startImapServer(reader.user, reader.password);
    stops.push(() => server.close());
    return server;
  };
  const imap = await started();
  const boxes = await Promise.all(seedNames.map(async (name) => ({ name, imap: await started() })));
  const inbox = await smtp(stops, (raw, { envelope, hostNameAppearsAs }) => {
    const to = envelope.rcptTo[0]?.address ?? '';
    const at = boxes.find(({ name }) => to.endsWith(`@${name}.example`));
    const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
    // Written on top by whoever takes a mail at last (RFC 5321 §4.4).
    const trace = [
      `Return-Path: <${from}>`,
      `Authentication-Results: mx.inbox.example; ${results}`,
      `Received: from ${hostNameAppearsAs} ([${handedIn.ip}]) by mx.inbox.example with ${handedIn.protocol}; ${new Date().toUTCString()}`,
    ];
    (at?.imap ?? imap).deliver(`${trace.join('\r\n')}\r\n${raw}`, at ? folderAt[at.name] : folder);
    return Promise.resolve();
  });
  const signing = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    ...(signer && {
      dkim: {
        domainName: signer.domain,
        keySelector: signer.selector,
        privateKey: signingKey(),
        headerFieldNames: [
          'From',
          'To',
          'Subject',
          'Date',
          'Message-ID',
          'MIME-Version',
          'Content-Type',
          'List-Unsubscribe',
          ...alsoSigned,
        ].join(':'),
      },
    }),
  });
  const onward = createTransport({ host: '127.0.0.1', port: inbox, ignoreTLS: true, name: sendingServer.name });
  const writing = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  stops.push(() => Promise.resolve(onward.close()));
  async function send(to: string, mail: SendMailOptions): Promise<void> {
    if (refusal !== undefined) throw Object.assign(new Error(refusal), { responseCode: 550 });
    const envelope = { from: letters.returnsTo, to };
    const { message } = await signing.sendMail({ ...mail, envelope });
    await onward.sendMail({ envelope, raw: letters.onTheWay(String(message)) });
  }
  const port = await smtp(stops, (raw, { envelope }) => send(envelope.rcptTo[0]?.address ?? '', { raw }));
  return {
    mailbox: { kind: 'imap', host: '127.0.0.1', port: imap.port, ...reader, tls: false, address: 'test+{id}@inbox.example' },
    seeds: boxes.map(({ name, imap: { port: at } }) => ({
      kind: 'imap',
      name,
      host: '127.0.0.1',
      port: at,
      ...reader,
      tls: false,
      address: `seed+{id}@${name}.example`,
    })),
    port,
    async write(name, to, token = '') {
      const { subject, hasText, forgotten, headers, ...letter } = letters.of[name];
      if (forgotten) return;
      const link = letter.link.replace('{token}', token);
      const { message } = await writing.sendMail({
        from: letters.from,
        to,
        subject,
        headers,
        html: `<p>${subject}: <a href="${link}">go there</a>.</p>`,
        ...(hasText && { text: `${subject}: ${link}\n` }),
      });
      await send(to, { raw: letter.asWritten(String(message)) });
    },
    stop: async () => {
      for (const stop of stops.toReversed()) await stop();
    },
  };
}

type Session = Parameters<NonNullable<SMTPServerOptions['onData']>>[1];

/** A server that takes mails (RFC 5321); gives its port. */
async function smtp(stops: (() => Promise<void>)[], take: (raw: string, session: Session) => Promise<void>): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => void take(Buffer.concat(parts).toString('latin1'), session).then(() => done(), done));
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  stops.push(() => new Promise((stopped) => server.close(() => stopped())));
  return (server.server.address() as AddressInfo).port;
}
