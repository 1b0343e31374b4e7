import { generateKeyPairSync } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { GivenMailDomain } from '../../src/core/target.ts';
import type { Records } from './zone.ts';

/** The mail side of a domain before it is started: its records, those of the services it sends with, and the server that takes its mail. */
export interface Mail {
  readonly domains: GivenMailDomain[];
  readonly zone: Records;
  readonly elsewhere: Records;
  /** The server that MX leads to. */
  readonly exchange: { name: string; startTls: boolean };
}

/** A TXT record; a string of it holds 255 bytes at most. */
export const txt = (text: string) => ({ type: 'TXT', data: text.match(/.{1,255}/gs) ?? [''] });
export const mx = (exchange: string, preference = 10) => ({ type: 'MX', data: { preference, exchange } });

/** The server that the mail service hands mails in from; nobody is asked there. */
export const sendingServer = { ip: '54.240.8.52', name: 'a8-52.smtp-out.amazonses.com', reverse: '52.8.240.54.in-addr.arpa' } as const;

const keys = new Map<number, { readonly shown: string; readonly signing: string }>();

/** An RSA key for DKIM; one of each length, since making them takes a while. */
function keyOf(bits: number): { readonly shown: string; readonly signing: string } {
  const known = keys.get(bits);
  if (known) return known;
  const pair = generateKeyPairSync('rsa', { modulusLength: bits });
  const key = {
    shown: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    signing: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  keys.set(bits, key);
  return key;
}

/** What mails are signed with, PEM; its other half is what `dkim` shows of the same length. */
export const signingKey = (bits = 2048): string => keyOf(bits).signing;

/** A DKIM key as its record holds it (RFC 6376 §3.6.1). `tags` stand in front of it. */
export const dkim = (bits = 2048, tags = ''): ReturnType<typeof txt> => txt(`v=DKIM1; k=rsa; ${tags}p=${keyOf(bits).shown}`);

/** People write from the domain itself by Google Workspace, the app from `mail.` by Resend, and `status.` sends nothing. */
export function cleanMail(apex: string): Mail {
  const exchange = 'smtp.google.com';
  return {
    domains: [
      { name: apex, senders: ['google'], selectors: ['google'] },
      { name: `mail.${apex}`, senders: ['resend'], selectors: ['resend'] },
      { name: `status.${apex}`, senders: [] },
    ],
    zone: {
      [apex]: [mx(exchange), txt('v=spf1 include:_spf.google.com -all')],
      [`google._domainkey.${apex}`]: [dkim()],
      [`_dmarc.${apex}`]: [txt(`v=DMARC1; p=reject; sp=reject; rua=mailto:dmarc@${apex}`)],
      [`mail.${apex}`]: [txt('v=spf1 include:amazonses.com -all'), mx(exchange)],
      [`send.mail.${apex}`]: [txt('v=spf1 include:amazonses.com ~all'), mx('feedback-smtp.eu-west-1.amazonses.com')],
      // A name at the service, which changes the key without anybody here.
      [`resend._domainkey.mail.${apex}`]: [{ type: 'CNAME', data: 'harbourline.dkim.amazonses.com' }],
      [`status.${apex}`]: [mx('.', 0), txt('v=spf1 -all')],
      [`_dmarc.status.${apex}`]: [txt(`v=DMARC1; p=reject; rua=mailto:dmarc@${apex}`)],
    },
    elsewhere: {
      [exchange]: [{ type: 'A', data: '192.0.2.25' }],
      'feedback-smtp.eu-west-1.amazonses.com': [{ type: 'A', data: '192.0.2.26' }],
      '_spf.google.com': [txt('v=spf1 ip4:192.0.2.0/25 ip4:198.51.100.0/25 ~all')],
      'amazonses.com': [txt(`v=spf1 ip4:192.0.2.128/25 ip4:${sendingServer.ip} -all`)],
      [sendingServer.reverse]: [{ type: 'PTR', data: sendingServer.name }],
      [sendingServer.name]: [{ type: 'A', data: sendingServer.ip }],
      'harbourline.dkim.amazonses.com': [dkim()],
    },
    exchange: { name: exchange, startTls: true },
  };
}

/** A server that says what a mail server says before it is given a mail (RFC 5321 §4.2). It takes none. */
export async function startExchange(
  { startTls }: Mail['exchange'],
  delayMs: number,
): Promise<{ readonly place: string; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const say = (text: string): void => void setTimeout(() => socket.writable && socket.write(text), delayMs);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    socket.on('data', (heard: Buffer) => {
      const isHello = /^EHLO/i.test(heard.toString());
      say(isHello ? `250-mx\r\n${startTls ? '250-STARTTLS\r\n' : ''}250 8BITMIME\r\n` : '221 bye\r\n');
    });
    say('220 mx ESMTP\r\n');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    place: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}
