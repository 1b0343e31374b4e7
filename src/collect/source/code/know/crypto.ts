import { secretShown } from '../interpret/secrets.ts';
import { flagged, guarded, both } from '../interpret/state.ts';
import { raise } from './identity.ts';
import { api, inputOf, native, type NativeCall, some, unknown, type Value } from '../interpret/value.ts';
import { carriesSecret, signedBy } from '../interpret/condition.ts';

/** Ciphers that end in an error where the text was not made with the key. */
const authenticated = /^(?:x?chacha20poly1305|x?salsa20poly1305|secretbox|gcm|gcmsiv|siv|aessiv|aesgcmsiv)$/i;

/** `xchacha20poly1305(key).decrypt(text)` of @noble/ciphers, also inside `managedNonce(...)`. */
function noblePackage(packageName: string, name: string): Value | undefined {
  if (!packageName.startsWith('@noble/ciphers')) return undefined;
  if (name === 'managedNonce') return native(({ args }) => args[0] ?? unknown);
  return authenticated.test(name)
    ? native(() => api('cipher', { member: (member) => (member === 'decrypt' ? native(opened) : undefined) }))
    : undefined;
}

/** What the request brings and the server can open, the server has sealed. */
function opened(call: NativeCall): Value {
  const [sealed = unknown] = call.args;
  const sent = inputOf(sealed);
  if (sent === undefined || some(sealed, (value) => value.row !== undefined)) return unknown;
  raise(call, flagged('signature', call.module.snippet(call.node, 90), call.module.placeOf(call.node)));
  return { input: sent };
}

/** Node's crypto: an HMAC made here and compared is a signature check, a secret compared is a shared-secret check. */
export function cryptoPackage(packageName: string, name: string): Value | undefined {
  if (hashing.test(packageName) && plainHash.test(name)) return native(({ args }) => args[0] ?? unknown);
  const noble = noblePackage(packageName, name);
  if (noble) return noble;
  if (packageName !== 'node:crypto' && packageName !== 'crypto' && packageName !== 'crypto-js') return undefined;
  if (name === '*' || name === 'default') return api('crypto', { member: (member) => cryptoPackage('crypto', member) });
  if (name === 'createHmac' || /^Hmac/.test(name)) return native(() => digest());
  if (name === 'createHash') return native(() => hash());
  if (name === 'createVerify')
    return native(() => api('verify', { member: (member) => (member === 'verify' ? native(signatureTrue) : native(({ self }) => self)) }));
  if (name === 'verify') return native(signatureTrue);
  if (name === 'timingSafeEqual') return native(compareSecrets);
  if (name === 'webcrypto' || name === 'subtle') return webCrypto;
  if (name === 'randomBytes' || name === 'randomUUID' || name === 'scrypt' || name === 'scryptSync' || name === 'pbkdf2Sync')
    return name.startsWith('random')
      ? native(() => random)
      : native(({ args }) => (args[0] && inputOf(args[0]) ? { input: { source: 'body', name: 'password' } } : unknown));
  return undefined;
}

// Hashes and encodings as plain functions: `encodeHexLowerCase(sha256(bytes))` is the token in another form.
const hashing = /^(?:@oslojs\/(?:crypto|encoding)|@noble\/hashes|js-(?:sha1|sha256|sha512|sha3))$/;
const plainHash = /^(?:sha\d|keccak|blake|bytesToHex$|encode)/;

const random: Value = { api: { kind: 'random', member: () => native(() => random) } };

const digest = (): Value => ({
  digest: true,
  api: {
    kind: 'hmac',
    member: (name) =>
      name === 'digest' || name === 'update' || name === 'toString'
        ? native(() => digest())
        : name === 'length' || name === 'byteLength'
          ? unknown
          : undefined,
  },
});

const carriedBy = ({ input, who, row, env }: Value): Value => ({
  ...(input && { input }),
  ...(who && { who }),
  ...(row && { row }),
  ...(env !== undefined && { env }),
});

/** What the hash of a value, or its bytes in another writing, still tells of it. */
export function hashOf(value: Value): Value {
  const input = inputOf(value);
  const plain = value.alternatives?.find((item) => item.value.who ?? item.value.row)?.value ?? value;
  return carriedBy({ ...plain, ...(input && { input }) });
}

// A hash keeps what went into it: a hashed token looked up in a table is still the caller's token.
const hash = (carried: Value = unknown): Value => {
  const kept = carriedBy(carried);
  const into = (added: Value | undefined): Value => {
    const next = added ? hashOf(added) : unknown;
    return hash(Object.keys(next).length > 0 ? next : carried);
  };
  return {
    ...kept,
    api: {
      kind: 'hash',
      member: (name) => (name === 'update' ? native(({ args }) => into(args[0])) : name === 'digest' ? native(() => kept) : undefined),
    },
  };
};

const signatureTrue = (call: NativeCall): Value => ({
  whenTrue: signedBy(
    call.args.find((arg) => inputOf(arg) !== undefined) ?? unknown,
    call.module.snippet(call.node, 90),
    call.module.placeOf(call.node),
  ),
});

function compareSecrets(call: NativeCall): Value {
  const place = call.module.placeOf(call.node);
  const what = call.module.snippet(call.node, 90);
  const has = (test: (value: Value) => boolean): boolean => call.args.some((arg) => some(arg, test));
  if (has((value) => value.digest === true))
    return { whenTrue: signedBy(call.args.find((arg) => inputOf(arg) !== undefined) ?? unknown, what, place) };
  if (call.args.some((arg) => carriesSecret(arg)))
    return { whenTrue: both(guarded('role', `shared secret: ${what}`, place, ['machine']), flagged('proof', what, place)) };
  if (has((value) => value.who !== undefined && value.who.part === 'user')) return { whenTrue: flagged('csrf', what, place) };
  if (has((value) => value.row !== undefined))
    return {
      whenTrue: secretShown(
        call.args.find((arg) => some(arg, (value) => value.row !== undefined)) ?? unknown,
        `stored hash: ${what}`,
        place,
      ),
    };
  return /sig|hmac|digest|webhook/i.test(what) ? { whenTrue: flagged('signature', what, place) } : unknown;
}

/** `crypto.subtle` of browsers, Deno and edge runtimes. */
export const webCrypto: Value = api('webcrypto', {
  member: (name) => {
    if (name === 'subtle') return webCrypto;
    if (name === 'verify') return native(signatureTrue);
    if (name === 'sign') return native(() => digest());
    if (name === 'importKey') return native(() => unknown);
    if (name === 'digest') return native(({ args }) => args[1] ?? unknown);
    if (name === 'randomUUID' || name === 'getRandomValues') return native(() => random);
    if (name === 'timingSafeEqual') return native(compareSecrets);
    return undefined;
  },
});
