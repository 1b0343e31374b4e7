import { connect, checkServerIdentity, type ConnectionOptions, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import type { TlsVersion } from '../../evidence/tls.ts';
import { codesOf } from '../http/fault.ts';
import { contextTrusting } from './trust.ts';

/** Where a connection goes, and under which name. */
export interface TlsAim {
  /** IP address, or a name that the system looks up. */
  readonly address: string;
  readonly port: number;
  readonly servername: string;
  /** PEM, besides those that Node trusts. */
  readonly authorities: readonly string[];
  readonly signal: AbortSignal;
  /** Milliseconds for one handshake. */
  readonly waitMs: number;
}

/** What one handshake showed. */
export interface Handshake {
  /** IP address that answered. */
  readonly address: string;
  readonly leaf: Buffer;
  readonly version: TlsVersion | undefined;
  /** OpenSSL's code of what is wrong with the chain; absent: it leads to a trusted authority. */
  readonly fault?: string;
  /** Whether what signed the leaf came along, or is known. */
  readonly hasIssuer: boolean;
  readonly named: boolean;
  readonly stapled: boolean;
}

/** What old clients are content with: weak keys and signatures are seen too, instead of refused. */
const lenient = 'DEFAULT@SECLEVEL=0';

/** One handshake with whatever both sides can do. Throws the error of the connection. */
export function handshake(aim: TlsAim): Promise<Handshake> {
  return withSocket(aim, { minVersion: 'TLSv1', maxVersion: 'TLSv1.3', requestOCSP: true }, (socket, stapled) => {
    const peer = socket.getPeerCertificate(true);
    const chain = socket.authorizationError as unknown;
    const code = chain instanceof Error ? (codesOf(chain)[0] ?? chain.message) : typeof chain === 'string' ? chain : undefined;
    const { issuerCertificate } = peer as { readonly issuerCertificate?: { readonly raw?: Buffer } };
    return {
      address: socket.remoteAddress ?? aim.address,
      leaf: peer.raw,
      version: (socket.getProtocol() ?? undefined) as TlsVersion | undefined,
      ...(code !== undefined && code !== 'ERR_TLS_CERT_ALTNAME_INVALID' && { fault: code }),
      hasIssuer: issuerCertificate?.raw !== undefined,
      named: checkServerIdentity(aim.servername, peer) === undefined,
      stapled,
    };
  });
}

/** Whether a host speaks a version; `untold` where no answer came. */
export async function speaks(aim: TlsAim, version: TlsVersion): Promise<'yes' | 'no' | 'untold'> {
  try {
    return await withSocket(aim, { minVersion: version, maxVersion: version }, (socket) =>
      socket.getProtocol() === version ? 'yes' : 'no',
    );
  } catch (error) {
    // It hangs up, or says by an alert that it does not.
    return codesOf(error).some((code) => /^(?:ERR_SSL_|EPROTO|ECONNRESET|EPIPE)/.test(code)) ? 'no' : 'untold';
  }
}

function withSocket<T>(
  aim: TlsAim,
  { requestOCSP = false, ...versions }: Pick<SecureContextOptions, 'minVersion' | 'maxVersion'> & { readonly requestOCSP?: boolean },
  read: (socket: TLSSocket, stapled: boolean) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let stapled = false;
    const settings = { ciphers: lenient, ...versions };
    const secureContext = contextTrusting(aim.authorities, settings);
    const options: ConnectionOptions & { readonly requestOCSP: boolean } = {
      host: aim.address,
      port: aim.port,
      ...(isIP(aim.servername) === 0 && { servername: aim.servername }),
      // What is wrong is told, so it must be seen first. Nothing is sent.
      rejectUnauthorized: false,
      requestOCSP,
      ...(secureContext ? { secureContext } : settings),
    };
    const socket = connect(options);
    const end = (act: () => void): void => {
      clearTimeout(clock);
      aim.signal.removeEventListener('abort', aborted);
      socket.destroy();
      act();
    };
    const late = (): void => end(() => reject(Object.assign(new Error('no handshake in time'), { code: 'ETIMEDOUT' })));
    const aborted = (): void => late();
    const clock = setTimeout(late, aim.waitMs);
    aim.signal.addEventListener('abort', aborted, { once: true });
    socket.on('OCSPResponse', (response: Buffer | null) => (stapled = response !== null && response.length > 0));
    socket.on('error', (error) => end(() => reject(error)));
    socket.once('secureConnect', () => {
      // Read while the connection is open; whatever that throws is the caller's.
      let value: T;
      try {
        value = read(socket, stapled);
      } catch (error) {
        return end(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
      return end(() => resolve(value));
    });
  });
}
