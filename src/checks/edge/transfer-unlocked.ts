import { defineCheck } from '../../core/check.ts';
import { registration } from '../../evidence/registration.ts';
import { registrationSample, registrationUnseen } from '../../evidence/registration-samples.ts';

export const transferUnlocked = defineCheck({
  id: 'edge/transfer-unlocked',
  severity: 'medium',
  covers: ['S3-C1'],
  doc: {
    title: 'The domain is not locked against being moved to another registrar',
    why: 'Whoever gets into the mailbox of the owner can take the domain away, and with it the app, its mail and every password reset.',
    fix: 'Switch on "transfer lock" or "domain lock" at the registrar, and sign in there with a second factor.',
    effort: 'minutes',
    references: ['https://www.icann.org/resources/pages/epp-status-codes-2014-06-16-en'],
  },
  needs: { registered: registration },
  examples: {
    fails: [{ name: 'no lock', given: { registered: registrationSample({ status: ['active'] }) } }],
    passes: [{ name: 'locked', given: { registered: registrationSample() } }],
    unknowns: [{ name: 'the registry does not answer', given: { registered: registrationUnseen } }],
  },
  *evaluate({ registered: { domain, is, why, status, source } }) {
    if (is === 'not-ours' || is === 'missing') return;
    const about = { subject: domain, place: { name: domain } };
    const proof = [{ kind: 'step' as const, place: { url: source }, text: `asked ${source}: ${status.join(', ') || 'no status'}` }];
    const isCountry = /\.[a-z]{2}$/.test(domain);
    if (is !== 'told' || status.length === 0)
      yield {
        ...about,
        outcome: 'unknown',
        ...(is !== 'failed' && { severity: 'low' as const }),
        message: `Nobody could tell whether ${domain} is locked against transfer: ${is !== 'told' ? why.replace(/\.$/, '') : 'the registry gives no status'}.`,
        toKnow: 'Look at the registrar, or name an RDAP service under domains.rdap that can be reached from here.',
      };
    else if (status.some((one) => /^(client|server) transfer prohibited$/.test(one)))
      yield { ...about, outcome: 'pass', message: `${domain} is locked against transfer.`, proof };
    // Registries of countries have ways of their own, a code or a letter; only some know such a lock.
    else if (isCountry && !status.some((one) => one.startsWith('client ')))
      yield {
        ...about,
        outcome: 'not-applicable',
        message: `The registry of ${domain} shows no lock against transfer; it has rules of its own.`,
        proof,
      };
    else yield { ...about, outcome: 'fail', message: `${domain} is not locked against transfer to another registrar.`, proof };
  },
});
