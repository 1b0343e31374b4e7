import { defineCheck } from '../../core/check.ts';
import { mailProof } from '../../evidence/mail-proof.ts';
import { fittedAtReceipt } from '../../evidence/mail-rewritten.ts';
import { sampleMail, sampleProof, sampleRewritten } from '../../evidence/mail-samples.ts';

/** Seconds after which somebody who waits for a sign-in link tries again. */
const patience = 60;

export const mailForm = defineCheck({
  id: 'email/mail-form',
  severity: 'low',
  mendedIn: 'code',
  covers: ['S5-C4', 'MAIL-list-unsub', 'MAIL-rfc5322'],
  doc: {
    title: 'A mail is not as receivers want it',
    why: 'Mails without a Message-ID, or with two of what there is one of, are refused or taken for spam. Mails without a plain text, and newsletters without a way out in one click, count against the sender at Gmail and Yahoo. A sign-in link that takes minutes is asked for again and again.',
    fix: 'Leave Message-ID, Date, From and Subject to the mail library, and set each once. Send a plain text beside the HTML. For what goes to many: List-Unsubscribe with an https address and List-Unsubscribe-Post, both signed by DKIM. Send from a queue that is not held up.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc5322#section-3.6', 'https://www.rfc-editor.org/rfc/rfc8058'],
  },
  needs: { proof: mailProof },
  examples: {
    fails: [
      { name: 'HTML alone', given: { proof: sampleProof(sampleMail({ hasText: false })) } },
      { name: 'bulk without a way out', given: { proof: sampleProof(sampleMail({ bulk: true })) } },
      { name: 'no Message-ID', given: { proof: sampleProof(sampleMail({ formFaults: ['it has no Message-ID'] })) } },
      { name: 'two minutes', given: { proof: sampleProof(sampleMail({ seconds: 120 })) } },
      {
        name: 'bulk whose signature is broken, and nobody says that it fitted',
        given: {
          proof: sampleProof(
            sampleRewritten({ bulk: true, unsubscribe: 'one-click', receiver: { name: 'mx', results: [] } }, { coversUnsubscribe: true }),
          ),
        },
      },
    ],
    passes: [
      { name: 'as they should be', given: { proof: sampleProof() } },
      {
        name: 'bulk with one, whose body the receiver changed afterwards',
        given: { proof: sampleProof(sampleRewritten({ bulk: true, unsubscribe: 'one-click' }, { coversUnsubscribe: true })) },
      },
      {
        name: 'bulk with one',
        given: {
          proof: sampleProof(
            sampleMail({
              bulk: true,
              unsubscribe: 'one-click',
              dkim: [{ domain: 'example.com', selector: 's1', result: 'pass', aligned: 'strict', coversUnsubscribe: true }],
            }),
          ),
        },
      },
    ],
    unknowns: [
      {
        name: 'bulk whose signature could not be looked into',
        given: {
          proof: sampleProof(
            sampleMail({
              bulk: true,
              unsubscribe: 'one-click',
              dkim: [{ domain: 'example.com', selector: 's1', result: 'temperror', aligned: 'strict', coversUnsubscribe: true }],
            }),
          ),
        },
      },
      {
        name: 'bulk that was taken before it could be signed',
        given: { proof: sampleProof(sampleMail({ bulk: true, unsubscribe: 'one-click', dkim: [], caught: true })) },
      },
    ],
  },
  *evaluate({ proof }) {
    for (const mail of proof.mails) {
      const { name, outcome, hasText, hasHtml, bulk, unsubscribe, dkim, caught, formFaults = [], seconds = 0 } = mail;
      if (outcome !== 'arrived') continue;
      const isCovered = (by: 'pass' | 'temperror'): boolean =>
        dkim.some(({ result, coversUnsubscribe }) => result === by && coversUnsubscribe);
      // Nobody could look into the signature, or no service had put one under it yet.
      const isOpen = isCovered('temperror') || (caught === true && dkim.length === 0);
      const wasCovered = fittedAtReceipt(mail).some(({ coversUnsubscribe }) => coversUnsubscribe);
      const wantsCover = bulk === true && unsubscribe === 'one-click' && !isCovered('pass') && !wasCovered;
      const lacks = [
        ...formFaults,
        ...(hasHtml && !hasText ? ['it has no plain text'] : []),
        ...(bulk && unsubscribe !== 'one-click' ? ['it goes to many, and nobody can unsubscribe in one click'] : []),
        ...(wantsCover && !isOpen ? ['its List-Unsubscribe is not covered by a signature'] : []),
        ...(seconds > patience ? [`it took ${Math.round(seconds)} seconds`] : []),
      ];
      const about = { subject: name, place: { name } };
      if (lacks.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          ...((bulk || seconds > patience || formFaults.length > 0) && { severity: 'medium' as const }),
          message: `The mail “${name}”: ${lacks.join('; ')}.`,
        };
      else if (wantsCover)
        yield {
          ...about,
          outcome: 'unknown',
          message: `Whether a signature covers the List-Unsubscribe of the mail “${name}” could not be told.`,
          toKnow: caught
            ? 'Name a real mailbox with IMAP under access.mail, and have the app send as it will in production.'
            : 'Try again later: the key of its signature could not be asked for.',
        };
      else yield { ...about, outcome: 'pass', message: `The mail “${name}” is as receivers want it.` };
    }
  },
});
