import { isIP } from 'node:net';
import { getDomain } from 'tldts';
import { andList, plural } from '../../core/wording.ts';
import type { GivenDomains, GivenMailDomain, GivenRecord } from '../../core/target.ts';
import { purposeOf } from '../../evidence/edge-records.ts';
import { mailSender, type MailSender, sendersAt } from '../../evidence/mail-senders.ts';
import type { DnsAnswer } from '../dns/client.ts';
import { isBelow } from '../dns/name.ts';
import { aliasAt, nothingOf, recordWanted } from '../dns/wanted.ts';
import type { Judged, Wanted } from '../dns/watch.ts';
import { parseKey } from './dkim/key.ts';
import { parseTags } from './dkim/tags.ts';
import { isDmarc, parseDmarc } from './dmarc/record.ts';
import { isSpf, parseSpf, type SpfRecord, SpfSyntaxError } from './spf/record.ts';

/** What mail of the domain map wants of the DNS. */
export interface MailWanted {
  readonly wanted: readonly Wanted[];
  /** What mail needs as well, and nobody can tell where it has to be; whole sentences. */
  readonly untold: readonly string[];
}

/**
 * The records that mail of the domain map needs: SPF with its senders, DKIM keys of its selectors, DMARC, where mail to it goes, and what of mail stands under
 * `domains.records`. MTA-STS and TLS-RPT are looked at where somebody has set them up.
 */
export function mailWanted({ apex, hosts, mail, records = [] }: GivenDomains): MailWanted {
  const own = records.filter(
    (one) => one.name.startsWith('mta-sts.') || purposeOf(one, records, { name: apex, hosts: [...hosts] }) === 'mail',
  );
  const keys = own.flatMap(({ name }) => (name.includes('._domainkey.') ? [name] : []));
  const registered = (name: string): string => (isBelow(name, apex) ? apex : (getDomain(name, { validateHostname: false }) ?? name));
  const domains = [...new Set(mail.map(({ name }) => registered(name)))];
  return {
    wanted: [
      ...mail.flatMap((one) => wantedBy(one, apex, own)),
      ...domains.map(dmarcWanted),
      // A proxy in front of them takes no mail, and hides the names that receivers look for.
      ...own.map((one) => recordWanted({ ...one, proxied: one.proxied ?? false }, apex)),
      ...mail.flatMap(({ name }) => [
        versionWanted(`_mta-sts.${name}`, `MTA-STS of ${name}`, 'STSv1', 'id'),
        versionWanted(`_smtp._tls.${name}`, `TLS-RPT of ${name}`, 'TLSRPTv1', 'rua'),
      ]),
    ],
    untold: mail.flatMap(({ name, senders, selectors = [] }) =>
      senders?.length === 0 || selectors.length > 0 || keys.some((one) => one.endsWith(`._domainkey.${name}`))
        ? []
        : [untoldText(name, senders)],
    ),
  };
}

function untoldText(name: string, senders: readonly string[] | undefined): string {
  if (senders === undefined)
    return `Nobody said who sends mail for ${name}: only what every sender needs is looked for, and no DKIM key. Write it under domains.mail in launch-ready.yaml, e.g. { name: ${name}, senders: [google], selectors: [google] }, or senders: [] where nobody does.`;
  const known = senders.flatMap((id) => mailSender(id) ?? []).filter(({ selectors }) => selectors.length > 0);
  const usual = known.map((one) => `${one.name} often takes ${one.selectors.join(', ')}`).join('; ');
  return `No DKIM key of ${name} is looked for: nobody named its selectors under domains.mail in launch-ready.yaml${usual === '' ? '' : ` (${usual})`}.`;
}

function wantedBy({ name, senders, selectors = [] }: GivenMailDomain, apex: string, records: readonly GivenRecord[]): Wanted[] {
  const known = (senders ?? []).flatMap((id) => mailSender(id) ?? []);
  const takesMail = known.some(({ mx = [] }) => mx.length > 0) || (senders === undefined && name === apex);
  const isGiven = records.some((one) => one.type === 'MX' && one.name === name);
  return [
    ...spfWanted(name, senders),
    ...known.flatMap((one) => returnPathWanted(name, one)).map((one) => (isNamed(one, records) ? one : { ...one, ...notNeeded })),
    ...selectors.map((selector) => dkimWanted(name, selector)),
    ...(takesMail && !isGiven ? [mxWanted(name, senders === undefined)] : []),
  ];
}

/** Something that a TXT record says. */
interface TextRule {
  readonly name: string;
  readonly label: string;
  readonly wanted: string;
  readonly optional?: true;
  /** Whether a text is meant as such a record. */
  isMeant(text: string): boolean;
  /** What is wrong with the only one. */
  wrong(text: string): string | undefined;
}

const textWanted = ({ isMeant, wrong, ...about }: TextRule): Wanted => ({
  ...about,
  types: ['TXT'],
  judge([answer], asked): Judged {
    const answers = answer ? [answer] : [];
    const alias = aliasAt(about.name, answers);
    // The server of that place has it: services write the record, and the domain only leads there.
    if (alias !== undefined && asked === 'server' && answer?.is !== 'records') return { is: 'there', said: `CNAME ${alias}` };
    const texts = textsOf(answer);
    const found = texts.filter(isMeant);
    if (found.length > 1) return { is: 'wrong', said: `${found.length} records, and there may be one: ${found.map(short).join(' | ')}` };
    const [text] = found;
    if (text === undefined) {
      const nothing = texts.length > 0 ? `not among ${plural(texts.length, 'TXT record')}` : nothingOf(answers, 'TXT record');
      return { is: 'absent', said: alias === undefined ? nothing : `CNAME ${alias}, and there: ${nothing}` };
    }
    const problem = wrong(text);
    return problem === undefined ? { is: 'there', said: short(text) } : { is: 'wrong', said: `${problem}: ${short(text)}` };
  },
});

const textsOf = (answer: DnsAnswer | undefined): string[] =>
  answer?.is === 'records' ? answer.records.flatMap(({ type, data }) => (type === 'TXT' ? [String(data)] : [])) : [];

/** Keys are long, and their beginning tells them apart well enough. */
const longest = 120;
const short = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);

/** The record of the From domain; none where its mails all come back to other names. */
function spfWanted(name: string, senders: readonly string[] | undefined): Wanted[] {
  if (senders?.length === 0)
    return [
      spfRule(name, 'v=spf1 -all, and nothing else: the domain sends nothing', ({ directives, redirect }) =>
        directives.length === 1 && directives[0]?.mechanism.is === 'all' && directives[0].qualifier === '-' && redirect === undefined
          ? undefined
          : 'it lets somebody send',
      ),
    ];
  const known = (senders ?? []).map((id) => mailSender(id));
  const own = known.flatMap((one) => (one?.spf === 'domain' ? [one] : []));
  return own.length > 0 || known.length === 0 || known.includes(undefined) ? [includeWanted(name, own)] : [];
}

/** Services set up no name for what comes back unless they are told to, or let their customers choose it: mails pass by DKIM all the same. */
const notNeeded = { optional: true, usual: true } as const;
const isNamed = ({ name, types }: Wanted, records: readonly GivenRecord[]): boolean =>
  records.some((one) => one.name === name && types.some((type) => type === one.type || one.type === 'CNAME'));

/** What stands at the name that mails of a service usually come back to. */
function returnPathWanted(domain: string, sender: MailSender): Wanted[] {
  const { at, atAlias, include, id } = sender;
  if (at === undefined || include === undefined) return [];
  const name = `${at}.${domain}`;
  if (atAlias !== undefined) return [recordWanted({ name, type: 'CNAME', content: atAlias, proxied: false }, domain)];
  return [
    includeWanted(name, [sender]),
    {
      name,
      label: `MX of ${name}`,
      wanted: `an MX record to ${sender.name}, so that it hears of mails that come back`,
      types: ['MX'],
      judge: (answers) =>
        judgeMx(answers, (hosts) =>
          hosts.some((host) => sendersAt(host).some((one) => one.id === id)) ? undefined : `not of ${sender.name}`,
        ),
    },
  ];
}

function spfRule(name: string, wanted: string, wrong: (record: SpfRecord) => string | undefined): Wanted {
  return textWanted({
    name,
    label: `SPF of ${name}`,
    wanted: `one TXT record: ${wanted}`,
    isMeant: isSpf,
    wrong(text) {
      try {
        return wrong(parseSpf(text));
      } catch (error) {
        if (error instanceof SpfSyntaxError) return error.message;
        throw error;
      }
    },
  });
}

function includeWanted(name: string, senders: readonly MailSender[]): Wanted {
  const names = senders.map(({ name: service, include }) => `include:${include ?? ''} (${service})`);
  return spfRule(
    name,
    senders.length === 0 ? 'v=spf1 …, with all who send' : `v=spf1 …, with ${andList(names)}`,
    ({ directives, redirect }) => {
      const targets = directives.flatMap(({ mechanism }) => (mechanism.is === 'include' ? [mechanism.domain] : []));
      const all = redirect === undefined ? targets : [...targets, redirect];
      const lacks = senders.filter(({ id }) => !all.some((one) => sendersAt(one).some((service) => service.id === id)));
      return lacks.length > 0 ? `without ${andList(lacks.map((one) => one.name))}` : undefined;
    },
  );
}

const dkimWanted = (domain: string, selector: string): Wanted =>
  textWanted({
    name: `${selector}._domainkey.${domain}`.toLowerCase(),
    label: `DKIM key ${selector} of ${domain}`,
    wanted: 'one TXT record with a whole key behind p=, or a CNAME record to one',
    isMeant: () => true,
    wrong(text) {
      const { problem, revoked } = parseKey(text);
      return problem ?? (revoked ? 'the key was taken back' : undefined);
    },
  });

const dmarcWanted = (domain: string): Wanted =>
  textWanted({
    name: `_dmarc.${domain}`,
    label: `DMARC of ${domain}`,
    wanted: 'one TXT record: v=DMARC1; p=none, quarantine or reject',
    isMeant: isDmarc,
    wrong: (text) => (parseDmarc(text).ignored ? 'it does not count' : undefined),
  });

const versionWanted = (name: string, label: string, version: string, tag: string): Wanted =>
  textWanted({
    name,
    label,
    wanted: `one TXT record: v=${version}; ${tag}=…`,
    optional: true,
    isMeant: (text) => text.startsWith(`v=${version}`),
    wrong: (text) => (parseTags(text)?.get(tag) ? undefined : `without ${tag}=`),
  });

/** `mayBeNull`: it is fine, too, to say that no mail is taken (RFC 7505). */
const mxWanted = (name: string, mayBeNull: boolean): Wanted => ({
  name,
  label: `MX of ${name}`,
  wanted: mayBeNull ? 'where mail to it goes: an MX record, or 0 . where it takes none' : 'where mail to it goes: an MX record',
  types: ['MX'],
  judge: (answers) =>
    judgeMx(answers, (hosts) => {
      const isNull = hosts.includes('');
      if (isNull && hosts.length > 1) return 'one says that no mail is taken';
      if (isNull && !mayBeNull) return 'no mail is taken';
      return hosts.some((host) => isIP(host) !== 0) ? 'an address stands where a name has to' : undefined;
    }),
});

function judgeMx(answers: readonly DnsAnswer[], wrong: (hosts: readonly string[]) => string | undefined): Judged {
  const all = answers
    .flatMap((one) => (one.is === 'records' ? one.records : []))
    .flatMap(({ type, data }) => (type === 'MX' ? [data as { preference: number; exchange: string }] : []));
  const hosts = all.map(({ exchange }) => exchange.toLowerCase().replace(/\.$/, ''));
  if (hosts.length === 0) return { is: 'absent', said: nothingOf(answers, 'MX record') };
  const said = all.map(({ preference }, nth) => `${preference} ${hosts[nth] || '.'}`).toSorted();
  const problem = wrong(hosts);
  return problem === undefined ? { is: 'there', said: said.join(', ') } : { is: 'wrong', said: `${problem}: ${said.join(', ')}` };
}
