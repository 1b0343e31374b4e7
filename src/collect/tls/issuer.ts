import { connect } from 'node:tls';

/** Where a TLS server is. */
export interface TlsPlace {
  readonly host: string;
  /** IP address. */
  readonly address: string;
  readonly port: number;
}

const waitMs = 5_000;

/** The organisation that issued the certificate which a host shows, valid or not; `undefined` where none was seen. Never throws. */
export function issuerOf({ host, address, port }: TlsPlace, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Whether it may be trusted is judged elsewhere; here only its name is read, and nothing is sent.
    const socket = connect({ host: address, port, servername: host, rejectUnauthorized: false, timeout: waitMs });
    const done = (issuer?: string): void => {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve(issuer);
    };
    const stop = (): void => done();
    signal.addEventListener('abort', stop, { once: true });
    socket.once('secureConnect', () => {
      const { issuer } = socket.getPeerCertificate();
      const organisation = issuer?.O ?? issuer?.CN;
      done(Array.isArray(organisation) ? String(organisation[0]) : organisation);
    });
    socket.once('timeout', stop);
    socket.once('error', stop);
    socket.once('close', stop);
  });
}
