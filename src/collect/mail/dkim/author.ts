import { publicDecrypt } from 'node:crypto';
import type { DnsClient } from '../../dns/client.ts';
import { askKey } from './key.ts';
import type { HeaderField } from './message.ts';
import { fewestBits, readSignature, unfitness } from './verify.ts';

/** How the padded text of a signature with SHA-256 begins (RFC 8017 §9.2, note 1). */
const sha256Head = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/**
 * Whether the key in the DNS made a signature, whatever became of the mail since: an RSA signature opens with the key that it was made with and no other.
 * `undefined`: nobody can tell, as of Ed25519 or where the DNS does not answer. Never throws.
 */
export async function keyMade(dns: DnsClient, { value }: HeaderField): Promise<boolean | undefined> {
  const read = readSignature(value, Date.now());
  if (typeof read === 'string') return false;
  const key = await askKey(dns, read.domain, read.selector);
  const unfit = unfitness(read, key);
  if (unfit) return unfit.result === 'temperror' ? undefined : false;
  if (key.type === 'ed25519') return undefined;
  if (read.algorithm !== 'rsa-sha256' || !key.key || (key.bits ?? 0) < fewestBits) return false;
  try {
    const opened = publicDecrypt(key.key, read.signature);
    return opened.length === sha256Head.length + 32 && opened.subarray(0, sha256Head.length).equals(sha256Head);
  } catch {
    return false;
  }
}
