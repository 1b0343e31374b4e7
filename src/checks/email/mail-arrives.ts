import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { forwardedBy, type Vouched } from '../../evidence/mail-forwarded.ts';
import { type MailProof, mailProof, type ProvenMail } from '../../evidence/mail-proof.ts';
import { rewritten } from '../../evidence/mail-rewritten.ts';
import { sampleMail, sampleProof, sampleRewritten, sampleSeed } from '../../evidence/mail-samples.ts';

const failing = {
  dkim: [],
  spf: { result: 'fail', ip: '192.0.2.1', aligned: 'strict' as const },
  dmarc: { result: 'fail' as const, policy: 'reject' },
};

/** As a mailing list hands it on. */
const vouched = { by: 'list.example.net', says: ['dkim=pass', 'dmarc=pass'], shown: ['dkim' as const] };
const forwarded = (change: Partial<ProvenMail> = {}, word: Partial<Vouched> = {}): ProvenMail =>
  sampleMail({ ...failing, arc: { result: 'pass', sealers: ['list.example.net'], vouched: { ...vouched, ...word } }, ...change });

export const mailArrives = defineCheck({
  id: 'email/mail-arrives',
  severity: 'blocker',
  tripwire: true,
  covers: ['S5-F', 'S5-C4', 'DMARC-align-pass', 'SPF-senders-covered'],
  doc: {
    title: 'Mail of the app bounces, goes to spam or is taken for forged',
    why: 'A customer whose invitation or reset never arrives cannot use the app, and asks you for it.',
    fix: 'Set up SPF and DKIM of the service that sends for the domain as its page says, and send from that domain. Then send the mail again and look at what came of it.',
    effort: 'hours',
  },
  needs: { proof: mailProof },
  examples: {
    fails: [
      { name: 'it went to spam', given: { proof: sampleProof(sampleMail({ folder: 'spam' })) } },
      { name: 'DMARC fails', given: { proof: sampleProof(sampleMail(failing)) } },
      {
        name: 'the server does not take it',
        given: { proof: sampleProof(sampleMail({ outcome: 'refused', by: 'us', why: '550 5.7.1 sender rejected' })) },
      },
      {
        name: 'one of two does not come',
        given: {
          proof: sampleProof(sampleMail(), sampleMail({ name: 'invite', outcome: 'lost', why: 'it did not come within 60 seconds' })),
        },
      },
      {
        name: 'the receiver says that DMARC fails',
        given: { proof: sampleProof(sampleMail({ receiver: { name: 'mx.google.com', results: ['spf=pass', 'dmarc=fail'] } })) },
      },
      {
        name: 'it was handed on, and those who did vouch for nothing',
        given: { proof: sampleProof(sampleMail({ ...failing, arc: { result: 'pass', sealers: ['list.example.net'] } })) },
      },
      {
        name: 'its body was changed, and the receiver says that it failed when it came',
        given: { proof: sampleProof(sampleRewritten({ receiver: { name: 'mx', results: ['dkim=fail', 'dmarc=fail'] } })) },
      },
      {
        name: 'its body was changed, and who says that it passed may be anybody',
        given: { proof: sampleProof(sampleRewritten({ receiver: { name: 'mx', results: ['dkim=pass', 'dmarc=pass'] } })) },
      },
      { name: 'its body was changed, and it went to spam', given: { proof: sampleProof(sampleRewritten({ folder: 'spam' })) } },
      { name: 'nothing vouches for it', given: { proof: sampleProof(sampleMail({ ...failing, dmarc: { result: 'none' } })) } },
    ],
    passes: [
      { name: 'it is in the inbox, and passes', given: { proof: sampleProof() } },
      { name: 'it fails only because it was forwarded', given: { proof: sampleProof(forwarded()) } },
      { name: 'the receiver changed its body once it had passed', given: { proof: sampleProof(sampleRewritten()) } },
    ],
    unknowns: [
      { name: 'no mailbox', given: { proof: { ...sampleProof(), mailbox: false, mails: [] } } },
      {
        name: 'no box could be opened',
        given: {
          proof: {
            ...sampleProof(),
            mails: [],
            seeds: [
              sampleSeed({ mails: [], fault: { why: 'imap.gmail.com refuses this user and password', remedy: 'Make an app password.' } }),
            ],
          },
        },
      },
      { name: 'nothing to send with', given: { proof: { ...sampleProof(), sending: false, mails: [] } } },
      {
        name: 'nothing came at all',
        given: { proof: sampleProof(sampleMail({ outcome: 'lost', why: 'it did not come within 60 seconds' })) },
      },
      {
        name: 'the mailbox could not be read while one of two was waited for',
        given: {
          proof: sampleProof(
            sampleMail(),
            sampleMail({ name: 'invite', outcome: 'unseen', why: 'the connection to imap.example.com broke off', remedy: 'Run it again.' }),
          ),
        },
      },
      { name: 'it was taken on this machine', given: { proof: sampleProof(sampleMail({ caught: true, dmarc: { result: 'temperror' } })) } },
      { name: 'it went to spam where it was forwarded to', given: { proof: sampleProof(forwarded({ folder: 'spam' })) } },
      {
        name: 'who forwarded it says that it passed, and nobody can look into it',
        given: { proof: sampleProof(forwarded({}, { shown: [] })) },
      },
      {
        name: 'the seals of those who forwarded it cannot be looked at',
        given: { proof: sampleProof(sampleMail({ ...failing, arc: { result: 'temperror', why: 'no answer', sealers: [] } })) },
      },
      {
        name: 'nobody waited for it any more',
        given: {
          proof: sampleProof(sampleMail(), sampleMail({ name: 'invite', outcome: 'unasked', why: 'the time was up' })),
        },
      },
      { name: 'a name server fails', given: { proof: sampleProof(sampleMail({ dmarc: { result: 'temperror' } })) } },
    ],
  },
  *evaluate({ proof }) {
    if (proof.mails.length === 0)
      yield { outcome: 'unknown', subject: 'mail', message: 'No mail was looked at as it arrives.', toKnow: whatToGive(proof) };
    const any = proof.mails.some(({ outcome }) => outcome === 'arrived');
    for (const mail of proof.mails) yield { ...judge(mail, any), subject: mail.name, place: { name: mail.name }, proof: proofOf(mail) };
  },
});

function whatToGive({ mailbox, sending, seeds }: MailProof): string {
  const closed = seeds.find(({ fault }) => fault);
  if (closed?.fault) return `The box ${closed.name} could not be read: ${closed.fault.why}. ${closed.fault.remedy}`;
  if (!mailbox)
    return 'Name test accounts at Gmail, Outlook and Yahoo under email.seeds in launch-ready.yaml, or a mailbox under access.mail, and run it with --allow-writes.';
  return sending
    ? 'Run it with --allow-writes: it sends mails to that mailbox.'
    : 'Name the server that your app sends through under email.send, or give the address of the app, and run it with --allow-writes.';
}

function judge(mail: ProvenMail, any: boolean): Pick<Observation, 'outcome' | 'message' | 'toKnow' | 'severity'> {
  const { name, outcome, by, why = 'no reason was given', folder, dmarc, spf, dkim } = mail;
  if (outcome === 'refused') return { outcome: 'fail', message: `The mail server did not take a ${name}: ${why}.` };
  if (outcome === 'unasked')
    return {
      outcome: 'unknown',
      severity: 'medium',
      message: `The mail “${name}” was not seen: ${why}.`,
      toKnow: 'See why the others did not come, or give it more time (--timeout) or fewer mails (email.mails), and run it again.',
    };
  if (outcome === 'unsent')
    return by === 'us'
      ? {
          outcome: 'unknown',
          message: `A ${name} could not be sent: ${why}.`,
          toKnow: 'Look at email.send in launch-ready.yaml: host, port, user and password, or service and key.',
        }
      : {
          outcome: 'unknown',
          severity: 'medium',
          message: `The app did not send the mail “${name}”: ${why}.`,
          toKnow: 'Look at the request under email.mails, and at the log of the app.',
        };
  if (outcome === 'unseen')
    return {
      outcome: 'unknown',
      message: `Whether the mail “${name}” arrived could not be told: ${why}.`,
      toKnow: mail.remedy ?? 'Run it again.',
    };
  if (outcome === 'lost')
    return any
      ? { outcome: 'fail', message: `The mail “${name}” did not arrive: ${why}, and others did.` }
      : {
          outcome: 'unknown',
          message: `The mail “${name}” did not arrive: ${why}.`,
          toKnow:
            'No mail arrived at all: look whether mails to access.mail.address reach that mailbox, or give more time (email.waitSeconds).',
        };
  const kept = rewritten(mail);
  const handed = forwardedBy(mail);
  if (handed) return throughOthers(mail, handed);
  if (folder === 'spam') return { outcome: 'fail', message: `The mail “${name}” went to spam.` };
  if (mail.caught)
    return {
      outcome: 'unknown',
      severity: 'medium',
      message: `The mail “${name}” was taken on this machine, so nobody can tell how it arrives elsewhere.`,
      toKnow: 'Name a real mailbox with IMAP under access.mail, and have the app send as it will in production.',
    };
  // The receiver looked at it as it came in; by IMAP it gives out what it made of it.
  if (kept)
    return {
      outcome: 'pass',
      message: `The mail “${name}” arrived${folder === 'inbox' ? ' in the inbox' : ''}, and passed: the receiver says that the signature of ${kept.domain} fitted, and changed the body afterwards.`,
    };
  if (dmarc.result === 'fail' && mail.arc?.result === 'temperror')
    return {
      outcome: 'unknown',
      message: `The mail “${name}” was forwarded, and whether it passed DMARC before could not be told: ${mail.arc.why ?? 'no answer'}.`,
      toKnow: 'Try again later, or have it sent to a mailbox that nothing is forwarded to.',
    };
  if (dmarc.result === 'fail')
    return { outcome: 'fail', message: `The mail “${name}” is taken for forged: DMARC fails (SPF ${spf.result}, DKIM ${dkimText(mail)}).` };
  // The receiver has the last word: it looked at the mail as it came in.
  if (mail.receiver?.results.includes('dmarc=fail'))
    return {
      outcome: 'fail',
      message: `${mail.receiver.name} takes the mail “${name}” for forged: it says ${mail.receiver.results.join(', ')}.`,
    };
  if (dmarc.result === 'temperror')
    return {
      outcome: 'unknown',
      message: `Whether the mail “${name}” passes DMARC could not be told.`,
      toKnow: 'Try again later: a name server did not answer, the mail does not say who handed it in, or it is too large to be read whole.',
    };
  if (dmarc.result === 'none' && spf.result !== 'pass' && !dkim.some(({ result }) => result === 'pass'))
    return { outcome: 'fail', message: `Nothing vouches for the mail “${name}”: SPF ${spf.result}, DKIM ${dkimText(mail)}.` };
  return { outcome: 'pass', message: `The mail “${name}” arrived${folder === 'inbox' ? ' in the inbox' : ''}, and passes.` };
}

/** A mail that fails DMARC where it ended, and passed where somebody took it who handed it on: the set-up of the domain is not at fault. */
function throughOthers(
  { name, folder }: ProvenMail,
  { by, shown }: Vouched,
): Pick<Observation, 'outcome' | 'message' | 'toKnow' | 'severity'> {
  const toKnow = 'Have it sent to a mailbox that nothing is forwarded to: access.mail.address should be the address of the mailbox itself.';
  if (shown.length === 0)
    return {
      outcome: 'unknown',
      severity: 'medium',
      message: `The mail “${name}” fails DMARC and was forwarded; ${by} vouches that it passed there (ARC), which nobody could look into.`,
      toKnow,
    };
  const why = `it fails DMARC only because it was forwarded: ${by} vouches that it passed there (ARC), and ${shown.map((way) => shownWords[way]).join(', and ')}`;
  return folder === 'spam'
    ? { outcome: 'unknown', severity: 'medium', message: `The mail “${name}” went to spam where it was forwarded to; ${why}.`, toKnow }
    : { outcome: 'pass', message: `The mail “${name}” arrived${folder === 'inbox' ? ' in the inbox' : ''}; ${why}.` };
}

const shownWords = {
  spf: 'the server that handed it in there may send for the domain',
  dkim: 'the key of the domain made the signature that it carries',
} as const;

const dkimText = ({ dkim }: ProvenMail): string => (dkim.length === 0 ? 'none' : dkim.map(({ result }) => result).join(', '));

const proofOf = ({ from, returnPath, spf, dkim, arc, receiver, seconds, folder }: ProvenMail) =>
  [
    ...(seconds === undefined ? [] : [`arrived after ${seconds.toFixed(1)} s${folder ? ` in ${folder}` : ''}`]),
    ...(from === undefined ? [] : [`From ${from}, comes back to ${returnPath ?? 'nobody'}`]),
    `SPF ${spf.result}${spf.ip === undefined ? '' : ` for ${spf.ip}`}${spf.why === undefined ? '' : `: ${spf.why}`}`,
    ...dkim.map((one) => `DKIM ${one.domain}/${one.selector} ${one.result}${one.why === undefined ? '' : `: ${one.why}`}`),
    ...(arc
      ? [
          `ARC ${arc.result}${arc.why === undefined ? '' : `: ${arc.why}`}${arc.sealers.length > 0 ? ` (sealed by ${arc.sealers.join(', then ')})` : ''}`,
        ]
      : []),
    ...(arc?.vouched ? [`${arc.vouched.by} says of it ${arc.vouched.says.join(', ')}`] : []),
    ...(receiver ? [`${receiver.name} says ${receiver.results.join(', ')}`] : []),
  ].map((text) => ({ kind: 'step' as const, text }));
