import type { Block } from '../core/deliverable.ts';
import { dkimKeys } from '../evidence/dkim.ts';
import { dmarcRecords } from '../evidence/dmarc.ts';
import { codeMail, mailHosts } from '../evidence/mail-hosts.ts';
import { mailSender } from '../evidence/mail-senders.ts';
import { type SpfFacts, spfRecords, type SpfTree } from '../evidence/spf.ts';
import { type Collected, read } from './evidence-of.ts';

/** What each domain that mail is sent from says of its mail, and what its SPF record costs. */
export function domainBlocks(evidence: Collected): Block[] {
  const spf = read(evidence, spfRecords) ?? [];
  if (spf.length === 0) return [];
  return [
    { kind: 'heading', level: 2, text: 'The domains that mail is sent from' },
    {
      kind: 'table',
      columns: ['Domain', 'Sent by', 'SPF', 'DKIM', 'DMARC', 'Takes mail'],
      rows: spf.map((one) => [
        one.domain,
        sendersOf(one),
        spfCell(one),
        dkimCell(evidence, one.domain),
        dmarcCell(evidence, one.domain),
        mxCell(evidence, one.domain),
      ]),
    },
    ...codeBlocks(evidence),
    ...spf.flatMap(treeBlocks),
    ...laterBlocks(evidence),
  ];
}

const named = (id: string): string => mailSender(id)?.name ?? id;

const sendersOf = ({ senders }: SpfFacts): string =>
  senders === undefined ? 'not said' : senders.length === 0 ? 'nobody' : senders.map(named).join(', ');

function spfCell({ records, fault, problem, lookups }: SpfFacts): string {
  if (fault !== undefined) return `not known: ${fault}`;
  if (records.length === 0) return 'none';
  if (records.length > 1) return `${records.length} records`;
  return problem === undefined ? `${records[0]} (${lookups ?? 0} of 10)` : `${records[0]}: ${problem}`;
}

function dkimCell(evidence: Collected, domain: string): string {
  const keys = read(evidence, dkimKeys)?.find((one) => one.domain === domain)?.keys ?? [];
  if (keys.length === 0) return 'no selector known';
  return keys
    .map(({ selector, state, bits, type, revoked, test, problem }) => {
      const what =
        state === 'failed'
          ? 'not known'
          : state === 'none'
            ? 'not there'
            : (problem ?? (revoked ? 'taken back' : `${type === 'rsa' ? `${bits ?? 0} bits` : (type ?? '')}${test ? ', a test' : ''}`));
      return `${selector}: ${what}`;
    })
    .join('; ');
}

function dmarcCell(evidence: Collected, domain: string): string {
  const found = read(evidence, dmarcRecords)?.find((one) => one.domain === domain);
  if (!found) return 'not looked at';
  if (found.fault !== undefined) return `not known: ${found.fault}`;
  if (!found.record || found.record.ignored) return 'none';
  const from = found.at === domain ? '' : `, of ${found.at ?? ''}`;
  return `p=${found.effective ?? 'none'}${found.record.test ? ' (t=y)' : ''}${from}; ${found.record.rua.length > 0 ? 'reports' : 'no reports'}${found.record.ruf.length > 0 ? ', and of single mails' : ''}`;
}

function mxCell(evidence: Collected, domain: string): string {
  const hosts = read(evidence, mailHosts)?.find((one) => one.domain === domain);
  if (!hosts || hosts.mx === 'failed') return 'not known';
  if (hosts.mx === 'null') return 'no, and says so';
  if (hosts.mx === 'none') return 'no';
  return hosts.services.length > 0 ? hosts.services.map(named).join(', ') : hosts.hosts.map(({ name }) => name).join(', ');
}

function codeBlocks(evidence: Collected): Block[] {
  const code = read(evidence, codeMail);
  if (!code || (code.senders.length === 0 && code.from.length === 0)) return [];
  return [
    {
      kind: 'table',
      columns: ['In the code', 'Where'],
      rows: [
        ...code.senders.map(({ sender, file, what }) => [`sends with ${named(sender)} (${what})`, file]),
        ...code.from.map(({ address, file, line }) => [`sends from ${address}`, `${file}:${line}`]),
      ],
    },
  ];
}

/** The tree of an SPF record, a line each, and what it would come to with another sender. */
function treeBlocks({ domain, tree, lookups = 0, voids = 0, additions = [], flat }: SpfFacts): Block[] {
  if (!tree || tree.terms.length === 0) return [];
  const advice = [
    ...additions.map(({ sender, record, lookups: then, voids: empty }) =>
      mailSender(sender)?.spf === 'return-path' || mailSender(sender)?.spf === 'own'
        ? `${named(sender)} needs nothing in the record of ${domain}: its mails come back to a name of ${mailSender(sender)?.spf === 'own' ? 'its own' : `their own (${mailSender(sender)?.at ?? 'as its page says'} below ${domain})`}. With its include it would take ${then} of 10.`
        : `With ${named(sender)}: ${record} takes ${then} of 10 questions${empty > 0 ? ` and has ${empty} of 2 empty answers` : ''}${then > 10 ? ', which is too many: give it a subdomain of its own' : ''}.`,
    ),
    ...(flat && flat.lookups < lookups
      ? [
          `With its own hosts as addresses it would take ${flat.lookups}: ${flat.record}. Write it anew whenever these hosts move. Includes of services should stay: they change their addresses without saying so.`,
        ]
      : []),
  ];
  return [
    {
      kind: 'fold',
      title: `What the SPF record of ${domain} leads to: ${lookups} of 10 questions, ${voids} of 2 empty answers`,
      blocks: [
        { kind: 'code', language: 'text', text: treeLines(tree).join('\n') },
        ...advice.map((text) => ({ kind: 'text' as const, text })),
      ],
    },
  ];
}

const treeLines = ({ terms }: SpfTree, depth = 0): string[] =>
  terms.flatMap(({ term, lookups, voids, of, networks, problem, unclear }) => {
    const notes = [
      ...(lookups > 0 ? [String(lookups)] : []),
      ...(voids > 0 ? [`${voids} empty`] : []),
      ...(networks && networks.length > 0 ? [networks.slice(0, 4).join(' ')] : []),
      ...(problem === undefined ? [] : [problem]),
      ...(unclear === undefined ? [] : [`not followed: ${unclear}`]),
    ];
    return [`${'  '.repeat(depth)}${term}${notes.length > 0 ? `  [${notes.join('; ')}]` : ''}`, ...(of ? treeLines(of, depth + 1) : [])];
  });

/** What is worth doing once mail arrives. */
function laterBlocks(evidence: Collected): Block[] {
  const hosts = (read(evidence, mailHosts) ?? []).filter(({ mx }) => mx === 'found');
  if (hosts.length === 0) return [];
  const without = (key: 'mtaSts' | 'tlsRpt' | 'bimi'): string =>
    hosts
      .filter((one) => one[key].state === 'none')
      .map(({ domain }) => domain)
      .join(', ');
  const enforced = (read(evidence, dmarcRecords) ?? []).some(({ effective }) => effective === 'quarantine' || effective === 'reject');
  const items = [
    ...(without('mtaSts') === '' ? [] : [`MTA-STS for ${without('mtaSts')}: senders then insist on TLS on the way to you.`]),
    ...(without('tlsRpt') === '' ? [] : [`TLS-RPT for ${without('tlsRpt')}: senders then tell you when TLS fails.`]),
    ...(without('bimi') === ''
      ? []
      : [
          `BIMI: your logo beside your mails, ${enforced ? 'at some receivers only with a certificate that costs money' : 'only once DMARC is quarantine or reject'}.`,
        ]),
    'ARC: nothing to do; mail services and mailing lists sign it for you.',
  ];
  return [
    {
      kind: 'fold',
      title: 'For later: nothing of this stops a launch',
      blocks: [{ kind: 'checklist', items: items.map((text) => ({ text, state: 'open' })) }],
    },
  ];
}
