import type { Block } from '../core/deliverable.ts';
import { mailProviders } from '../core/mail-providers.ts';
import type { MailProof, ProvenMail, SeedBox } from '../evidence/mail-proof.ts';

/** Where each mail ended: a row a mail, a column a box. A box that could not be read is told below. */
export function seedBlocks({ mails, seeds, mailboxAt }: MailProof): Block[] {
  if (seeds.length === 0) return [];
  const main: SeedBox[] = mails.some(({ caught }) => !caught) ? [{ name: mailboxAt?.seed ?? 'mailbox', mails }] : [];
  const read = seeds.filter((box) => box.mails.length > 0);
  const boxes = read.length > 0 ? [...main, ...read] : [];
  // What came to the mailbox alone stands above.
  const names = [...new Set(seeds.flatMap((box) => box.mails.map(({ name }) => name)))];
  const closed = seeds.flatMap(({ name, fault }) => (fault ? [`${name} could not be read: ${fault.why}.`] : []));
  const missing = mailProviders.filter(({ id }) => mailboxAt?.provider !== id && !seeds.some(({ provider }) => provider === id));
  return [
    { kind: 'heading', level: 3, text: 'Where they end' },
    ...(boxes.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            label: 'where mails end',
            columns: ['Mail', ...boxes.map(({ name }) => name)],
            rows: names.map((name) => [
              name,
              ...boxes.map((box) => {
                const mail = box.mails.find((one) => one.name === name);
                return mail ? cell(mail) : 'not sent there';
              }),
            ]),
          },
        ]),
    ...closed.map((text): Block => ({ kind: 'text', text })),
    ...(missing.length > 0
      ? [{ kind: 'text' as const, text: `Not known: ${missing.map(({ name }) => name).join(', ')}, where there is no test account.` }]
      : []),
  ];
}

function cell(mail: ProvenMail): string {
  const { outcome, why, unseen, folder, seconds } = mail;
  if (unseen) return `not seen: ${why ?? 'no reason was given'}`;
  if (outcome !== 'arrived')
    return `${{ lost: 'did not come', refused: 'refused', unsent: 'not sent' }[outcome]}${why === undefined ? '' : `: ${why}`}`;
  const where = folder === 'spam' ? 'SPAM' : (folder ?? 'arrived');
  return `${where}${seconds === undefined ? '' : ` after ${seconds.toFixed(1)} s`}; ${authenticated(mail)}`;
}

/** What we and the receiver make of it; what both say is said once. */
function authenticated({ spf, dkim, dmarc, receiver }: ProvenMail): string {
  const signed = dkim.some(({ result }) => result === 'pass') ? 'pass' : (dkim[0]?.result ?? 'none');
  const ours = [`spf=${spf.result}`, `dkim=${signed}`, `dmarc=${dmarc.result}`];
  const text = ours.every((one) => one.endsWith('=pass'))
    ? 'SPF, DKIM and DMARC pass'
    : `SPF ${spf.result}, DKIM ${signed}, DMARC ${dmarc.result}`;
  const theirs = receiver?.results ?? [];
  if (theirs.length === 0) return `${text}; it does not say what it makes of it`;
  return ours.every((one) => theirs.includes(one)) && theirs.every((one) => ours.includes(one) || one.startsWith('arc='))
    ? `${text}, and it says the same`
    : `${text}; it says ${theirs.join(', ')}`;
}
