import { defineCheck } from '../../core/check.ts';
import { optional } from '../../core/evidence.ts';
import type { Observation } from '../../core/finding.ts';
import { type DkimKey, dkimKeys } from '../../evidence/dkim.ts';
import { isUsable, keysInUse } from '../../evidence/dkim-use.ts';
import { mailProof, noMails } from '../../evidence/mail-proof.ts';
import { sampleDkim, sampleKey, sampleProof, sampleSignedWith } from '../../evidence/mail-samples.ts';

/** RFC 8301 §3.2: no receiver counts less; signers should use more. */
const bits = { fewest: 1024, good: 2048 };

export const dkimKey = defineCheck({
  id: 'email/dkim-key',
  severity: 'high',
  covers: ['S5-C2', 'DKIM-bits', 'DKIM-not-test'],
  doc: {
    title: 'A DKIM key of the domain does not count',
    why: 'Mail that is signed with a key that is missing, broken, too short or taken back counts as unsigned: DMARC fails, and the mail goes to spam.',
    fix: 'Copy the record from the page of your mail service again, whole: long keys are cut off or broken up when they are pasted. Have keys of 1024 bits and less made anew with 2048. Take t=y out.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1', 'https://www.rfc-editor.org/rfc/rfc8301'],
  },
  needs: { dkim: dkimKeys, proof: optional(mailProof, noMails) },
  examples: {
    fails: [
      {
        name: 'a selector that is in use and has no key',
        given: { dkim: [sampleDkim({ keys: [sampleKey({ state: 'none' })] })], proof: noMails },
      },
      {
        name: 'a name that leads nowhere, and no other key',
        given: { dkim: [sampleDkim({ keys: [sampleKey({ state: 'none', at: 's1.domainkey.u1.wl.sendgrid.net' })] })], proof: noMails },
      },
      { name: '512 bits', given: { dkim: [sampleDkim({ keys: [sampleKey({ bits: 512 })] })], proof: noMails } },
      { name: '1024 bits', given: { dkim: [sampleDkim({ keys: [sampleKey({ bits: 1024 })] })], proof: noMails } },
      {
        name: '1024 bits, as a mail shows',
        given: { dkim: [sampleDkim({ keys: [] })], proof: sampleSignedWith(sampleKey({ selector: 'mailed', bits: 1024 })) },
      },
      { name: 'taken back', given: { dkim: [sampleDkim({ keys: [sampleKey({ revoked: true })] })], proof: noMails } },
      { name: 'a test', given: { dkim: [sampleDkim({ keys: [sampleKey({ test: true })] })], proof: noMails } },
      {
        name: 'cut off',
        given: { dkim: [sampleDkim({ keys: [sampleKey({ problem: 'what stands behind p= is no key' })] })], proof: noMails },
      },
    ],
    passes: [
      { name: '2048 bits', given: { dkim: [sampleDkim()], proof: noMails } },
      { name: 'a mail shows it', given: { dkim: [sampleDkim({ keys: [] })], proof: sampleProof() } },
      {
        name: 'an old one of a usual name was taken back',
        given: {
          dkim: [sampleDkim({ keys: [sampleKey({ selector: 'old', told: 'habit', revoked: true }), sampleKey()] })],
          proof: noMails,
        },
      },
      { name: 'Ed25519', given: { dkim: [sampleDkim({ keys: [sampleKey({ type: 'ed25519', bits: 256 })] })], proof: noMails } },
    ],
    unknowns: [
      {
        name: 'a second name that is kept for the next key',
        given: {
          dkim: [
            sampleDkim({
              keys: [
                sampleKey({ selector: 'selector1' }),
                sampleKey({ selector: 'selector2', state: 'none', at: 'selector2-example-com._domainkey.acme.onmicrosoft.com' }),
              ],
            }),
          ],
          proof: noMails,
        },
      },
      { name: 'no selector is known', given: { dkim: [sampleDkim({ keys: [], missed: ['google'] })], proof: noMails } },
      {
        name: 'the name server fails',
        given: { dkim: [sampleDkim({ keys: [sampleKey({ state: 'failed', fault: 'timeout' })] })], proof: noMails },
      },
    ],
  },
  *evaluate({ dkim, proof }) {
    const shown = proof.mails.flatMap((mail) => mail.dkim).filter(({ result }) => result === 'pass');
    for (const facts of dkim) {
      const { domain, senders, missed } = facts;
      const keys = keysInUse(facts, proof);
      const seen = shown.find((one) => one.domain === domain);
      if (keys.length === 0 && seen)
        yield {
          subject: domain,
          place: { name: domain },
          outcome: 'pass',
          message: `Mail of ${domain} is signed with ${seen.selector}, as a mail that arrived shows.`,
        };
      else if (keys.length === 0 && senders?.length !== 0)
        yield {
          subject: domain,
          place: { name: domain },
          outcome: 'unknown',
          message: `Nobody can tell with which keys mail of ${domain} is signed: ${missed.length > 0 ? `there is none at the usual names (${missed.join(', ')}), which proves nothing` : 'no selector is known'}.`,
          toKnow:
            'Name the selectors under domains.mail in launch-ready.yaml, or give a mailbox (access.mail): a mail that arrived names them.',
        };
      // A usual name whose key was taken back is how a change of keys ends.
      const isOld = (key: DkimKey): boolean => key.told === 'habit' && key.revoked && keys.some(isUsable);
      for (const key of keys)
        if (!isOld(key)) yield { ...judge(key, keys), ...(key.revoked && key.signed && { toldBy: 'email/dkim-rotation' }) };
    }
  },
});

function judge(key: DkimKey, all: readonly DkimKey[]): Observation {
  const name = `${key.selector}._domainkey.${key.domain}`;
  const about = { subject: name, place: { name } };
  const size = key.type === 'rsa' && key.bits !== undefined ? key.bits : undefined;
  if (key.state === 'failed')
    return {
      ...about,
      outcome: 'unknown',
      message: `The DKIM key ${name} could not be asked for: ${key.fault ?? 'no answer'}.`,
      toKnow: 'Try again later.',
    };
  // Services keep a second name for the next change of keys, and write the key there when it comes.
  if (
    key.state === 'none' &&
    key.at !== undefined &&
    all.some((one) => one !== key && judge(one, []).outcome !== 'fail' && one.state === 'found')
  )
    return {
      ...about,
      outcome: 'unknown',
      severity: 'low',
      message: `${name} leads to ${key.at}, where there is no key yet: the service keeps it for later, or was never told to sign with it.`,
      toKnow: 'Look at the page of the mail service whether it signs; a mail that arrives names the selector it is signed with.',
    };
  if (key.state === 'none')
    return {
      ...about,
      outcome: 'fail',
      message: `Mail is ${key.told === 'mail' ? '' : 'said to be '}signed with ${name}, and there is no such key.`,
    };
  if (key.problem !== undefined) return { ...about, outcome: 'fail', message: `The DKIM key ${name} cannot be read: ${key.problem}.` };
  if (key.revoked)
    return {
      ...about,
      outcome: 'fail',
      ...(key.told === 'habit' && { severity: 'low' as const }),
      message: `The DKIM key ${name} was taken back (its p= is empty).`,
    };
  if (size !== undefined && size < bits.fewest)
    return { ...about, outcome: 'fail', message: `The DKIM key ${name} has ${size} bits, and receivers count none below ${bits.fewest}.` };
  if (key.test)
    return {
      ...about,
      outcome: 'fail',
      severity: 'medium',
      message: `The DKIM key ${name} is marked as a test (t=y): receivers may treat the mail as if it were not signed.`,
    };
  if (size !== undefined && size < bits.good)
    return {
      ...about,
      outcome: 'fail',
      severity: 'low',
      message: `The DKIM key ${name} has ${size} bits: receivers count it, and ${bits.good} are advised (RFC 8301). Where the service makes keys of this size alone, it stays.`,
    };
  return {
    ...about,
    outcome: 'pass',
    message: `The DKIM key ${name} is whole (${key.type === 'rsa' ? `${size ?? 0} bits` : (key.type ?? '')}).`,
  };
}
