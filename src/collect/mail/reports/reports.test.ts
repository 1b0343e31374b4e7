import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openDns } from '../../dns/client.ts';
import { startDns, zoned } from '../../dns/fixture.ts';
import { reportsOn, type ReportSource } from '../../../evidence/dmarc-reports.ts';
import { sampleReports } from '../../../evidence/mail-samples.ts';
import { gatherReports } from './gather.ts';
import { readReport } from './report.ts';
import { unpack } from './unpack.ts';
import { readXml } from './xml.ts';

interface Row {
  readonly ip?: string;
  readonly count?: number;
  readonly dkim?: string;
  readonly spf?: string;
  readonly from?: string;
}
const row = ({ ip = '192.0.2.1', count = 10, dkim = 'pass', spf = 'pass', from = 'example.com' }: Row = {}): string =>
  `<record><row><source_ip>${ip}</source_ip><count>${count}</count><policy_evaluated><disposition>none</disposition><dkim>${dkim}</dkim><spf>${spf}</spf></policy_evaluated></row>` +
  `<identifiers><header_from>${from}</header_from></identifiers><auth_results><dkim><domain>${from}</domain><selector>s1</selector><result>${dkim}</result></dkim></auth_results></record>`;

/** A report as RFC 7489 has it. */
const old = (rows = row(), id = '1', begin = 1_790_000_000): string =>
  `<?xml version="1.0" encoding="UTF-8" ?>\n<feedback><report_metadata><org_name>google.com</org_name><email>a@google.com</email><report_id>${id}</report_id><date_range><begin>${begin}</begin><end>${begin + 86_399}</end></date_range></report_metadata>` +
  `<policy_published><domain>example.com</domain><adkim>r</adkim><p>none</p><sp>none</sp><pct>100</pct></policy_published>${rows}</feedback>`;
/** The same as RFC 9990 has it, with prefixes and what extensions may add. */
const recent = `<d:feedback xmlns:d="urn:ietf:params:xml:ns:dmarc-2.0"><!-- <record> --><d:version>1.0</d:version><d:report_metadata><d:org_name lang="en">A &amp; B</d:org_name><d:report_id>x</d:report_id><d:date_range><d:begin>1</d:begin><d:end>2</d:end></d:date_range><d:generator>G</d:generator></d:report_metadata><d:policy_published><d:domain>Example.com.</d:domain><d:discovery_method>treewalk</d:discovery_method><d:p>reject</d:p><d:testing>n</d:testing></d:policy_published><d:extension/><d:record><d:row><d:source_ip>2001:db8::1</d:source_ip><d:count>3</d:count><d:policy_evaluated><d:disposition>reject</d:disposition><d:dkim>fail</d:dkim><d:spf>fail</d:spf></d:policy_evaluated></d:row><d:identifiers><d:header_from><![CDATA[example.com]]></d:header_from></d:identifiers><d:auth_results/></d:record></d:feedback>`;

/** A ZIP with these files, as its directory claims them to be. */
function zip(files: readonly (readonly [name: string, content: Buffer])[], claim?: number): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const packed = deflateRawSync(content);
    const head = Buffer.alloc(30 + name.length);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt16LE(name.length, 26);
    head.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(claim ?? content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    entry.write(name, 46);
    parts.push(head, packed);
    directory.push(entry);
    at += head.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

describe('a report', () => {
  it('is read as RFC 7489 has it', () => {
    expect(readReport(Buffer.from(old(row() + row({ ip: '198.51.100.7', count: 2, dkim: 'fail', spf: 'fail' }))))).toMatchObject({
      reporter: 'google.com',
      domain: 'example.com',
      policy: 'none',
      rows: [
        { ip: '192.0.2.1', count: 10, dkim: true, spf: true, signatures: ['example.com/s1 pass'] },
        { ip: '198.51.100.7', count: 2, dkim: false },
      ],
    });
  });

  it('is read as RFC 9990 has it', () => {
    expect(readReport(Buffer.from(recent))).toMatchObject({
      reporter: 'A & B',
      domain: 'example.com',
      policy: 'reject',
      rows: [{ ip: '2001:db8::1', count: 3, from: 'example.com', disposition: 'reject' }],
    });
  });

  it('is read as Exim has it, behind the beginning of a schema', () => {
    const wrapped = old().replace(
      /^.*\n/,
      '<?xml version="1.0"?> <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="x">\n',
    );
    expect(readReport(Buffer.from(wrapped)).rows).toHaveLength(1);
  });

  it('leaves out rows that make no sense, and bears bytes that are no UTF-8', () => {
    const rows = row({ ip: 'evil' }) + row({ count: -1 }) + row({ count: 1e30 }) + row();
    expect(readReport(Buffer.concat([Buffer.from(old(rows).replace('a@google.com', 'x')), Buffer.from([0x20])])).rows).toHaveLength(1);
    expect(readReport(Buffer.from(old().replace('google.com', 'caf\xe9'), 'latin1')).rows).toHaveLength(1);
  });

  it.each<readonly [name: string, text: string, why: RegExp]>([
    ['entities that grow', `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><feedback>&b;</feedback>`, /document type/],
    ['a file of another machine', `<!DOCTYPE x SYSTEM "file:///etc/passwd"><feedback/>`, /document type/],
    ['what is nested deeply', `${'<a>'.repeat(5000)}`, /nested too deeply/],
    ['what is cut off', old().slice(0, 400), /cut off/],
    ['what is closed wrongly', '<feedback><a></b></feedback>', /closes nothing/],
    ['another document', '<html><body/></html>', /no DMARC report/],
    ['no text at all', '', /no XML/],
  ])('refuses %s', (_, text, why) => expect(() => readReport(Buffer.from(text))).toThrow(why));

  it('is read in a moment, however large', () => {
    const started = Date.now();
    expect(readReport(Buffer.from(old(row().repeat(100_000)))).rows).toHaveLength(100_000);
    expect(() => readXml('<'.repeat(500_000))).toThrow();
    expect(() => readXml('&'.repeat(2_000_000))).toThrow();
    expect(Date.now() - started).toBeLessThan(8_000);
  }, 20_000);
});

/** A mail with these attachments. */
const mailOf = (files: readonly Buffer[]): Buffer =>
  Buffer.from(
    `From: a@google.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${files
      .map(
        (file, nth) =>
          `--b\r\nContent-Type: application/gzip; name="${nth}.gz"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${nth}.gz"\r\n\r\n${file.toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`,
      )
      .join('')}--b--\r\n`,
  );

describe('a packed report', () => {
  const content = Buffer.from(old());
  const mail = Buffer.from(
    `From: a@google.com\r\nSubject: Report domain: example.com\r\nMIME-Version: 1.0\r\nContent-Type: application/gzip; name="r.xml.gz"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="r.xml.gz"\r\n\r\n${gzipSync(content).toString('base64')}\r\n`,
  );
  it.each<readonly [name: string, bytes: Buffer]>([
    ['gzip', gzipSync(content)],
    ['gzip with a line break behind it', Buffer.concat([gzipSync(content), Buffer.from('\r\n')])],
    ['ZIP', zip([['r.xml', content]])],
    ['gzip in a ZIP', zip([['r.xml.gz', gzipSync(content)]])],
    ['a mail', mail],
    ['nothing', content],
  ])('is found in %s', async (_, bytes) => expect((await unpack(bytes)).map((one) => readReport(one).domain)).toEqual(['example.com']));

  const bomb = Buffer.alloc(80 * 2 ** 20, 0x20);
  it.each<readonly [name: string, bytes: Buffer, why: RegExp]>([
    ['a gzip that swells', gzipSync(bomb), /larger than 64 MB/],
    ['a ZIP that swells and lies about it', zip([['a', bomb]], 10), /larger than 64 MB/],
    [
      'a ZIP of many that swell together',
      zip([
        ['a', bomb.subarray(0, 2 ** 25)],
        ['b', bomb.subarray(0, 2 ** 25)],
        ['c', bomb.subarray(0, 2 ** 25)],
      ]),
      /larger than 64 MB/,
    ],
    [
      'a ZIP of gzips that swell together',
      zip(['a', 'b', 'c'].map((name) => [name, gzipSync(bomb.subarray(0, 2 ** 25))] as const)),
      /larger than 64 MB/,
    ],
    [
      'a mail with gzips that swell together',
      mailOf(Array.from({ length: 3 }, () => gzipSync(bomb.subarray(0, 2 ** 25)))),
      /larger than 64 MB/,
    ],
    ['a ZIP in a ZIP in a ZIP', zip([['a', zip([['b', zip([['c', content]])]])]]), /more than twice/],
    ['half a gzip', gzipSync(content).subarray(0, 60), /cut off/],
    ['half a ZIP', zip([['a', content]]).subarray(0, 50), /cut off/],
    [
      'a ZIP with a broken directory',
      Buffer.from(zip([['a', content]]).map((byte, at, all) => (at > all.length - 8 ? 0xff : byte))),
      /broken|cut off/,
    ],
  ])('is refused: %s', async (_, bytes, why) => {
    await expect(unpack(bytes)).rejects.toThrow(why);
  });
});

/** A ZIP in which many names lie in the same bytes, which are not packed. */
function overlapping(content: Buffer, names: number): Buffer {
  const one = zip([['a', Buffer.alloc(0)]]);
  const end = one.length - 22;
  const entryAt = one.readUInt32LE(end + 16);
  const head = Buffer.from(one.subarray(0, 31));
  head.writeUInt16LE(0, 8);
  const entry = Buffer.from(one.subarray(entryAt, end));
  entry.writeUInt16LE(0, 10);
  entry.writeUInt32LE(content.length, 20);
  const tail = Buffer.from(one.subarray(end));
  tail.writeUInt16LE(names, 10);
  tail.writeUInt32LE(head.length + content.length, 16);
  return Buffer.concat([head, content, ...Array.from({ length: names }, () => entry), tail]);
}

it('a ZIP whose names share their bytes is measured all the same', async () => {
  expect(await unpack(overlapping(Buffer.from('<feedback/>'), 3))).toHaveLength(3);
  await expect(unpack(overlapping(Buffer.alloc(2 ** 20, 0x20), 100))).rejects.toThrow(/larger than 64 MB/);
});

describe('all reports', () => {
  it('are summed up, each once, with whoever sent named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reports-'));
    const rows =
      row({ count: 90 }) +
      row({ ip: '198.51.100.7', count: 5, dkim: 'fail', spf: 'fail' }) +
      row({ ip: '192.0.2.9', count: 4, dkim: 'fail', spf: 'fail' });
    writeFileSync(join(folder, 'a.xml'), old(rows));
    writeFileSync(join(folder, 'a-again.xml.gz'), gzipSync(old(rows)));
    writeFileSync(join(folder, 'b.zip'), zip([['b.xml', Buffer.from(old(row({ count: 10 }), '2', 1_790_000_000 + 20 * 86_400))]]));
    writeFileSync(join(folder, 'c.xml'), '<!DOCTYPE a><feedback/>');
    const dns = await startDns(
      zoned({
        'example.com': [{ type: 'TXT', data: 'v=spf1 ip4:192.0.2.9 include:mailgun.org -all' }],
        'mailgun.org': [{ type: 'TXT', data: 'v=spf1 ip4:192.0.2.1 -all' }],
        '1.2.0.192.in-addr.arpa': [{ type: 'PTR', data: 'm1.mailgun.net' }],
        'm1.mailgun.net': [{ type: 'A', data: '192.0.2.1' }],
        // Claims to be Google, and Google does not know it.
        '7.100.51.198.in-addr.arpa': [{ type: 'PTR', data: 'mail.google.com' }],
        'mail.google.com': [{ type: 'A', data: '192.0.2.77' }],
      }),
    );
    const all = await gatherReports([folder], openDns({ servers: [dns.server], waitMs: 300, tries: 1 }));
    await dns.stop();
    expect(all).toMatchObject({ reports: 2, reporters: ['google.com'], gaps: [{ file: 'c.xml' }] });
    expect(all.sources).toMatchObject([
      { ip: '192.0.2.1', messages: 100, passed: 100, host: 'm1.mailgun.net', service: 'Mailgun', named: true },
      { ip: '198.51.100.7', messages: 5, passed: 0, named: false },
      { ip: '192.0.2.9', messages: 4, passed: 0, named: true },
    ]);
    expect(all.sources[1]).not.toHaveProperty('service');
    const verdict = reportsOn(all, 'example.com');
    expect(verdict.days).toBeGreaterThan(20);
    expect(verdict.messages).toBe(109);
    expect(verdict.atRisk.map(({ ip }) => ip)).toEqual(['192.0.2.9']);
    expect(verdict.unknown.map(({ ip }) => ip)).toEqual(['198.51.100.7']);
  });
});

it('opens nothing that is no file: a device would fill the memory', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'));
  symlinkSync('/dev/zero', join(folder, 'zero.xml'));
  writeFileSync(join(folder, 'a.xml'), old());
  const { reports, gaps } = await gatherReports([folder]);
  expect([reports, gaps]).toEqual([1, [{ file: 'zero.xml', why: 'it is no file' }]]);
});

it('stops where all reports together come to too much, and says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'));
  for (const id of ['1', '2', '3']) writeFileSync(join(folder, `${id}.xml`), old(row().repeat(40), id));
  const { reports, gaps } = await gatherReports([folder], undefined, 100);
  expect([reports, gaps]).toEqual([2, [{ file: '3.xml', why: 'with it there are more than 100 records' }]]);
});

describe('how far the policy can go', () => {
  const source = (change: Partial<ReportSource>): ReportSource => ({ ...sampleReports().sources[0]!, ...change });
  const risks = (one: Partial<ReportSource>, services?: readonly string[]) =>
    reportsOn(sampleReports({ sources: [source(one)] }), 'example.com', services).atRisk.length;

  it.each<readonly [name: string, one: Partial<ReportSource>, services: readonly string[] | undefined, atRisk: number]>([
    ['a sender of which a part fails', { messages: 400, passed: 300 }, undefined, 1],
    ['one of which a few fail that were changed on their way', { messages: 400, passed: 396 }, undefined, 0],
    ['one whose failing mails were passed on, as receivers say', { messages: 400, passed: 300, forwarded: 100 }, undefined, 0],
    [
      'a service that never passed, where nobody says who sends',
      { service: 'Microsoft 365', named: false, messages: 40, passed: 0 },
      undefined,
      1,
    ],
    ['a service that never passed and is said to send', { service: 'Mailgun', named: false, messages: 40, passed: 0 }, ['Mailgun'], 1],
    [
      'another customer of a service that is not said to send',
      { service: 'Microsoft 365', named: false, messages: 40, passed: 0 },
      ['Mailgun'],
      0,
    ],
  ])('%s', (_, one, services, atRisk) => expect(risks(one, services)).toBe(atRisk));

  it('is not told by a report that claims to be about years', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reports-'));
    writeFileSync(join(folder, 'a.xml'), old());
    writeFileSync(join(folder, 'b.xml'), recent);
    writeFileSync(join(folder, 'c.xml'), old(row(), '3').replace('<begin>1790000000<', '<begin>1400000000<'));
    expect(reportsOn(await gatherReports([folder]), 'example.com').days).toBeLessThan(2);
  });

  it('takes the word of receivers that a mail was passed on', () => {
    const passedOn = row({ dkim: 'fail', spf: 'fail' }).replace(
      '</policy_evaluated>',
      '<reason><type>mailing_list</type></reason></policy_evaluated>',
    );
    expect(readReport(Buffer.from(old(passedOn + row()))).rows.map(({ forwarded }) => forwarded)).toEqual([true, false]);
  });
});
