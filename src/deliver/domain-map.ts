import type { Block, Document } from '../core/deliverable.ts';
import { bothForms } from '../core/domain-name.ts';
import type { Verdict } from '../core/gate.ts';
import type { Run } from '../core/run.ts';
import { domainRecords, type DomainRecords } from '../evidence/dns.ts';
import type { Evidence } from '../core/evidence.ts';
import { dnsBlocks, dnsMapEvidence } from './domain-map-dns.ts';
import { edgeZones } from '../evidence/cloudflare.ts';
import { cloudflareTable } from './domain-map-cloudflare.ts';
import { type Collected, read } from './evidence-of.ts';
import { domainWeb, domainWebEvidence } from './domain-map-web.ts';
import { domainPicture, pictureEvidence } from './domain-map-picture.ts';
import { stageParts } from './stage-findings.ts';

/** What the domain map shows: ask the engine for it, whatever is judged. */
export const domainMapEvidence: readonly Evidence[] = [...pictureEvidence, ...domainWebEvidence, ...dnsMapEvidence, edgeZones];

/** The deliverable of stage 3: every host of the domain, what it is for, and where it leads; the problems in fix order above. */
export function domainMap(run: Run, evidence: Collected, verdict: Verdict): Document {
  const records = read(evidence, domainRecords);
  const { above, below } = stageParts(run, evidence, verdict, 'edge', {
    notReady: 'Customers should not be sent to this domain yet',
    ready: 'Customers reach the app by every name of the domain',
    question: 'whether customers reach the app by every name of the domain',
  });
  const [first, ...problems] = above;
  return {
    title: 'Production domain map',
    blocks: [
      ...(first ? [first] : []),
      ...domainPicture(run, evidence),
      ...problems,
      ...(records ? hostsTable(records) : []),
      ...domainWeb(evidence),
      ...dnsBlocks(evidence),
      ...cloudflareTable(read(evidence, edgeZones)),
      ...below,
    ],
  };
}

const roles = { marketing: 'website', app: 'the app', api: 'API', other: 'other' } as const;

function hostsTable({ apex, drafted, hosts }: DomainRecords): Block[] {
  return [
    { kind: 'heading', level: 2, text: `The hosts of ${bothForms(apex)}` },
    ...(drafted
      ? [
          {
            kind: 'text' as const,
            text: 'Nobody wrote down which hosts there are meant to be: this is drafted from the address. Write them under domains in launch-ready.yaml.',
          },
        ]
      : []),
    {
      kind: 'table',
      columns: ['Host', 'For', 'Leads to', 'Addresses'],
      rows: hosts.map(({ name, role, chain, addresses, outcome, why }) => [
        name,
        roles[role],
        chain.join(' → ') || '–',
        addresses.length > 0 ? addresses.join(', ') : outcome === 'failed' ? `not known: ${why}` : (why ?? 'none'),
      ]),
    },
  ];
}
