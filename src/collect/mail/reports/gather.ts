import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DmarcReports, ReportGap, ReportSource } from '../../../evidence/dmarc-reports.ts';
import type { DnsClient } from '../../dns/client.ts';
import { nameSource } from './name-source.ts';
import { type AggregateReport, readReport } from './report.ts';
import { unpack, unpackLimits, UnpackFault } from './unpack.ts';
import { XmlFault } from './xml.ts';

/** Files that are read and records that are kept of all of them, since anybody can send reports; and addresses that are looked up: those with the most mail. */
const most = { files: 5_000, rows: 1_000_000, named: 60, gaps: 200 };

/** Reads the reports in files and folders (one level deep). `dns`: names the addresses in them. `mostRows`: records of all together. */
export async function gatherReports(paths: readonly string[], dns?: DnsClient, mostRows = most.rows): Promise<DmarcReports> {
  const files = paths.flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .toSorted()
          .map((name) => join(path, name))
      : [path],
  );
  const gaps: ReportGap[] = [];
  const reports = new Map<string, AggregateReport>();
  let rows = 0;
  for (const path of files.slice(0, most.files)) {
    const file = basename(path);
    if (file.startsWith('.')) continue;
    try {
      const kind = statSync(path);
      if (kind.isDirectory()) continue;
      // A pipe never ends, and a device has no size.
      if (!kind.isFile()) throw new UnpackFault('it is no file');
      const { size } = kind;
      if (size > unpackLimits.packed) throw new UnpackFault(`it is larger than ${unpackLimits.packed / 2 ** 20} MB`);
      for (const text of await unpack(readFileSync(path))) {
        const report = readReport(text);
        rows += report.rows.length;
        if (rows > mostRows) throw new UnpackFault(`with it there are more than ${mostRows} records`);
        // RFC 9990 §3.5.4: a report that is sent again has the same id.
        reports.set(`${report.reporter} ${report.id || file} ${report.domain} ${report.from}`, report);
      }
    } catch (error) {
      if (!(error instanceof UnpackFault || error instanceof XmlFault || (error instanceof Error && 'code' in error))) throw error;
      if (gaps.length < most.gaps) gaps.push({ file, why: error.message });
    }
  }
  if (files.length > most.files) gaps.push({ file: 'the others', why: `only the first ${most.files} files were read` });
  return summed([...reports.values()], gaps, dns);
}

async function summed(reports: readonly AggregateReport[], gaps: readonly ReportGap[], dns?: DnsClient): Promise<DmarcReports> {
  const sources = new Map<string, ReportSource>();
  for (const { rows } of reports)
    for (const row of rows) {
      const key = `${row.from} ${row.ip}`;
      const known = sources.get(key) ?? {
        domain: row.from,
        ip: row.ip,
        messages: 0,
        passed: 0,
        bySpf: 0,
        byDkim: 0,
        held: 0,
        forwarded: 0,
        signatures: [],
      };
      sources.set(key, {
        ...known,
        messages: known.messages + row.count,
        passed: known.passed + (row.spf || row.dkim ? row.count : 0),
        bySpf: known.bySpf + (row.spf ? row.count : 0),
        byDkim: known.byDkim + (row.dkim ? row.count : 0),
        held: known.held + (row.disposition === 'quarantine' || row.disposition === 'reject' ? row.count : 0),
        forwarded: (known.forwarded ?? 0) + (row.forwarded && !row.spf && !row.dkim ? row.count : 0),
        signatures: [...new Set([...known.signatures, ...row.signatures])].slice(0, 10),
      });
    }
  const largest = [...sources.values()].toSorted((a, b) => b.messages - a.messages || (a.ip < b.ip ? -1 : 1));
  const named = dns ? await Promise.all(largest.slice(0, most.named).map((one) => nameSource(dns, one))) : [];
  const dated = reports.filter(isDated);
  const policies = new Map(reports.map(({ domain, policy }) => [domain, policy]));
  return {
    reports: reports.length,
    reporters: [...new Set(reports.map(({ reporter }) => reporter))].toSorted(),
    ...(dated.length > 0 && {
      from: Math.min(...dated.map(({ from }) => from)),
      until: Math.max(...dated.map(({ until }) => until)),
    }),
    published: [...policies].map(([domain, policy]) => ({ domain, ...(policy && { policy }) })),
    sources: [...named, ...largest.slice(named.length)],
    gaps,
  };
}

/** Before this moment nobody sent such reports. */
const first = Date.UTC(2012, 0) / 1000;

/** Whether a report says for which time it is. Each is about a day; one that says years would make all others look like the reports of years. */
const isDated = ({ from, until }: AggregateReport): boolean => from > first && until >= from && until - from <= 32 * 86_400;
