import type { ProvenMail, ProvenSignature } from '../../../evidence/mail-proof.ts';
import type { Mail } from '../../access/mail/mailbox.ts';
import type { DnsClient } from '../../dns/client.ts';
import { judgeChain } from '../arc/chain.ts';
import { type RawMessage, splitMessage, valuesOf } from '../dkim/message.ts';
import { verifyDkim } from '../dkim/verify.ts';
import { evaluateDmarc } from '../dmarc/evaluate.ts';
import { checkSpf } from '../spf/check-host.ts';
import { formFaults } from './form.ts';
import { handedIn } from './handed-in.ts';
import { handedOver, receivedFrom } from './handed-over.ts';
import { linksIn } from './links.ts';
import { receiverSaid, withoutComments } from './results.ts';

/** What is judged of a mail that arrived. */
export type Judged = Pick<
  ProvenMail,
  | 'from'
  | 'returnPath'
  | 'spf'
  | 'dkim'
  | 'dmarc'
  | 'arc'
  | 'receiver'
  | 'handedOver'
  | 'formFaults'
  | 'links'
  | 'hasText'
  | 'hasHtml'
  | 'unsubscribe'
  | 'folder'
  | 'caught'
>;

/** Judges a mail as a receiver would: SPF, DKIM and DMARC by our own evaluators, and what it holds. `apex`: the domain of the map. Never throws. */
export async function judgeMail(dns: DnsClient, mail: Mail, isOurs: (host: string) => boolean): Promise<Judged> {
  const message = splitMessage(mail.raw);
  const from = fromDomain(message);
  const envelope = mail.envelope ?? handedIn(message);
  const returnPath = envelope && domainOf(envelope.from === '' ? envelope.helo : envelope.from);
  const [spf, signatures, over] = await Promise.all([
    // A catcher is not where the mail would go: its sender is no server of the domain.
    envelope && returnPath !== undefined && !mail.caught
      ? checkSpf(dns, { ip: envelope.ip, sender: envelope.from, helo: envelope.helo })
      : undefined,
    verifyDkim(dns, message),
    envelope && !mail.caught ? handedOver(dns, message, envelope.ip) : undefined,
  ]);
  const received = over && receivedFrom(message, over.ip);
  const faults = formFaults(message, {
    unfinished: mail.caught === true,
    ...(received !== undefined && { received }),
    ...(from !== undefined && { from }),
    now: Date.now(),
  });
  const verdict =
    from === undefined
      ? undefined
      : await evaluateDmarc(dns, {
          from,
          ...(spf && returnPath !== undefined && { spf: { result: spf.result, domain: returnPath } }),
          dkim: signatures.map(({ result, domain }) => ({ result, domain })),
        });
  const receiver = receiverSaid(message, mail.box);
  const arc = await judgeChain(dns, message, {
    ...(from !== undefined && { from }),
    ...(receiver && { receiver: receiver.name }),
    showsItself: verdict?.dkim.some(({ counts }) => counts) === true,
  });
  return {
    ...(from !== undefined && { from }),
    ...(returnPath !== undefined && { returnPath }),
    ...(mail.folder && { folder: mail.folder }),
    ...(mail.caught && { caught: true as const }),
    spf: spf
      ? {
          result: spf.result,
          ip: envelope!.ip,
          ...(spf.problem !== undefined && { why: spf.problem }),
          aligned: verdict?.spf.alignment ?? 'unclear',
        }
      : { result: 'unclear', why: mail.caught ? 'it was taken on this machine' : 'its header does not say which server handed it in' },
    dkim: signatures.map(({ domain, selector, result, why, bodyChanged, bits, key, covers }, nth): ProvenSignature => ({
      domain,
      selector,
      result,
      ...(why !== undefined && { why }),
      ...(bodyChanged && { bodyChanged }),
      ...(bits !== undefined && { bits }),
      ...(key && { key }),
      aligned: verdict?.dkim[nth]?.alignment ?? 'unclear',
      coversUnsubscribe: covers.includes('list-unsubscribe') && covers.includes('list-unsubscribe-post'),
    })),
    // Without SPF it cannot be said that nothing passed.
    dmarc: {
      result: !spf && verdict?.result === 'fail' ? 'temperror' : (verdict?.result ?? 'none'),
      ...(verdict?.effective && { policy: verdict.effective }),
    },
    ...(arc && { arc }),
    ...(receiver && { receiver }),
    ...(over && { handedOver: over }),
    ...(faults.length > 0 && { formFaults: faults }),
    links: linksIn(mail, isOurs),
    hasText: mail.text.trim() !== '',
    hasHtml: mail.html.trim() !== '',
    unsubscribe: unsubscribeOf(message),
  };
}

/** The domain of From; `undefined` where there are none or several (RFC 9989 §5.3.1). */
export function fromDomain(message: RawMessage): string | undefined {
  const fields = valuesOf(message, 'from');
  if (fields.length !== 1) return undefined;
  // What stands in quotes is a name, whatever it looks like.
  const plain = withoutComments(fields[0]!.replace(/"(?:[^"\\]|\\.)*"/g, ''));
  const angled = [...plain.matchAll(/<\s*[^<>@\s]+@([^<>@\s]+)\s*>/g)].map(([, domain = '']) => domain);
  const bare = angled.length > 0 ? angled : [...plain.matchAll(/[^\s,;<>@]+@([^\s,;<>@]+)/g)].map(([, domain = '']) => domain);
  const domains = [...new Set(bare.map((one) => one.toLowerCase().replace(/\.$/, '')))];
  return domains.length === 1 ? domains[0] : undefined;
}

function domainOf(address: string): string | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return domain === '' || domain.startsWith('[') ? undefined : domain;
}

function unsubscribeOf(message: RawMessage): ProvenMail['unsubscribe'] {
  const [list] = valuesOf(message, 'list-unsubscribe');
  if (list === undefined) return 'none';
  const [post = ''] = valuesOf(message, 'list-unsubscribe-post');
  if (/<https:/i.test(list)) return /^List-Unsubscribe=One-Click$/i.test(post) ? 'one-click' : 'link';
  return /<http:/i.test(list) ? 'link' : 'mail';
}
