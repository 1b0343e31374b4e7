import { defineCheck } from '../../core/check.ts';
import { mailProof, type ProvenMail } from '../../evidence/mail-proof.ts';
import { rewritten } from '../../evidence/mail-rewritten.ts';
import { sampleMail, sampleProof, sampleRewritten } from '../../evidence/mail-samples.ts';

const signature = {
  domain: 'example.com',
  selector: 's1',
  result: 'pass' as const,
  bits: 2048,
  aligned: 'strict' as const,
  coversUnsubscribe: false,
};

const changedOnTheWay = (shown: readonly 'dkim'[]): ProvenMail =>
  sampleMail({
    dkim: [{ ...signature, result: 'fail', why: 'the body is not the one that was signed' }],
    arc: { result: 'pass', sealers: ['list.example.net'], vouched: { by: 'list.example.net', says: ['dkim=pass'], shown } },
  });

export const mailSigned = defineCheck({
  id: 'email/mail-signed',
  severity: 'high',
  covers: ['S5-C2', 'DKIM-present', 'DKIM-aligned'],
  doc: {
    title: 'Mail is not signed with DKIM by the domain it is from',
    why: 'SPF breaks whenever a mail is forwarded; only a signature of your own domain lives on. Gmail and Yahoo want one.',
    fix: 'Set up DKIM at the service that sends, for the domain that stands in From: its page gives one record or two. A signature of the service alone does not count.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc6376'],
  },
  needs: { proof: mailProof },
  examples: {
    fails: [
      { name: 'no signature', given: { proof: sampleProof(sampleMail({ dkim: [] })) } },
      {
        name: 'a signature of the service alone',
        given: { proof: sampleProof(sampleMail({ dkim: [{ ...signature, domain: 'amazonses.com', aligned: 'no' }] })) },
      },
      {
        name: 'a signature that is broken',
        given: {
          proof: sampleProof(sampleMail({ dkim: [{ ...signature, result: 'fail', why: 'the body is not the one that was signed' }] })),
        },
      },
    ],
    passes: [
      { name: 'one of the domain', given: { proof: sampleProof() } },
      { name: 'one that the receiver broke when it stored the mail', given: { proof: sampleProof(sampleRewritten()) } },
      { name: 'one that whoever forwarded it broke', given: { proof: sampleProof(changedOnTheWay(['dkim'])) } },
    ],
    unknowns: [
      { name: 'one that may have been broken on the way', given: { proof: sampleProof(changedOnTheWay([])) } },
      {
        name: 'the key could not be asked for',
        given: { proof: sampleProof(sampleMail({ dkim: [{ ...signature, result: 'temperror', why: 'no answer' }] })) },
      },
    ],
  },
  *evaluate({ proof }) {
    for (const mail of proof.mails) {
      const { name, outcome, from, dkim, spf, caught, arc } = mail;
      if (outcome !== 'arrived') continue;
      const about = {
        subject: name,
        place: { name },
        proof: dkim.map((one) => ({
          kind: 'step' as const,
          text: `DKIM ${one.domain}/${one.selector} ${one.result}${one.why === undefined ? '' : `: ${one.why}`}`,
        })),
      };
      const own = dkim.filter(({ aligned }) => aligned !== 'no');
      const passed = own.find(({ result, aligned }) => result === 'pass' && aligned !== 'unclear');
      const kept = rewritten(mail);
      const open = own.some(({ result, aligned }) => result === 'temperror' || (result === 'pass' && aligned === 'unclear'));
      if (passed) yield { ...about, outcome: 'pass', message: `The mail “${name}” is signed by ${passed.domain} (${passed.selector}).` };
      else if (kept)
        yield {
          ...about,
          outcome: 'pass',
          message: `The mail “${name}” was signed by ${kept.domain} (${kept.selector}), as the receiver says; it changed the body afterwards.`,
        };
      // RFC 8617: a signature that a mailing list broke was seen whole by it.
      else if (own.length > 0 && arc?.vouched?.shown.includes('dkim'))
        yield {
          ...about,
          outcome: 'pass',
          message: `The mail “${name}” was signed by ${own[0]!.domain} (${own[0]!.selector}); it was changed when it was forwarded, and ${arc.vouched.by} vouches that the signature fit (ARC).`,
        };
      else if (own.length > 0 && arc?.vouched?.says.includes('dkim=pass'))
        yield {
          ...about,
          outcome: 'unknown',
          severity: 'medium',
          message: `The signature of the mail “${name}” is broken; ${arc.vouched.by}, which forwarded it, says that it fit there (ARC), and nobody could look into that.`,
          toKnow: 'Have it sent to a mailbox that nothing is forwarded to.',
        };
      else if (open)
        yield {
          ...about,
          outcome: 'unknown',
          message: `Whether the mail “${name}” is signed by ${from ?? 'its domain'} could not be told.`,
          toKnow: 'Try again later.',
        };
      else if (caught && dkim.length === 0)
        yield {
          ...about,
          outcome: 'unknown',
          severity: 'medium',
          message: `The mail “${name}” was taken on this machine before a mail service could sign it.`,
          toKnow: 'Name a real mailbox with IMAP under access.mail, and have the app send as it will in production.',
        };
      else
        yield {
          ...about,
          outcome: 'fail',
          ...(spf.result === 'pass' && spf.aligned !== 'no' && { severity: 'medium' as const }),
          message:
            own.length > 0
              ? `The signature of the mail “${name}” does not count: ${own[0]?.why ?? own[0]?.result ?? ''}.`
              : dkim.length > 0
                ? `The mail “${name}” is from ${from ?? 'nobody'} and signed by ${dkim.map(({ domain }) => domain).join(' and ')} alone.`
                : `The mail “${name}” is not signed.`,
        };
    }
  },
});
