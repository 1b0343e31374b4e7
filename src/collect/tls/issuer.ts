import { connect } from 'node:tls';

/** Where a TLS server is. */
export interface TlsPlace {
  readonly host: string;
  /** IP address. */
  readonly address: string;
  readonly port: number;
}

const waitMs = 5_000;

/** Who issued a certificate, and for what. */
export interface Issued {
  /** Organisation. */
  readonly issuer: string;
  /** It names the host only as one of all below the name above. */
  readonly wildcard: boolean;
}

/** Who issued the certificate which a host shows, valid or not; `undefined` where none was seen. Never throws. */
export function issuerOf({ host, address, port }: TlsPlace, signal: AbortSignal): Promise<Issued | undefined> {
  return new Promise((resolve) => {
    // Whether it may be trusted is judged elsewhere; here only its name is read, and nothing is sent.
    const socket = connect({ host: address, port, servername: host, rejectUnauthorized: false, timeout: waitMs });
    const done = (issued?: Issued): void => {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve(issued);
    };
    const stop = (): void => done();
    signal.addEventListener('abort', stop, { once: true });
    socket.once('secureConnect', () => {
      const { issuer, subjectaltname = '' } = socket.getPeerCertificate();
      const organisation = [issuer?.O ?? issuer?.CN ?? ''].flat()[0];
      const names = subjectaltname.toLowerCase().split(', ');
      const wildcard = !names.includes(`dns:${host}`) && names.includes(`dns:${host.replace(/^[^.]+/, '*')}`);
      done(organisation ? { issuer: organisation, wildcard } : undefined);
    });
    socket.once('timeout', stop);
    socket.once('error', stop);
    socket.once('close', stop);
  });
}
