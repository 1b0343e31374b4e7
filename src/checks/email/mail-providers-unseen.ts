import { defineCheck } from '../../core/check.ts';
import { mailProviders } from '../../core/mail-providers.ts';
import { andList } from '../../core/wording.ts';
import { type MailProof, mailProof, type SeedBox } from '../../evidence/mail-proof.ts';
import { sampleProof, sampleSeed } from '../../evidence/mail-samples.ts';

const seeded = (...seeds: readonly SeedBox[]): { readonly proof: MailProof } => ({ proof: { ...sampleProof(), seeds } });
const all = mailProviders.map(({ id }) => sampleSeed({ name: id, provider: id }));

/** Never a fail, and no failure signal of its own: whoever has no account at a provider can launch, and is told what was not looked at. */
export const mailProvidersUnseen = defineCheck({
  id: 'email/mail-providers-unseen',
  severity: 'low',
  covers: ['MAIL-placement'],
  doc: {
    title: 'Nobody looked how mail arrives at Gmail, Outlook or Yahoo',
    why: 'Most customers have their mailbox at one of these three, and each judges for itself: what is in the inbox at one can be in spam at the next.',
    fix: 'Name a test account of yours at each under email.seeds in launch-ready.yaml.',
    effort: 'minutes',
  },
  needs: { proof: mailProof },
  examples: {
    fails: [],
    passes: [
      { name: 'a box at all three', given: seeded(...all) },
      {
        name: 'a box at two, and the mailbox is the third',
        given: { proof: { ...seeded(...all.slice(1)).proof, mailboxAt: { provider: 'gmail' } } },
      },
    ],
    unknowns: [
      { name: 'no box at any', given: seeded() },
      { name: 'no box at two of them', given: seeded(sampleSeed()) },
    ],
  },
  *evaluate({ proof }) {
    // Where nothing was sent, another check says so, and what it takes.
    if (proof.mails.length === 0 && proof.seeds.length === 0) return;
    const missing = mailProviders.filter(
      ({ id }) => proof.mailboxAt?.provider !== id && !proof.seeds.some(({ provider }) => provider === id),
    );
    yield missing.length === 0
      ? { outcome: 'pass', subject: 'providers', message: 'Mail was sent to a test account at Gmail, Outlook and Yahoo each.' }
      : {
          outcome: 'unknown',
          subject: 'providers',
          message: `How mail arrives at ${andList(missing.map(({ name }) => name))} is not known: there is no test account of yours.`,
          toKnow: `Name a test account at each under email.seeds in launch-ready.yaml. ${missing.map(({ access }) => access).join(' ')}`,
        };
  },
});
