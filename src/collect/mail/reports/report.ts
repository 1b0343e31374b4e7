import { isIP } from 'node:net';
import { dmarcPolicies, type DmarcPolicy } from '../../../evidence/dmarc.ts';
import { child, childrenOf, childText, readXml, type XmlElement, XmlFault, type XmlRows } from './xml.ts';

/** One report of a receiver (RFC 9990 §3.1; RFC 7489 appendix C, which it is read alike). */
export interface AggregateReport {
  readonly reporter: string;
  readonly id: string;
  /** Seconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly domain: string;
  readonly policy?: DmarcPolicy;
  readonly rows: readonly ReportRow[];
}

export interface ReportRow {
  readonly ip: string;
  readonly count: number;
  readonly disposition: string;
  /** Whether DKIM and SPF passed and are aligned. */
  readonly dkim: boolean;
  readonly spf: boolean;
  /** The receiver says that it was passed on by somebody, and so failed. */
  readonly forwarded: boolean;
  /** Domain of From. */
  readonly from: string;
  readonly signatures: readonly string[];
}

/** Mails of one row that are believed. */
const mostMails = 1e9;

/** Reads a report. Throws `XmlFault` for what is none. */
export function readReport(bytes: Buffer): AggregateReport {
  const rows: ReportRow[] = [];
  const root = rootOf(textOf(bytes), { name: 'record', take: (record) => rows.push(...rowOf(record)) });
  if (root.name !== 'feedback') throw new XmlFault(`it is no DMARC report, but <${root.name.slice(0, 40)}>`);
  const metadata = child(root, 'report_metadata');
  const range = child(metadata, 'date_range');
  const published = child(root, 'policy_published');
  const domain = nameOf(childText(published, 'domain'));
  if (!metadata || domain === '') throw new XmlFault('it does not say which domain it is about');
  const policy = dmarcPolicies.find((one) => one === childText(published, 'p').toLowerCase());
  return {
    reporter: childText(metadata, 'org_name').slice(0, 100) || 'somebody',
    id: childText(metadata, 'report_id').slice(0, 300),
    from: seconds(childText(range, 'begin')),
    until: seconds(childText(range, 'end')),
    domain,
    ...(policy && { policy }),
    rows: rows.map((row) => (row.from === '' ? { ...row, from: domain } : row)),
  };
}

/** One record; none where it makes no sense. `from` is empty where it does not say. */
function rowOf(record: XmlElement): ReportRow[] {
  const row = child(record, 'row');
  const evaluated = child(row, 'policy_evaluated');
  const results = child(record, 'auth_results');
  const ip = childText(row, 'source_ip');
  const count = Number(childText(row, 'count'));
  if (isIP(ip) === 0 || !Number.isSafeInteger(count) || count < 1) return [];
  return [
    {
      ip,
      count: Math.min(count, mostMails),
      disposition: childText(evaluated, 'disposition').toLowerCase(),
      dkim: childText(evaluated, 'dkim').toLowerCase() === 'pass',
      spf: childText(evaluated, 'spf').toLowerCase() === 'pass',
      forwarded: childrenOf(evaluated, 'reason').some((one) => forwarding.includes(childText(one, 'type').toLowerCase())),
      from: nameOf(childText(child(record, 'identifiers'), 'header_from')),
      signatures: childrenOf(results, 'dkim')
        .slice(0, 20)
        .map(
          (one) =>
            `${nameOf(childText(one, 'domain'))}/${childText(one, 'selector').slice(0, 63)} ${childText(one, 'result').slice(0, 20).toLowerCase()}`,
        ),
    },
  ];
}

/** Why a receiver did not do as the policy says (RFC 9990 §3.1.1.8): somebody passed the mail on, which broke what it was vouched for by. */
const forwarding = ['forwarded', 'mailing_list', 'trusted_forwarder'];

/** The report in a text. Exim puts the beginning of a schema in front of its reports, which it never closes. */
function rootOf(text: string, rows: XmlRows): XmlElement {
  const from = text.search(/<feedback[\s>]/);
  const end = text.lastIndexOf('</feedback>');
  const isWrapped = from > 0 && end > from && /^<\?xml[^>]*>\s*<xs:schema\s[^>]*>\s*$/.test(text.slice(0, from));
  return readXml(isWrapped ? text.slice(from, end + '</feedback>'.length) : text, rows);
}

const nameOf = (text: string): string => text.toLowerCase().replace(/\.$/, '').slice(0, 253);
const seconds = (text: string): number => (/^\d{1,11}$/.test(text) ? Number(text) : 0);

/** Reports say that they are UTF-8, and some hold other bytes; UTF-16 is told by its mark. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}
