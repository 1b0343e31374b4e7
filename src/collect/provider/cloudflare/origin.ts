import { checkServerIdentity, connect, type PeerCertificate } from 'node:tls';
import type { GivenHost } from '../../../core/target.ts';
import type { OriginFacts } from '../../../evidence/cloudflare.ts';
import { addressOf, nameOf } from '../../dns/client.ts';

const waitMs = 8000;

/** Asks each server behind the edge for each host that is meant to be reached through it, as somebody would who goes around it. */
export function probeOrigins(
  origins: readonly string[],
  hosts: readonly GivenHost[],
  authorities: readonly string[] = [],
): Promise<OriginFacts[]> {
  return Promise.all(
    origins.flatMap((origin) => {
      const { address, port } = addressOf(origin);
      const at = { address, port: /(?:^[^:[]+|\]):\d+$/.test(origin) ? port : 443 };
      return hosts.map(({ name }) => probe(at, name, authorities));
    }),
  );
}

/** One request over TLS. What the certificate is worth is told, not acted on: Cloudflare has an authority of its own for origins. */
function probe({ address, port }: { address: string; port: number }, host: string, authorities: readonly string[]): Promise<OriginFacts> {
  return new Promise((resolve) => {
    const base = { address: nameOf({ address, port }), host };
    let certificate: Pick<OriginFacts, 'certificate' | 'certificateWhy'> = { certificate: 'unknown' };
    const socket = connect({
      host: address,
      port,
      servername: host,
      rejectUnauthorized: false,
      ...(authorities.length > 0 && { ca: [...authorities] }),
    });
    const end = (outcome: OriginFacts['outcome'], why: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...base, outcome, why, ...certificate });
    };
    const timer = setTimeout(() => end('refused', 'it does not answer'), waitMs);
    let read = '';
    socket.once('secureConnect', () => {
      certificate = judged(socket.authorized, String(socket.authorizationError ?? ''), host, socket.getPeerCertificate());
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: launch-ready\r\nConnection: close\r\n\r\n`);
    });
    socket.on('data', (bytes: Buffer) => {
      read += bytes.toString('latin1');
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(read)?.[1];
      // 403 and 421 are what servers say who let nobody past the edge; 400 is nginx without the certificate of Cloudflare.
      if (status !== undefined) end(['400', '403', '421'].includes(status) ? 'refused' : 'answered', `it answered ${status}`);
      else if (read.length > 4096) end('failed', 'it answered something that is not HTTP');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const { code = '' } = error;
      if (['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'].includes(code)) end('refused', 'it closes the connection');
      else if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/.test(code)) end('refused', 'it wants a certificate of Cloudflare');
      else end('failed', `nobody could connect (${code === '' ? error.message : code})`);
    });
    socket.on('close', () => end('refused', 'it closes the connection'));
  });
}

function judged(
  authorized: boolean,
  error: string,
  host: string,
  certificate: PeerCertificate,
): Pick<OriginFacts, 'certificate' | 'certificateWhy'> {
  if (authorized) return { certificate: 'valid' };
  const issuer = certificate.issuer as Partial<PeerCertificate['issuer']> | undefined;
  const by = [issuer?.OU, issuer?.CN].flat().join(' ');
  // Whether the signature is right is left to Cloudflare, whose authority it is; name and time are looked at here, because Node stops at the issuer.
  if (/CloudFlare Origin SSL/i.test(by)) {
    const wrong =
      checkServerIdentity(host, certificate)?.message ?? (Date.parse(certificate.valid_to) < Date.now() ? 'CERT_HAS_EXPIRED' : undefined);
    return wrong === undefined ? { certificate: 'cloudflare' } : { certificate: 'invalid', certificateWhy: wrong };
  }
  return { certificate: 'invalid', certificateWhy: error };
}
