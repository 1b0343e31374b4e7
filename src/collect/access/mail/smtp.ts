import { addressBy, type Mail, type Mailbox } from './mailbox.ts';
import { parseMail } from './parse.ts';

/** Larger mails, and more of them, say nothing more: the app under test must not fill our memory. */
const limits = { bytes: 2 * 2 ** 20, mails: 2000 };

/**
 * Takes mails itself (RFC 5321) at an address of this machine while we run; whoever signs in there may. Rejects where the port is taken. Port 0: any
 * free one, told as `port`.
 */
export async function smtpMailbox(settings: {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}): Promise<Mailbox & { readonly port: number }> {
  const { SMTPServer } = await import('smtp-server');
  const received: { readonly to: readonly string[]; readonly mail: Mail }[] = [];
  let nth = 0;
  const server = new SMTPServer({
    authOptional: true,
    // There is no certificate: the app talks to this machine.
    disabledCommands: ['STARTTLS'],
    size: limits.bytes,
    onAuth: ({ username }, _session, done) => done(null, { user: username ?? 'app' }),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        nth += 1;
        const to = session.envelope.rcptTo.map(({ address }) => address.toLowerCase());
        const { mailFrom } = session.envelope;
        const envelope = {
          from: mailFrom === false ? '' : mailFrom.address,
          ip: session.remoteAddress,
          helo: String(session.hostNameAppearsAs),
        };
        void parseMail(String(nth), Buffer.concat(chunks), { envelope, caught: true })
          .then((mail) => void (received.length < limits.mails && received.push({ to, mail })))
          // What is no mail is nobody's.
          .catch(() => undefined)
          .then(() => done());
      });
    },
  });
  const address = await new Promise<ReturnType<typeof server.server.address>>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, () => resolve(server.server.address()));
  });
  // A client that goes away in the middle of a mail is no reason to end.
  server.on('error', () => undefined);
  return {
    port: typeof address === 'object' && address !== null ? address.port : settings.port,
    pollMs: 50,
    patienceMs: 15_000,
    mails: (to) => Promise.resolve(received.flatMap((one) => (one.to.includes(to.toLowerCase()) ? [one.mail] : []))),
    newAddress: () => addressBy(settings.address),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
