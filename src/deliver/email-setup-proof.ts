import type { Block } from '../core/deliverable.ts';
import { forwardedBy } from '../evidence/mail-forwarded.ts';
import { rewritten } from '../evidence/mail-rewritten.ts';
import { linkInWords } from '../evidence/mail-link.ts';
import type { MailProof, ProvenMail } from '../evidence/mail-proof.ts';

/** What came of each mail that was sent, a row each. */
export function proofBlocks({ mails, mailboxAt, seeds, notes, leftovers }: MailProof): Block[] {
  const heading: Block = {
    kind: 'heading',
    level: 2,
    text: `Mails as they arrived${mailboxAt?.seed === undefined ? '' : ` at ${mailboxAt.seed}`}`,
  };
  if (mails.length === 0 && seeds.length > 0) return [heading, ...notes.map((text): Block => ({ kind: 'text', text }))];
  if (mails.length === 0)
    return [
      heading,
      {
        kind: 'text',
        text: 'No mail was sent. Name a mailbox (access.mail, or test accounts at Gmail, Outlook and Yahoo under email.seeds) and a server to send through (email.send) in launch-ready.yaml, and run it with --allow-writes.',
      },
    ];
  return [
    heading,
    {
      kind: 'table',
      label: 'mails as they arrived',
      columns: ['Mail', 'Arrived', 'SPF', 'DKIM', 'DMARC', 'Receiver says', 'Holds', 'Link'],
      rows: mails.map((mail) => [
        mail.name,
        arrivedCell(mail),
        ...(mail.outcome === 'arrived' ? cells(mail) : ['–', '–', '–', '–', '–', '–']),
      ]),
    },
    ...notes.map((text): Block => ({ kind: 'text', text })),
    ...gathered(leftovers).map((text): Block => ({ kind: 'text', text: `Left in the app: ${text}.` })),
  ];
}

/** What one request made for several is told once. */
function gathered(leftovers: readonly string[]): string[] {
  const by = new Map<string, string[]>();
  for (const one of leftovers) {
    const [what = '', whom] = one.split(' made for ', 2);
    by.set(what, [...(by.get(what) ?? []), ...(whom === undefined ? [] : [whom])]);
  }
  return [...by].map(([what, whom]) => (whom.length === 0 ? what : `${what} made for ${whom.join(', ')}`));
}

function arrivedCell({ outcome, why, unseen, folder, seconds, caught }: ProvenMail): string {
  if (unseen) return `not seen: ${why ?? 'no reason was given'}`;
  if (outcome !== 'arrived') return `${{ lost: 'no', refused: 'refused', unsent: 'not sent' }[outcome]}: ${why ?? 'no reason was given'}`;
  const where = caught ? 'on this machine' : folder === undefined ? 'yes' : folder;
  return `${where}${seconds === undefined ? '' : ` after ${seconds.toFixed(1)} s`}`;
}

const aligned = (how: string | undefined): string =>
  how === 'no' ? ', of another domain' : how === 'unclear' || how === undefined ? '' : `, ${how}`;

/** Who changed the mail or handed it on, and what that came to. */
function chainText(mail: ProvenMail): string {
  const { arc } = mail;
  if (rewritten(mail)) return '; passed as it came, and the receiver changed its body in the box';
  if (!arc) return '';
  if (arc.result !== 'pass') return `; forwarded, ARC ${arc.result}`;
  const by = forwardedBy(mail);
  if (!by) return `; ARC pass (${arc.sealers.join(', ')})`;
  return `; passed before it was forwarded, ${by.shown.length > 0 ? `as ${by.by} vouches` : `says ${by.by}, which nobody could look into`} (ARC)`;
}

const cells = (mail: ProvenMail): string[] => {
  const { spf, dkim, dmarc, receiver, links, link, hasText, hasHtml } = mail;
  return [
    `${spf.result}${spf.result === 'pass' ? aligned(spf.aligned) : ''}`,
    dkim.length === 0 ? 'none' : dkim.map((one) => `${one.domain}/${one.selector} ${one.result}${aligned(one.aligned)}`).join('; '),
    `${dmarc.result}${dmarc.policy === undefined ? '' : ` (p=${dmarc.policy})`}${chainText(mail)}`,
    receiver ? `${receiver.results.join(', ') || 'nothing'} (${receiver.name})` : 'nothing',
    [
      hasText && hasHtml ? 'text and HTML' : hasText ? 'text' : 'HTML alone',
      ...links.map(({ host, secure }) => `link to ${secure ? '' : 'http://'}${host}`),
    ].join(', '),
    link ? linkInWords(link) : links.length > 0 ? 'not tried' : 'none',
  ];
};
