import { defineCheck } from '../../core/check.ts';
import { mailProof } from '../../evidence/mail-proof.ts';
import { sampleLink, sampleMail, sampleProof } from '../../evidence/mail-samples.ts';
import { toldLink } from '../mail-link-trial.ts';

export const mailLinkDead = defineCheck({
  id: 'email/mail-link-dead',
  severity: 'high',
  covers: ['S5-C4', 'S5-C5'],
  doc: {
    title: 'A link in a mail of the app leads to nothing that works',
    why: 'Whoever asked for a new password or was invited gets in by that link alone. Where it shows an error, he gives up or writes to you.',
    fix: 'Ask for the mail yourself and open its link. Build it from the route that the app has today, and deploy the page before the mail that leads to it.',
    effort: 'minutes',
  },
  needs: { proof: mailProof },
  examples: {
    fails: [
      {
        name: 'its page is not there',
        given: {
          proof: sampleProof(
            sampleMail({ link: sampleLink({ works: { outcome: 'broken', text: 'leads to a page that is not there (404)' } }) }),
          ),
        },
      },
    ],
    passes: [{ name: 'it opens, and does what it is for', given: { proof: sampleProof(sampleMail({ link: sampleLink() })) } }],
    unknowns: [
      {
        name: 'it leads to a service that counts clicks',
        given: {
          proof: sampleProof(
            sampleMail({
              link: sampleLink({
                works: {
                  outcome: 'unknown',
                  text: 'it leads to click.mailer.example, which is no host of yours and is not opened',
                  toKnow: 'Switch click tracking off for this mail.',
                },
              }),
            }),
          ),
        },
      },
    ],
  },
  *evaluate({ proof }) {
    for (const mail of proof.mails) yield* toldLink(mail, mail.link?.works, 'works', mail.link?.purpose === 'page' ? 'medium' : undefined);
  },
});
