import { defineCheck } from '../../core/check.ts';
import { mailProof } from '../../evidence/mail-proof.ts';
import { sampleLink, sampleMail, sampleProof } from '../../evidence/mail-samples.ts';
import { toldLink } from '../mail-link-trial.ts';

export const mailLinkSpentByScanner = defineCheck({
  id: 'email/mail-link-spent-by-scanner',
  severity: 'medium',
  covers: ['S5-C4', 'S5-C5'],
  doc: {
    title: 'A link in a mail of the app is used up by a program that only opens it',
    why: 'Outlook, many firms and virus scanners open the links of a mail before its reader does. He then reads that his link was used already, again and again, and cannot get in.',
    fix: 'Let the link only show a page. Use the token up when its button is pressed (a POST), and not when the page is opened (a GET).',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1'],
  },
  needs: { proof: mailProof },
  examples: {
    fails: [
      {
        name: 'opening it is using it',
        given: {
          proof: sampleProof(
            sampleMail({
              link: sampleLink({
                looked: { outcome: 'broken', text: 'is used up by whoever opens it first, and be it a program that looks through mails' },
              }),
            }),
          ),
        },
      },
    ],
    passes: [{ name: 'it works after somebody else has opened it', given: { proof: sampleProof(sampleMail({ link: sampleLink() })) } }],
  },
  *evaluate({ proof }) {
    for (const mail of proof.mails) yield* toldLink(mail, mail.link?.looked, 'works after it was opened');
  },
});
