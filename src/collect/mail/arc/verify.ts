import type { DnsClient } from '../../dns/client.ts';
import { canonicalField } from '../dkim/canonical.ts';
import { askKey } from '../dkim/key.ts';
import type { RawMessage } from '../dkim/message.ts';
import {
  bodyFault,
  fewestBits,
  matches,
  type SignedBy,
  type SignedParts,
  signedText,
  unfitness,
  withoutSignature,
} from '../dkim/verify.ts';
import { type ArcSet, arcSets, signedBy, signedParts } from './sets.ts';

/** What came of the chain of a mail (RFC 8617 §5.2). `temperror`: a key could not be asked for. */
export interface ArcResult {
  readonly result: 'none' | 'pass' | 'fail' | 'temperror';
  /** What is wrong, in words. */
  readonly why?: string;
  /** The first of them first; empty unless the chain is whole. */
  readonly sets: readonly ArcSet[];
}

interface Fault {
  readonly result: 'fail' | 'temperror';
  readonly why: string;
}

/** Verifies the chain of those who handed a mail on. Never throws. */
export async function verifyArc(dns: DnsClient, message: RawMessage): Promise<ArcResult> {
  const sets = arcSets(message);
  if (typeof sets === 'string') return { result: 'fail', why: sets, sets: [] };
  const last = sets.at(-1);
  if (!last) return { result: 'none', sets };
  for (const { instance, sealTags } of sets) {
    const state = sealTags.get('cv') ?? '';
    if (state === 'fail') return { result: 'fail', why: `the seal of set ${instance} says that the chain was broken before`, sets: [] };
    if (state !== (instance === 1 ? 'none' : 'pass'))
      return { result: 'fail', why: `cv= of the seal of set ${instance} is wrong`, sets: [] };
  }
  const faults = await Promise.all([messageFault(dns, message, last), ...sets.map((_, nth) => sealFault(dns, sets.slice(0, nth + 1)))]);
  const fault = faults.find((one) => one?.result === 'fail') ?? faults.find((one) => one !== undefined);
  return fault ? { ...fault, sets: [] } : { result: 'pass', sets };
}

/** What is wrong with the newest signature of the mail itself; those below it may have been broken by later hands. */
async function messageFault(
  dns: DnsClient,
  message: RawMessage,
  { instance, message: field, messageTags }: ArcSet,
): Promise<Fault | undefined> {
  const failed = (why: string): Fault => ({ result: 'fail', why: `the signature of set ${instance} does not count: ${why}` });
  const by = signedBy(messageTags);
  if (typeof by === 'string') return failed(by);
  const parts = signedParts(messageTags);
  if (typeof parts === 'string') return failed(parts);
  // Without c= DKIM means simple, and what signs for ARC (and its test suite) relaxed: whichever fits, fits.
  const ways: readonly SignedParts[] = messageTags.has('c') ? [parts] : [parts, { ...parts, head: 'relaxed', body: 'relaxed' }];
  let fault: Fault | undefined;
  for (const way of ways) {
    const changed = bodyFault(message, way);
    fault = changed ? failed(changed.why ?? '') : await signatureFault(dns, by, signedText(message, field, way), failed);
    if (!fault) return undefined;
  }
  return fault;
}

/** What is wrong with the seal of the last of these sets (RFC 8617 §5.1.1). */
async function sealFault(dns: DnsClient, sets: readonly ArcSet[]): Promise<Fault | undefined> {
  const { instance, sealTags } = sets.at(-1)!;
  const failed = (why: string): Fault => ({ result: 'fail', why: `the seal of set ${instance} does not count: ${why}` });
  const by = signedBy(sealTags);
  if (typeof by === 'string') return failed(by);
  // RFC 8617 §4.1.3: a seal covers the sets and nothing else.
  if (sealTags.has('h')) return failed('it has h=');
  const fields = sets.flatMap((one) => [
    one.results.raw,
    one.message.raw,
    one.instance === instance ? withoutSignature(one.seal.raw) : one.seal.raw,
  ]);
  return signatureFault(dns, by, fields.map((raw) => canonicalField(raw, 'relaxed')).join('\r\n'), failed);
}

async function signatureFault(dns: DnsClient, by: SignedBy, text: string, failed: (why: string) => Fault): Promise<Fault | undefined> {
  const key = await askKey(dns, by.domain, by.selector);
  const unfit = unfitness(by, key);
  if (unfit) return { ...failed(unfit.why ?? ''), result: unfit.result === 'temperror' ? 'temperror' : 'fail' };
  if (key.type !== 'ed25519' && (key.bits ?? 0) < fewestBits) return failed(`the key has ${key.bits ?? 0} bits`);
  return key.key && matches(by, key.key, Buffer.from(text, 'latin1')) ? undefined : failed('it does not fit the key and the mail');
}
