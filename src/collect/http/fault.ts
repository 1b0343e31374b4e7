import type { Fault, FaultKind } from '../../core/evidence.ts';
import { guardedCode, unplacedCode } from './address.ts';

type Words = readonly [kind: FaultKind, happened: (host: string) => string, remedy: string];

const certificate = (what: string, remedy: string): Words => [
  'unreachable',
  (host) => `${host} cannot be trusted: ${what}. A browser shows visitors a warning instead of the app.`,
  remedy,
];
const garbage: Words = [
  'unreachable',
  (host) => `${host} answered garbage: what came back is not a web page.`,
  'Check the address and the port; is something other than a web server listening there?',
];
const refused: Words = [
  'unreachable',
  (host) => `${host} refused the connection: nothing is listening there.`,
  'Start the app, or check the address and the port.',
];
const closed: Words = [
  'unreachable',
  (host) => `${host} closed the connection without an answer.`,
  'Check that the app is running; the server log says why it hung up.',
];
const noRoute: Words = ['unreachable', (host) => `${host} cannot be reached from here.`, 'Check the network connection and the address.'];
const slow: Words = [
  'timeout',
  (host) => `${host} took too long to answer.`,
  'Check that the app answers in a browser, then run it again.',
];
const noName: Words = [
  'unreachable',
  (host) => `There is no server named ${host}: the name was not found in DNS.`,
  'Check the spelling of the address.',
];
const notTls: Words = ['unreachable', (host) => `${host} does not speak https on that port.`, 'Use the http:// address, or set up https.'];
const untrusted = certificate(
  'its certificate is not signed by an authority that browsers know',
  'Install a certificate from a public authority (most hosts give one for free).',
);

/** Error codes of Node, OpenSSL and undici, in words. */
const words: Readonly<Record<string, Words>> = {
  ENOTFOUND: noName,
  EAI_AGAIN: [
    'unreachable',
    (host) => `The name ${host} could not be looked up: no DNS server answered.`,
    'Check the network connection and run it again.',
  ],
  ECONNREFUSED: refused,
  ECONNRESET: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  EADDRNOTAVAIL: noRoute,
  ETIMEDOUT: slow,
  UND_ERR_CONNECT_TIMEOUT: [
    'timeout',
    (host) => `${host} did not answer the connection.`,
    'Check that the app is up and that no firewall drops the connection.',
  ],
  UND_ERR_HEADERS_TIMEOUT: slow,
  UND_ERR_BODY_TIMEOUT: slow,
  UND_ERR_HEADERS_OVERFLOW: [
    'unreachable',
    (host) => `${host} answered with headers larger than any browser accepts.`,
    'Look for a cookie or header that grows without end.',
  ],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: garbage,
  CERT_HAS_EXPIRED: certificate('its certificate has expired', 'Renew the certificate.'),
  CERT_NOT_YET_VALID: certificate('its certificate is not valid yet', 'Check the clock of the machine that made the certificate.'),
  ERR_TLS_CERT_ALTNAME_INVALID: certificate(
    'its certificate was made out to another name',
    'Add this name to the certificate, or point the name at the right server.',
  ),
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate(
    'it signed its certificate itself',
    'Install a certificate from a public authority; for a server of your own, name its authority in NODE_EXTRA_CA_CERTS.',
  ),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate('it sends an incomplete certificate chain', 'Install the intermediate certificate as well.'),
  CERT_REVOKED: certificate('its certificate was revoked', 'Install a new certificate.'),
  EPROTO: notTls,
  [unplacedCode]: [
    'absent',
    (host) => `Nobody said where ${host} is reached before the cut-over.`,
    'Write it under domains.connect in launch-ready.yaml: http://host=address:port is for http alone.',
  ],
  [guardedCode]: [
    'blocked',
    (host) => `${host} leads into a private network, so we did not follow.`,
    'If that is the app, name this very address as the target.',
  ],
};

/** Says in plain words why a request got no answer. */
export function faultOf(error: unknown, url: URL): Fault {
  for (const code of codesOf(error)) {
    const found = words[code] ?? family(code);
    if (found) return { kind: found[0], message: found[1](url.host), remedy: found[2] };
  }
  if (error instanceof Error && error.name === 'HTTPParserError')
    return { kind: garbage[0], message: garbage[1](url.host), remedy: garbage[2] };
  const why = error instanceof Error ? error.message : String(error);
  return {
    kind: 'unreachable',
    message: `${url.host} gave no usable answer (${why}).`,
    remedy: 'Check that the address opens in a browser.',
  };
}

/** True for an error of this program, which must not be told as one of the app. */
export const isOurs = (error: unknown): boolean =>
  (error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError) && codesOf(error).length === 0;

/** True where a host showed a certificate that is not trusted, or is made out to another name. */
export const isUntrusted = (codes: readonly string[]): boolean =>
  codes.some((code) => /^(?:CERT_|ERR_TLS_CERT|.*SELF_SIGNED|UNABLE_TO_)/.test(code));

function family(code: string): Words | undefined {
  if (code.startsWith('HPE_')) return garbage;
  if (/^ERR_SSL_(WRONG_VERSION|PACKET_LENGTH|UNKNOWN_PROTOCOL)|^ERR_SSL_.*UNEXPECTED/.test(code)) return notTls;
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return ['unreachable', (host) => `No secure connection to ${host} could be made (${code}).`, 'Check the TLS settings of the host.'];
  return undefined;
}

/** Codes of an error, of its causes and of the attempts it sums up (an address tried on IPv4 and IPv6), outermost first. */
export function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 4) return [];
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  return [
    ...(typeof code === 'string' ? [code] : []),
    ...codesOf(cause, depth + 1),
    ...(Array.isArray(errors) ? errors.flatMap((one) => codesOf(one, depth + 1)) : []),
  ];
}
