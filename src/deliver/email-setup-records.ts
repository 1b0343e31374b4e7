import type { Block } from '../core/deliverable.ts';
import { type DkimKey, dkimKeys } from '../evidence/dkim.ts';
import { type DmarcFacts, dmarcRecords } from '../evidence/dmarc.ts';
import { dnsHostOf } from '../evidence/dns-hosts.ts';
import { type MailHostFacts, mailHosts } from '../evidence/mail-hosts.ts';
import { isBelowAny } from '../evidence/mail-names.ts';
import { mailProof, type ProvenMail } from '../evidence/mail-proof.ts';
import { mailSender, mailSenders, type MailSender } from '../evidence/mail-senders.ts';
import { type SpfFacts, spfRecords } from '../evidence/spf.ts';
import { type Collected, read } from './evidence-of.ts';

/** A record that the mail of a domain needs. */
interface Row {
  /** `there`, `add`, `change`, `ask`: only the service can tell. `unknown`: nobody could look. */
  readonly now: 'there' | 'add' | 'change' | 'ask' | 'unknown';
  /** In full; empty where only the service can tell. */
  readonly name: string;
  readonly type: string;
  readonly value: string;
  /** Names of the mails that showed it to work. */
  readonly proven?: readonly string[];
}

const words = { there: 'there', add: 'to add', change: 'to change', ask: 'not seen', unknown: 'not known' };

/** What to type where, record by record, a table for each zone: what is there already, and which mails showed it to work. */
export function recordBlocks(evidence: Collected): Block[] {
  const spf = read(evidence, spfRecords) ?? [];
  const hosts = read(evidence, mailHosts) ?? [];
  const zones = new Map<string, { readonly servers: readonly string[]; readonly rows: Row[] }>();
  const mails = (read(evidence, mailProof)?.mails ?? []).filter(({ outcome, caught }) => outcome === 'arrived' && !caught);
  for (const one of spf) {
    const own = hosts.find(({ domain }) => domain === one.domain);
    const { name, servers } = own?.zone ?? { name: one.domain, servers: [] };
    const zone = zones.get(name) ?? { servers, rows: [] };
    zones.set(name, zone);
    const rows = [
      ...(own ? mxRows(own) : []),
      ...spfRows(one, mails),
      ...(own ? returnRows(own, mails) : []),
      ...dkimRows(one, read(evidence, dkimKeys)?.find(({ domain }) => domain === one.domain)?.keys ?? [], mails),
      ...dmarcRows(
        read(evidence, dmarcRecords)?.find(({ domain }) => domain === one.domain),
        name,
        mails,
      ),
    ];
    // Two mail domains of a zone share its policy.
    for (const row of rows)
      if (!zone.rows.some((had) => had.name !== '' && had.name === row.name && had.type === row.type)) zone.rows.push(row);
  }
  const tables = [...zones].flatMap(([zone, { servers, rows }]) => zoneBlocks(zone, servers, rows));
  return tables.length === 0 ? [] : [{ kind: 'heading', level: 2, text: 'What to type where' }, ...tables];
}

function zoneBlocks(zone: string, servers: readonly string[], rows: readonly Row[]): Block[] {
  if (rows.length === 0) return [];
  const host = dnsHostOf(servers);
  const where =
    servers.length === 0
      ? `at whoever runs the DNS of ${zone}`
      : host === undefined
        ? `at whoever runs the name servers of ${zone} (${servers.slice(0, 3).join(', ')})`
        : `at ${host}, which runs the DNS of ${zone}`;
  return [
    {
      kind: 'text',
      text: `Type these ${where}. @ stands for ${zone} itself; where the form wants whole names, put .${zone} behind each. Values go in without quotes, in one piece.`,
    },
    {
      kind: 'table',
      columns: ['Now', 'Name', 'Type', 'Value', 'Proven by'],
      rows: rows.map(({ now, name, type, value, proven = [] }) => [
        words[now],
        name === ''
          ? 'as the service says'
          : name === zone
            ? '@'
            : isBelowAny(name, [zone])
              ? name.slice(0, -zone.length - 1)
              : `${name} (not in this zone)`,
        type,
        value,
        proven.length > 0 ? [...new Set(proven)].join(', ') : '–',
      ]),
    },
  ];
}

const namesOf = (mails: readonly ProvenMail[], shows: (mail: ProvenMail) => boolean): string[] =>
  mails.filter(shows).map(({ name }) => name);

function mxRows({ domain, senders, mx, hosts }: MailHostFacts): Row[] {
  if (mx === 'found') return [{ now: 'there', name: domain, type: 'MX', value: hosts.map(({ name }) => name).join(', ') }];
  if (mx === 'null') return [{ now: 'there', name: domain, type: 'MX', value: '. (priority 0)' }];
  return mx === 'none' && senders?.length === 0
    ? [{ now: 'add', name: domain, type: 'MX', value: '. (priority 0): it takes no mail' }]
    : [];
}

/** Whether a service has its mails come back to another name than the From domain. */
const comesBackElsewhere = (id: string): boolean => ['return-path', 'own'].includes(mailSender(id)?.spf ?? '');

function spfRows({ domain, senders, records, fault, wanted, problem }: SpfFacts, mails: readonly ProvenMail[]): Row[] {
  const about = { name: domain, type: 'TXT' };
  if (fault !== undefined) return [{ ...about, now: 'unknown', value: `SPF: ${fault}` }];
  if (records.length === 0 && senders !== undefined && senders.length > 0 && senders.every(comesBackElsewhere)) return [];
  const proven = namesOf(mails, ({ returnPath, spf }) => returnPath === domain && spf.result === 'pass');
  if (wanted === undefined)
    return [{ ...about, now: 'change', value: `${records.join(' and ')}: ${problem ?? 'it cannot be read'}`, proven }];
  if (records.length === 1 && records[0] === wanted) return [{ ...about, now: 'there', value: wanted, proven }];
  if (records.length === 0) return [{ ...about, now: 'add', value: wanted }];
  const instead =
    records.length > 1 ? ` (in place of all ${records.length} records that begin with v=spf1)` : ` (in place of ${records[0]})`;
  return [{ ...about, now: 'change', value: `${wanted}${instead}`, proven }];
}

/** Names that mails of services come back to. */
function returnRows({ domain, senders = [], returnPaths }: MailHostFacts, mails: readonly ProvenMail[]): Row[] {
  return senders.flatMap((id): Row[] => {
    const service = mailSender(id);
    if (service?.spf !== 'return-path' || service.at === undefined) return [];
    const name = `${service.at}.${domain}`;
    const state = returnPaths.find(({ sender }) => sender === id)?.state ?? 'failed';
    const now = ({ fits: 'there', other: 'change', none: 'add', failed: 'unknown' } as const)[state];
    const proven = namesOf(mails, ({ returnPath, spf }) => returnPath === name && spf.result === 'pass');
    if (service.atAlias !== undefined) return [{ now, name, type: 'CNAME', value: service.atAlias, proven }];
    return [
      { now, name, type: 'TXT', value: `v=spf1 include:${service.include ?? ''} ~all`, proven },
      ...(now === 'there' ? [] : [{ now, name, type: 'MX', value: `the server that the page of ${service.name} shows (priority 10)` }]),
    ];
  });
}

function dkimRows({ domain, senders = [] }: SpfFacts, keys: readonly DkimKey[], mails: readonly ProvenMail[]): Row[] {
  const signed = (selector: string): string[] =>
    namesOf(mails, ({ dkim }) => dkim.some((one) => one.domain === domain && one.selector === selector && one.result === 'pass'));
  const shown = [
    ...new Set(
      mails.flatMap(({ dkim }) => dkim.filter((one) => one.domain === domain && one.result === 'pass').map((one) => one.selector)),
    ),
  ];
  const nameOf = (selector: string): string => `${selector}._domainkey.${domain}`;
  const known = [
    ...keys.map((key): Row => ({ ...keyRow(key), name: nameOf(key.selector), proven: signed(key.selector) })),
    ...shown
      .filter((selector) => !keys.some((key) => key.selector === selector))
      .map((selector): Row => ({
        now: 'there',
        name: nameOf(selector),
        type: 'TXT',
        value: 'the key that mails are signed with',
        proven: signed(selector),
      })),
  ];
  const selectors = [...keys.map(({ selector }) => selector), ...shown];
  const usual = new Set(mailSenders.flatMap((one) => one.selectors));
  // A selector that no service usually takes may be that of any.
  if (selectors.some((one) => !usual.has(one))) return known;
  const open = senders
    .flatMap((id) => mailSender(id) ?? [])
    .filter((one) => !one.selectors.some((selector) => selectors.includes(selector)));
  return [...known, ...open.map((one) => askRow(one, nameOf))];
}

function keyRow({ state, bits, type, revoked, problem, at, fault }: DkimKey): Omit<Row, 'name'> {
  const kind = at === undefined ? 'TXT' : 'CNAME';
  if (state === 'failed') return { now: 'unknown', type: kind, value: `DKIM: ${fault ?? 'no answer'}` };
  const target = at === undefined ? '' : `${at}: `;
  if (state === 'none')
    return {
      now: at === undefined ? 'add' : 'unknown',
      type: at === undefined ? 'TXT or CNAME' : kind,
      value: `${target}the key that the page of the service shows`,
    };
  if (problem !== undefined || revoked)
    return {
      now: 'change',
      type: kind,
      value: `${target}${problem ?? 'the key was taken back'}; copy it from the page of the service again`,
    };
  return {
    now: 'there',
    type: kind,
    value: `${target}${type === 'rsa' ? `a key of ${bits ?? 0} bits` : `a key of the kind ${type ?? ''}`}`,
  };
}

const askRow = ({ name: service, selectors }: MailSender, nameOf: (selector: string) => string): Row => ({
  now: 'ask',
  name: selectors[0] === undefined ? '' : nameOf(selectors[0]),
  type: 'TXT or CNAME',
  value: `DKIM: every record that the page of ${service} shows for the domain, with the names it shows; each account has its own`,
});

function dmarcRows(facts: DmarcFacts | undefined, zone: string, mails: readonly ProvenMail[]): Row[] {
  if (!facts) return [];
  const { domain, senders, at, record, steps, fault, destinations } = facts;
  const name = `_dmarc.${at ?? steps.find(({ texts }) => texts.length > 0)?.domain ?? zone}`;
  const about = { name, type: 'TXT' };
  if (fault !== undefined) return [{ ...about, now: 'unknown', value: `DMARC: ${fault}` }];
  const policy = senders?.length === 0 ? 'reject' : (record?.p ?? 'none');
  const rua = record && record.rua.length > 0 ? record.rua.join(',') : `mailto:dmarc@${zone}`;
  const wanted = `v=DMARC1; p=${policy}; rua=${rua}`;
  const reading = record && record.rua.length > 0 ? '' : ' (an address that somebody reads)';
  const proven = namesOf(mails, ({ from, dmarc }) => from === domain && dmarc.result === 'pass');
  if (!record) {
    const had = steps.find(({ texts }) => texts.length > 1)?.texts.length;
    return [
      {
        ...about,
        now: had === undefined ? 'add' : 'change',
        value: `${wanted}${reading}${had === undefined ? '' : `, in place of the ${had} records there`}`,
      },
    ];
  }
  const isRight =
    !record.ignored && record.problems.length === 0 && record.rua.length > 0 && (senders?.length !== 0 || facts.effective === 'reject');
  return [
    isRight
      ? { ...about, now: 'there', value: record.text, proven }
      : { ...about, now: 'change', value: `${wanted}${reading}, in place of ${record.text}`, proven },
    ...destinations.flatMap(({ agreed, name: there }): Row[] =>
      agreed === 'no' && there !== undefined ? [{ now: 'add', name: there, type: 'TXT', value: 'v=DMARC1' }] : [],
    ),
  ];
}
