import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { mailProviders } from '../../core/mail-providers.ts';
import { andList } from '../../core/wording.ts';
import { type MailProof, mailProof, type ProvenMail, type SeedBox } from '../../evidence/mail-proof.ts';
import { rewritten } from '../../evidence/mail-rewritten.ts';
import { sampleMail, sampleProof, sampleRewritten, sampleSeed } from '../../evidence/mail-samples.ts';

const seeded = (...seeds: readonly SeedBox[]): { readonly proof: MailProof } => ({ proof: { ...sampleProof(), seeds } });
const all = mailProviders.map(({ id }) => sampleSeed({ name: id, provider: id }));

export const mailPlacement = defineCheck({
  id: 'email/mail-placement',
  severity: 'blocker',
  covers: ['MAIL-placement', 'S5-F'],
  doc: {
    title: 'Mail ends in spam where customers have their mailboxes',
    why: 'Each provider judges for itself: what is in the inbox at Gmail can be in spam at Outlook, and whoever is invited there never sees it.',
    fix: 'Look at what that provider says of SPF, DKIM and DMARC in the table, and set right what fails. Where all pass it is the name of the domain or of the sending address: send from a domain that people know, little at first, and only to those who wait for it. Then send again.',
    effort: 'hours',
    references: [
      'https://support.google.com/a/answer/81126',
      'https://senders.yahooinc.com/best-practices/',
      'https://sendersupport.olc.protection.outlook.com/pm/',
    ],
  },
  needs: { proof: mailProof },
  examples: {
    fails: [
      { name: 'in spam at one of three', given: seeded(...all.slice(1), sampleSeed({ mails: [sampleMail({ folder: 'spam' })] })) },
      {
        name: 'one of two does not come',
        given: seeded(
          ...all.slice(1),
          sampleSeed({ mails: [sampleMail(), sampleMail({ name: 'invite', outcome: 'lost', why: 'it did not come within 60 seconds' })] }),
        ),
      },
      {
        name: 'the server that sends is told no',
        given: seeded(...all.slice(1), sampleSeed({ mails: [sampleMail({ outcome: 'refused', by: 'us', why: '550 5.7.1 blocked' })] })),
      },
      {
        name: 'one takes it for forged',
        given: seeded(
          ...all.slice(1),
          sampleSeed({ mails: [sampleMail({ receiver: { name: 'mx.google.com', results: ['dmarc=fail'] } })] }),
        ),
      },
      {
        name: 'the body was changed, and the receiver does not say that it passed',
        given: seeded(...all.slice(1), sampleSeed({ mails: [sampleRewritten({ receiver: { name: 'mx', results: [] } })] })),
      },
    ],
    passes: [
      {
        name: 'one changed the body once the mail had passed',
        given: seeded(...all.slice(1), sampleSeed({ mails: [sampleRewritten()] })),
      },
      { name: 'in the inbox at all three', given: seeded(...all) },
      {
        name: 'in the inbox at two, and the mailbox is the third',
        given: { proof: { ...seeded(...all.slice(1)).proof, mailboxAt: { provider: 'gmail' } } },
      },
    ],
    unknowns: [
      { name: 'no box at any', given: seeded() },
      { name: 'no box at two of them', given: seeded(sampleSeed()) },
      {
        name: 'nobody waited for one of two any more',
        given: seeded(
          ...all.slice(1),
          sampleSeed({ mails: [sampleMail(), sampleMail({ name: 'invite', outcome: 'unasked', why: 'the time was up' })] }),
        ),
      },
      {
        name: 'a box that cannot be opened',
        given: seeded(
          ...all.slice(1),
          sampleSeed({ mails: [], fault: { why: 'imap.gmail.com refuses this user and password', remedy: 'Make an app password.' } }),
        ),
      },
      {
        name: 'a box that could not be read while one of two was waited for',
        given: seeded(
          ...all.slice(1),
          sampleSeed({
            fault: { why: 'the connection to imap.gmail.com broke off', remedy: 'Run it again.' },
            mails: [sampleMail(), sampleMail({ name: 'invite', outcome: 'unseen', why: 'the connection to imap.gmail.com broke off' })],
          }),
        ),
      },
      {
        name: 'nothing came there at all',
        given: seeded(...all.slice(1), sampleSeed({ mails: [sampleMail({ outcome: 'lost', why: 'it did not come within 60 seconds' })] })),
      },
    ],
  },
  *evaluate({ proof }) {
    // Where nothing was sent, another check says so, and what it takes.
    if (proof.mails.length === 0 && proof.seeds.length === 0) return;
    const isDown = proof.mails.some(({ outcome, by }) => by === 'us' && (outcome === 'refused' || outcome === 'unsent'));
    for (const box of proof.seeds) {
      // What keeps mails from going out at all is told once, where it is told of each mail.
      if (isDown && !box.fault && box.mails.every(({ outcome }) => outcome === 'refused' || outcome === 'unsent')) continue;
      yield {
        ...judge(box, proof.mails),
        subject: box.name,
        place: { name: box.name },
        proof: box.mails.map((mail) => ({ kind: 'step' as const, text: stepOf(mail) })),
      };
    }
    const missing = mailProviders.filter(
      ({ id }) => proof.mailboxAt?.provider !== id && !proof.seeds.some(({ provider }) => provider === id),
    );
    // Whoever has no account there can launch, and is told what was not looked at.
    if (missing.length > 0)
      yield {
        outcome: 'unknown',
        severity: 'low',
        subject: 'providers without a box',
        message: `How mail arrives at ${andList(missing.map(({ name }) => name))} is not known: there is no test account of yours.`,
        toKnow: `Name a test account at each under email.seeds in launch-ready.yaml. ${missing.map(({ access }) => access).join(' ')}`,
      };
  },
});

type Told = Pick<Observation, 'outcome' | 'message' | 'toKnow' | 'severity'>;

const quoted = (mails: readonly ProvenMail[]): string => andList(mails.map(({ name }) => `“${name}”`));
const isForged = (mail: ProvenMail): boolean =>
  !rewritten(mail) && (mail.dmarc.result === 'fail' || mail.receiver?.results.includes('dmarc=fail') === true);

/** What came of the mails in one box. `inMailbox`: the same ones as they came to the mailbox of the run. */
function judge({ name, fault, mails }: SeedBox, inMailbox: readonly ProvenMail[]): Told {
  const came = mails.filter(({ outcome }) => outcome === 'arrived');
  const spam = came.filter(({ folder }) => folder === 'spam');
  // A test mail says what it is, and nothing that a customer waits for.
  const severity = spam.length > 0 && spam.every(({ by }) => by === 'us') && came.length > spam.length ? { severity: 'high' as const } : {};
  if (spam.length > 0)
    return {
      outcome: 'fail',
      ...severity,
      message: `${spam.length === came.length ? 'All that arrived' : `Of ${came.length} mails ${spam.length}`} went to spam at ${name}: ${quoted(spam)}.`,
    };
  const refused = mails.filter(({ outcome }) => outcome === 'refused');
  if (refused.length > 0)
    return {
      outcome: 'fail',
      message: `The mail server did not take ${quoted(refused)} for ${name}: ${refused[0]?.why ?? 'no reason was given'}.`,
    };
  const lost = mails.filter(({ outcome }) => outcome === 'lost');
  if (lost.length > 0 && came.length > 0) return { outcome: 'fail', message: `${quoted(lost)} did not arrive at ${name}, and others did.` };
  const forged = came.filter(isForged);
  // What fails everywhere is told once, where it is told of each mail.
  if (forged.length > 0 && !inMailbox.some(isForged))
    return {
      outcome: 'fail',
      message: `At ${name} ${quoted(forged)} ${forged.length > 1 ? 'are' : 'is'} taken for forged: DMARC fails there.`,
    };
  if (fault)
    return { outcome: 'unknown', severity: 'medium', message: `The box ${name} could not be read: ${fault.why}.`, toKnow: fault.remedy };
  if (lost.length > 0)
    return {
      outcome: 'unknown',
      message: `Nothing arrived at ${name} at all: ${quoted(lost)}.`,
      toKnow: `Look whether its address under email.seeds is right. If a mail of your own reaches it, then ${name} throws away those of the app: ask its postmaster, or give more time (email.waitSeconds).`,
    };
  const skipped = mails.filter(({ outcome }) => outcome === 'unasked');
  if (skipped.length > 0)
    return {
      outcome: 'unknown',
      severity: 'medium',
      message: `What comes of ${quoted(skipped)} at ${name} is not known: ${skipped[0]?.why ?? 'no reason was given'}.`,
      toKnow: 'Give it more time (--timeout) or fewer mails (email.mails), and run it again.',
    };
  if (came.length === 0) {
    const [unsent] = mails;
    return {
      outcome: 'unknown',
      severity: 'medium',
      message: unsent ? `Nothing could be sent to ${name}: ${unsent.why ?? 'no reason was given'}.` : `Nothing was sent to ${name}.`,
      toKnow: unsent
        ? 'Look at email.send in launch-ready.yaml: host, port, user and password, or service and key.'
        : 'Name the server that the app sends through under email.send, or mails with {address} in their request under email.mails.',
    };
  }
  return {
    outcome: 'pass',
    message: `${came.length === 1 ? 'The mail' : `All ${came.length} mails`} that ${name} got ${came.length === 1 ? 'is' : 'are'} in the inbox.`,
  };
}

const stepOf = ({ name, outcome, why, folder, seconds, receiver }: ProvenMail): string =>
  outcome === 'arrived'
    ? `${name}: ${folder ?? 'arrived'}${seconds === undefined ? '' : ` after ${seconds.toFixed(1)} s`}${receiver ? `; ${receiver.name} says ${receiver.results.join(', ')}` : ''}`
    : `${name}: ${outcome}${why === undefined ? '' : `, ${why}`}`;
