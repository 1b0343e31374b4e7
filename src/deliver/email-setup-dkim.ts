import type { Block } from '../core/deliverable.ts';
import { dkimKeys } from '../evidence/dkim.ts';
import { isUsable, keysInUse, type UsedKey } from '../evidence/dkim-use.ts';
import { mailProof } from '../evidence/mail-proof.ts';
import { mailSenders, sendersAt } from '../evidence/mail-senders.ts';
import { type Collected, read } from './evidence-of.ts';

/** Who changes which DKIM key, and how. */
export function rotationBlocks(evidence: Collected): Block[] {
  const proof = read(evidence, mailProof) ?? { mails: [] };
  const keys = (read(evidence, dkimKeys) ?? []).flatMap((facts) => keysInUse(facts, proof)).filter(({ state }) => state === 'found');
  if (keys.length === 0) return [];
  const isOurs = keys.some((key) => key.runBy === undefined && isUsable(key));
  return [
    { kind: 'heading', level: 2, text: 'Who changes the DKIM keys' },
    {
      kind: 'table',
      columns: ['Key', 'Lies at', 'Mail is signed with it', 'Who changes it'],
      rows: keys.map((key) => [
        `${key.selector}._domainkey.${key.domain}`,
        key.at ?? 'the domain itself',
        key.signed
          ? 'yes, a mail that arrived shows it'
          : proof.mails.some(({ outcome }) => outcome === 'arrived')
            ? 'none that arrived'
            : 'not seen',
        whoChanges(key),
      ]),
    },
    {
      kind: 'text',
      text: `How old a key is cannot be seen in the DNS.${isOurs ? ' Change yours every six months, and whenever somebody leaves who could read it: have the service make a new key under a new selector, put that into the DNS, have it sign with it, look at a mail that arrives, and a week later leave p= of the old one empty.' : ''}`,
    },
  ];
}

function whoChanges(key: UsedKey): string {
  if (key.revoked) return 'nobody: it was taken back';
  if (key.runBy !== undefined) return `${sendersAt(key.at ?? '')[0]?.name ?? key.runBy}, by itself: leave the CNAME as it is`;
  const services = mailSenders.filter(({ selectors }) => selectors.includes(key.selector)).map(({ name }) => name);
  return services.length === 1 ? `you, at ${services[0]} and in the DNS` : 'you, at the service that signs and in the DNS';
}
