import { splitText } from '../collect/provider/cloudflare/plan/given.ts';
import type { DnsAnswer, DnsClient } from '../collect/dns/client.ts';
import { recordText, wantedText } from '../collect/dns/record-text.ts';
import type { GivenDomains, GivenRecord } from '../core/target.ts';

/** A record as it is entered in the form of a DNS host. */
export interface ClickRecord {
  readonly record: GivenRecord;
  /** What is to be done with it, as the DNS answers now. */
  readonly todo: 'add' | 'change' | 'there' | 'unknown';
  /** What is there now, or why nobody could tell. */
  readonly now: string;
  /** The name without the domain: what nearly all forms want. `@` for the domain itself. */
  readonly host: string;
  readonly notes: readonly string[];
}

/** Asks the DNS for each record of the domain map, and says what is to be entered where. */
export const clickRecords = (dns: DnsClient, { apex, records = [] }: GivenDomains): Promise<ClickRecord[]> =>
  Promise.all(
    records.map(async (record) => {
      const answer = await dns.ask(record.name, record.type);
      return { record, ...judged(record, answer), host: hostField(record.name, apex), notes: notesFor(record, apex) };
    }),
  );

/** `app` of `app.example.com`, `@` of the domain itself. */
export const hostField = (name: string, apex: string): string => (name === apex ? '@' : name.slice(0, -apex.length - 1));

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

function judged(record: GivenRecord, answer: DnsAnswer): Pick<ClickRecord, 'todo' | 'now'> {
  if (answer.is === 'failed') return { todo: 'unknown', now: answer.text };
  const all = answer.is === 'records' ? answer.records.map(({ type, data }) => recordText(type, data)) : [];
  if (all.includes(wantedText(record))) return { todo: 'there', now: 'it is there' };
  // Beside others, unless only one of its kind may be there.
  const rivals = all.filter((one) => isRival(record, one));
  return rivals.length > 0
    ? { todo: 'change', now: rivals.join(', ') }
    : { todo: 'add', now: all.length > 0 ? `beside ${all.join(', ')}` : 'nothing' };
}

const singles = /^v=(?:spf1|DMARC1|DKIM1|STSv1|TLSRPTv1)/i;

function isRival({ type, content }: GivenRecord, now: string): boolean {
  if (type === 'TXT') return singles.test(content) && singles.exec(now)?.[0].toLowerCase() === singles.exec(content)?.[0].toLowerCase();
  return type === 'A' || type === 'AAAA' || type === 'CNAME';
}

function notesFor({ name, type, content }: GivenRecord, apex: string): string[] {
  const parts = type === 'TXT' ? splitText(content) : [];
  return [
    ...(type === 'TXT' ? ['Paste it without quotes: the form adds them. Where you see quotes twice afterwards, it did not.'] : []),
    ...(parts.length > 1
      ? [
          `It is longer than 255 bytes. Most forms take it whole; where yours does not, paste it as ${parts.length} strings: ${parts.map((part) => `"${part}"`).join(' ')}`,
        ]
      : []),
    ...(type === 'CNAME' && name === apex
      ? [
          'The domain itself cannot have a CNAME beside its other records: choose ALIAS, ANAME or "CNAME flattening", or ask your host for an IP address.',
        ]
      : []),
    ...(type === 'CNAME' && name !== apex ? ['Nothing else may be at this name: delete A, AAAA and TXT records of it.'] : []),
    ...(type === 'CNAME' || type === 'MX' || type === 'NS'
      ? [`Where the form puts ${apex} behind the value, write it with a dot at the end: ${plain(content.replace(/^\d+\s+/, ''))}.`]
      : []),
  ];
}

const titles = {
  add: 'Add',
  change: 'Change',
  there: 'Leave (it is there)',
  unknown: 'Look at (nobody could tell what is there)',
} as const;

/** The records, one form after the other. */
export function clickText(apex: string, all: readonly ClickRecord[]): string {
  if (all.length === 0)
    return `No single records are asked for: those that are meant to be there stand under domains.records in launch-ready.yaml.\n`;
  const open = all.filter(({ todo }) => todo !== 'there');
  return [
    `Records of ${apex}, to be entered where its DNS is managed: ${open.length} of ${all.length} to do`,
    '',
    ...all.flatMap(({ record: { type, name, content, priority, ttl }, todo, now, host, notes }, nth) => {
      const [, inline, mailHost] = type === 'MX' ? (/^(?:(\d+)\s+)?(\S+)$/.exec(content) ?? []) : [];
      return [
        `${nth + 1}. ${titles[todo]}`,
        `   Type      ${type}`,
        `   Name      ${host}${host === '@' ? ` (some forms want it empty, or ${apex})` : ` (some forms want it whole: ${name})`}`,
        `   Value     ${mailHost ?? content}`,
        ...(type === 'MX' ? [`   Priority  ${priority ?? inline ?? 10}`] : []),
        `   TTL       ${ttl ?? 'what is offered, e.g. 3600'}`,
        ...(todo === 'there' ? [] : [`   Now       ${now}`, ...notes.map((note) => `   Note      ${note}`)]),
        '',
      ];
    }),
  ].join('\n');
}
