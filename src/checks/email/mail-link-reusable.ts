import { defineCheck } from '../../core/check.ts';
import { linkAgainName } from '../../evidence/access-names.ts';
import { mailProof } from '../../evidence/mail-proof.ts';
import { sampleLink, sampleMail, sampleProof } from '../../evidence/mail-samples.ts';
import { toldLink } from '../mail-link-trial.ts';

export const mailLinkReusable = defineCheck({
  id: 'email/mail-link-reusable',
  severity: 'high',
  covers: ['S5-C4', 'S2-C5', 'MAGIC-same-rules', 'RESET-single-use', 'INVITE-same-rules'],
  doc: {
    title: 'A link in a mail of the app works again after it was used',
    why: 'Mails are forwarded, and lie in shared mailboxes and backups for years. Whoever finds such a link later signs in, or sets another password, in the name of your customer.',
    fix: 'Mark the token as used in the same statement that looks it up (update … where used_at is null returning user_id), and go on only when that gave a row.',
    effort: 'hours',
    references: [
      'https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html',
      'https://cwe.mitre.org/data/definitions/294.html',
    ],
  },
  needs: { proof: mailProof },
  examples: {
    fails: [
      {
        name: 'a second password by the same link',
        given: {
          proof: sampleProof(
            sampleMail({ link: sampleLink({ once: { outcome: 'broken', text: 'sets a password again after it was used' } }) }),
          ),
        },
      },
    ],
    passes: [{ name: 'it works once', given: { proof: sampleProof(sampleMail({ link: sampleLink() })) } }],
    unknowns: [
      {
        name: 'the app did not answer the second time',
        given: {
          proof: sampleProof(
            sampleMail({
              link: sampleLink({
                once: {
                  outcome: 'unknown',
                  text: 'the app did not say whose session it was (503)',
                  toKnow: 'Run it again once the app answers.',
                },
              }),
            }),
          ),
        },
      },
    ],
  },
  *evaluate({ proof }) {
    for (const mail of proof.mails)
      for (const told of toldLink(mail, mail.link?.once, 'works once'))
        // In a run with both, `access` tells it of the same links.
        yield told.outcome === 'fail' && mail.link ? { ...told, suspects: [{ access: linkAgainName(mail.link.purpose) }] } : told;
  },
});
