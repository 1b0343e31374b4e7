import { defineCheck } from '../../core/check.ts';
import { mailProof } from '../../evidence/mail-proof.ts';
import { sampleMail, sampleProof } from '../../evidence/mail-samples.ts';

const isLocal = (host: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.localhost)$/.test(host);

export const mailLinks = defineCheck({
  id: 'email/mail-links',
  severity: 'high',
  mendedIn: 'code',
  covers: ['S5-C4', 'S5-C5'],
  doc: {
    title: 'Links in mails of the app lead somewhere else',
    why: 'A link to localhost or to a preview address lets no customer in. One without https gives its token away on the way; one to a strange host looks like phishing, to people and to spam filters.',
    fix: 'Set the address of the app in production (SITE_URL, APP_URL, NEXTAUTH_URL and the like) to https and the host of the domain map. Give click tracking a subdomain of yours, or switch it off for mails with links to sign in.',
    effort: 'minutes',
  },
  needs: { proof: mailProof },
  examples: {
    fails: [
      { name: 'localhost', given: { proof: sampleProof(sampleMail({ links: [{ host: 'localhost', secure: false, inMap: false }] })) } },
      { name: 'no https', given: { proof: sampleProof(sampleMail({ links: [{ host: 'app.example.com', secure: false, inMap: true }] })) } },
      {
        name: 'another host alone',
        given: { proof: sampleProof(sampleMail({ links: [{ host: 'my-app-git-main.vercel.app', secure: true, inMap: false }] })) },
      },
    ],
    passes: [
      { name: 'https and the right host', given: { proof: sampleProof() } },
      {
        name: 'others beside it',
        given: {
          proof: sampleProof(
            sampleMail({
              links: [
                { host: 'app.example.com', secure: true, inMap: true },
                { host: 'linkedin.com', secure: true, inMap: false },
              ],
            }),
          ),
        },
      },
    ],
  },
  *evaluate({ proof }) {
    for (const { name, by, outcome, links } of proof.mails) {
      if (outcome !== 'arrived' || by !== 'app' || links.length === 0) continue;
      const about = {
        subject: name,
        place: { name },
        proof: links.map(({ host, secure }) => ({ kind: 'step' as const, text: `${secure ? 'https' : 'http'}://${host}/…` })),
      };
      const local = links.find(({ host, inMap }) => isLocal(host) && !inMap);
      const open = links.find(({ host, secure, inMap }) => inMap && !secure && !isLocal(host));
      if (local)
        yield { ...about, outcome: 'fail', message: `The mail “${name}” leads to ${local.host}, which is only there on your own machine.` };
      else if (open) yield { ...about, outcome: 'fail', message: `The mail “${name}” leads to ${open.host} without https.` };
      else if (!links.some(({ inMap }) => inMap))
        yield {
          ...about,
          outcome: 'fail',
          severity: 'medium',
          message: `The mail “${name}” leads to ${links.map(({ host }) => host).join(', ')}, and to no host of the domain map.`,
        };
      else yield { ...about, outcome: 'pass', message: `The links of the mail “${name}” lead to the right host.` };
    }
  },
});
