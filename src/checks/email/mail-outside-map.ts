import { defineCheck } from '../../core/check.ts';
import { isBelowAny } from '../../evidence/mail-names.ts';
import { mailProof } from '../../evidence/mail-proof.ts';
import { sampleMail, sampleProof, sampleSpf } from '../../evidence/mail-samples.ts';
import { spfRecords } from '../../evidence/spf.ts';

export const mailOutsideMap = defineCheck({
  id: 'email/mail-outside-map',
  severity: 'medium',
  mendedIn: 'code',
  covers: ['S5-C5', 'MAIL-not-gmail-from'],
  doc: {
    title: 'A mail is from a domain that the domain map does not name',
    why: 'Mail of a service’s own domain, or of one that nobody set up, is not recognised by customers, and whether it arrives is not in your hands.',
    fix: 'Send from a domain of the map, or write the domain under domains.mail in launch-ready.yaml if it is meant to send.',
    effort: 'minutes',
  },
  needs: { proof: mailProof, spf: spfRecords },
  examples: {
    fails: [
      { name: 'From of another domain', given: { proof: sampleProof(sampleMail({ from: 'mail.app.supabase.io' })), spf: [sampleSpf()] } },
      { name: 'nobody, or several, in From', given: { proof: sampleProof(noFrom()), spf: [sampleSpf()] } },
    ],
    passes: [{ name: 'a domain of the map', given: { proof: sampleProof(), spf: [sampleSpf()] } }],
  },
  *evaluate({ proof, spf }) {
    const known = spf.map(({ domain }) => domain);
    for (const { name, outcome, from, returnPath, dkim } of proof.mails) {
      if (outcome !== 'arrived' || known.length === 0) continue;
      const signers = dkim.filter(({ result }) => result === 'pass').map(({ domain }) => domain);
      const about = {
        subject: name,
        place: { name },
        proof: [`From ${from ?? 'nobody'}`, `comes back to ${returnPath ?? 'nobody'}`, `signed by ${signers.join(', ') || 'nobody'}`].map(
          (text) => ({ kind: 'step' as const, text }),
        ),
      };
      if (from === undefined)
        yield { ...about, outcome: 'fail', severity: 'high', message: `The mail “${name}” names nobody, or several domains, in From.` };
      else if (!known.includes(from))
        yield { ...about, outcome: 'fail', message: `The mail “${name}” is from ${from}, which is not in the domain map.` };
      else {
        const others = [...new Set([...(returnPath === undefined ? [] : [returnPath]), ...signers])].filter(
          (one) => !isBelowAny(one, known),
        );
        yield {
          ...about,
          outcome: 'pass',
          message: `The mail “${name}” is from ${from}${others.length > 0 ? `; ${others.join(' and ')} of the service stands in it as well` : ''}.`,
        };
      }
    }
  },
});

function noFrom() {
  const { from: _, ...mail } = sampleMail();
  return mail;
}
