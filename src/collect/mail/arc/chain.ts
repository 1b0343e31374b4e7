import { isIP } from 'node:net';
import type { ProvenChain, Vouched } from '../../../evidence/mail-forwarded.ts';
import type { DnsClient } from '../../dns/client.ts';
import { reachOf } from '../../http/address.ts';
import { keyMade } from '../dkim/author.ts';
import type { RawMessage } from '../dkim/message.ts';
import { parseTags } from '../dkim/tags.ts';
import { evaluateDmarc } from '../dmarc/evaluate.ts';
import { readMethods, type SaidMethod, signerIn } from '../proof/results.ts';
import { hopsOf } from '../proof/handed-in.ts';
import { checkSpf } from '../spf/check-host.ts';
import { mostSignatures } from '../dkim/verify.ts';
import { verifyArc } from './verify.ts';

/** What is known of a mail whose chain is looked at. */
export interface ChainQuestion {
  /** Domain of From; absent where it names none or several. */
  readonly from?: string;
  /** Name under which the receiver speaks. */
  readonly receiver?: string;
  /** Whether a signature of the domain still fits: then nobody needs to vouch. */
  readonly showsItself: boolean;
}

/** Looks at who handed a mail on and sealed it; `undefined` where nobody did. Never throws. */
export async function judgeChain(
  dns: DnsClient,
  message: RawMessage,
  { from, receiver, showsItself }: ChainQuestion,
): Promise<ProvenChain | undefined> {
  const { result, why, sets } = await verifyArc(dns, message);
  if (result === 'none') return undefined;
  const sealers = sets.map(({ sealTags }) => (sealTags.get('d') ?? '').toLowerCase());
  const chain: ProvenChain = { result, ...(why !== undefined && { why }), sealers };
  if (showsItself || from === undefined) return chain;
  for (const [nth, { said }] of sets.entries()) {
    const { name, methods } = readMethods(said);
    // The receiver seals what came in, too: that is no hand that it went through.
    if (nth === sets.length - 1 && name === receiver) continue;
    const vouched = await vouchedIn(dns, message, from, methods);
    if (vouched) return { ...chain, vouched: { by: sealers[nth] ?? '', ...vouched } };
  }
  return chain;
}

/** What results say for the domain of From, and what of it we can see to be true. */
async function vouchedIn(
  dns: DnsClient,
  message: RawMessage,
  from: string,
  methods: readonly SaidMethod[],
): Promise<Omit<Vouched, 'by'> | undefined> {
  const passed = (method: string): readonly SaidMethod[] => methods.filter((one) => one.method === method && one.result === 'pass');
  const spf = passed('spf').flatMap(claimedSpf)[0];
  const dkim = passed('dkim').flatMap(claimedDkim);
  const claimed = await evaluateDmarc(dns, {
    from,
    ...(spf && { spf: { result: 'pass', domain: spf.domain } }),
    dkim: dkim.map(({ domain }) => ({ result: 'pass', domain })),
  });
  const aligned = dkim.filter((_, nth) => claimed.dkim[nth]?.counts);
  const says = [
    ...(claimed.spf.counts ? ['spf=pass'] : []),
    ...(aligned.length > 0 ? ['dkim=pass'] : []),
    ...(passed('dmarc').some((one) => (one.properties.get('header.from') ?? from).toLowerCase() === from) ? ['dmarc=pass'] : []),
  ];
  const [bySpf, byDkim] = await Promise.all([
    claimed.spf.counts && spf ? mayHaveSent(dns, message, spf) : false,
    carries(dns, message, aligned),
  ]);
  // A word that is not so is none, and one that nobody can look into stays a word.
  if (bySpf === false && byDkim === false) return undefined;
  return { says, shown: [...(bySpf ? (['spf'] as const) : []), ...(byDkim ? (['dkim'] as const) : [])] };
}

interface ClaimedSpf {
  readonly sender: string;
  readonly domain: string;
  /** Of the server that handed it in there. */
  readonly ip?: string;
}

function claimedSpf({ properties, text }: SaidMethod): ClaimedSpf[] {
  const sender = properties.get('smtp.mailfrom') ?? properties.get('smtp.mfrom') ?? properties.get('smtp.helo') ?? '';
  const domain = sender.slice(sender.lastIndexOf('@') + 1).toLowerCase();
  if (domain === '') return [];
  // RFC 8617 §10.2 asks for smtp.remote-ip; Gmail and Outlook say it in a comment.
  const ip = properties.get('smtp.remote-ip') ?? text.split(/[\s()=;,"[\]]+/).find((word) => isIP(word) !== 0);
  return [{ sender: sender.includes('@') ? sender : `postmaster@${domain}`, domain, ...(ip !== undefined && isIP(ip) !== 0 && { ip }) }];
}

interface ClaimedDkim {
  readonly domain: string;
  readonly selector?: string;
}

function claimedDkim(said: SaidMethod): ClaimedDkim[] {
  const selector = said.properties.get('header.s');
  return signerIn(said).map((domain) => ({ domain, ...(selector !== undefined && { selector }) }));
}

/** Addresses that are asked about. */
const mostHops = 5;

/** Whether the server that is named may send for the domain; where none is named, any that handed the mail on. `undefined`: nobody can tell. */
async function mayHaveSent(dns: DnsClient, message: RawMessage, { sender, domain, ip }: ClaimedSpf): Promise<boolean | undefined> {
  const hops = hopsOf(message).flatMap((hop) => (reachOf(hop.ip) === 'public' ? [hop.ip] : []));
  const results = await Promise.all(
    (ip === undefined ? hops.toReversed().slice(0, mostHops) : [ip]).map((one) => checkSpf(dns, { ip: one, sender, helo: domain })),
  );
  if (results.some(({ result }) => result === 'pass')) return true;
  return results.length === 0 || results.some(({ result }) => result === 'temperror') ? undefined : false;
}

/** Whether the mail still carries one of these signatures, made with the key of its domain. `undefined`: nobody can tell. */
async function carries(dns: DnsClient, { fields }: RawMessage, claimed: readonly ClaimedDkim[]): Promise<boolean | undefined> {
  const own = fields.filter(({ name, value }) => {
    if (name !== 'dkim-signature') return false;
    const tags = parseTags(value);
    return claimed.some(
      ({ domain, selector }) => tags?.get('d')?.toLowerCase() === domain && (selector === undefined || tags.get('s') === selector),
    );
  });
  const made = await Promise.all(own.slice(0, mostSignatures).map((field) => keyMade(dns, field)));
  return made.includes(true) || (made.includes(undefined) ? undefined : false);
}
