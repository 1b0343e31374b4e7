import { defineCheck } from '../../core/check.ts';
import { optional } from '../../core/evidence.ts';
import type { Observation } from '../../core/finding.ts';
import { type DkimKey, dkimKeys } from '../../evidence/dkim.ts';
import { areOfOneService, isUsable, keysInUse, type UsedKey } from '../../evidence/dkim-use.ts';
import { mailProof, noMails } from '../../evidence/mail-proof.ts';
import { sampleDkim, sampleKey, sampleSignedWith } from '../../evidence/mail-samples.ts';

/** Two keys of one service. */
const first = sampleKey({ selector: 'mlsend', fingerprint: 'a' });
const second = sampleKey({ selector: 'mlsend2', fingerprint: 'b' });
const led = { at: 's1.domainkey.u1.wl.sendgrid.net', runBy: 'sendgrid.net' };
export const dkimRotation = defineCheck({
  id: 'email/dkim-rotation',
  severity: 'high',
  covers: ['S5-C2', 'DKIM-two-selectors', 'DKIM-not-test'],
  doc: {
    title: 'DKIM keys were not changed as they should be',
    why: 'A key that somebody copied signs mail in your name until it is taken back. A change of keys that stopped halfway leaves your mail unsigned, or the old key good.',
    fix: 'Change a key in this order: put the new one under a new selector, have the service sign with it, look at a mail that arrives, and a week later leave p= of the old one empty. Where the name is a CNAME to the service, it does that by itself.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1', 'https://www.rfc-editor.org/rfc/rfc6376#section-3.1'],
  },
  needs: { dkim: dkimKeys, proof: optional(mailProof, noMails) },
  examples: {
    fails: [
      {
        name: 'mail is signed with a key that was taken back',
        given: { dkim: [sampleDkim({ keys: [first] })], proof: sampleSignedWith(sampleKey({ revoked: true })) },
      },
      {
        name: 'the same key under two selectors',
        given: { dkim: [sampleDkim({ keys: [first, sampleKey({ selector: 'new', fingerprint: 'a' })] })], proof: noMails },
      },
    ],
    passes: [
      { name: 'the service changes it by itself', given: { dkim: [sampleDkim({ keys: [sampleKey(led)] })], proof: noMails } },
      {
        name: 'the old one was taken back, and mail is signed with the new one',
        given: { dkim: [sampleDkim({ keys: [sampleKey({ ...first, revoked: true }), second] })], proof: sampleSignedWith(second) },
      },
      {
        name: 'the service keeps one key under two selectors',
        given: {
          dkim: [
            sampleDkim({
              keys: [sampleKey({ ...led, selector: 's1', fingerprint: 'a' }), sampleKey({ ...led, selector: 's2', fingerprint: 'a' })],
            }),
          ],
          proof: noMails,
        },
      },
    ],
    unknowns: [
      {
        name: 'a second key that nothing is signed with',
        given: { dkim: [sampleDkim({ keys: [first, second] })], proof: sampleSignedWith(first) },
      },
    ],
  },
  *evaluate({ dkim, proof }) {
    for (const facts of dkim) {
      const keys = keysInUse(facts, proof);
      yield* doubles(facts.domain, keys);
      for (const key of keys) {
        const seen = judge(key, keys);
        if (seen) yield { ...seen, subject: nameOf(key), place: { name: nameOf(key) } };
      }
    }
  },
});

const nameOf = ({ selector, domain }: DkimKey): string => `${selector}._domainkey.${domain}`;

/** Keys that lie under several selectors, unless a service has them lie so. */
function* doubles(domain: string, keys: readonly UsedKey[]): Iterable<Observation> {
  const own = keys.filter((key) => isUsable(key) && key.runBy === undefined && key.fingerprint !== undefined);
  for (const fingerprint of new Set(own.map((key) => key.fingerprint))) {
    const same = own.filter((key) => key.fingerprint === fingerprint);
    if (same.length < 2) continue;
    const selectors = same.map(({ selector }) => selector).toSorted();
    yield {
      subject: `${domain} ${fingerprint}`,
      place: { name: `${selectors[0]}._domainkey.${domain}` },
      outcome: 'fail',
      severity: 'low',
      message: `The same DKIM key of ${domain} lies under ${selectors.join(' and ')}: going from one to another changes nothing, and whoever has one has all.`,
    };
  }
}

/** What can be seen of whether a key is changed; how old it is cannot. */
function judge(key: UsedKey, keys: readonly UsedKey[]): Pick<Observation, 'outcome' | 'message' | 'severity' | 'toKnow'> | undefined {
  const name = nameOf(key);
  const others = keys.filter(({ signed, selector }) => signed && selector !== key.selector);
  if (key.state === 'found' && key.revoked) {
    if (key.signed) return { outcome: 'fail', message: `Mail is still signed with ${name}, whose key was taken back (its p= is empty).` };
    const now = others.find(isUsable);
    return now && { outcome: 'pass', message: `The DKIM key ${name} was taken back, and mail is signed with ${now.selector}.` };
  }
  if (!isUsable(key)) return undefined;
  if (key.runBy !== undefined)
    return { outcome: 'pass', message: `The DKIM key ${name} lies at ${key.at ?? ''}: ${key.runBy} can change it without you.` };
  const sibling = key.signed ? undefined : others.find((one) => isUsable(one) && areOfOneService(one.selector, key.selector));
  if (!sibling || sibling.fingerprint === key.fingerprint) return undefined;
  return {
    outcome: 'unknown',
    severity: 'low',
    message: `Mail is signed with ${sibling.selector}, and the DKIM key ${name} of the same service lies there as well: the next one, or an old one that was never taken back.`,
    toKnow: 'Look at the page of the service which selectors it has for you. What it no longer names is taken back: leave p= empty.',
  };
}
