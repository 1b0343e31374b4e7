import { describe, expect, it } from 'vitest';
import { type Block, picturesOf, tablesOf } from '../core/deliverable.ts';
import {
  sampleDkim,
  sampleDmarc,
  sampleKey,
  sampleLink,
  sampleMail,
  sampleNoDmarc,
  sampleMailHosts,
  sampleProof,
  sampleReports,
  sampleSeed,
  sampleSignedWith,
  sampleSpf,
} from '../evidence/mail-samples.ts';
import { rotationBlocks } from './email-setup-dkim.ts';
import { domainBlocks } from './email-setup-domains.ts';
import { pictureBlocks } from './email-setup-pictures.ts';
import { proofBlocks } from './email-setup-proof.ts';
import { recordBlocks } from './email-setup-records.ts';
import { ladderBlocks, reportBlocks } from './email-setup-reports.ts';
import { seedBlocks } from './email-setup-seeds.ts';

const tables = (blocks: readonly Block[]) => blocks.flatMap((block) => (block.kind === 'table' ? [block] : []));
const evidence = {
  'mail.spf': [
    sampleSpf({
      senders: ['google'],
      additions: [
        {
          sender: 'mailgun',
          include: 'mailgun.org',
          record: 'v=spf1 include:_spf.google.com include:mailgun.org ~all',
          lookups: 12,
          voids: 0,
        },
      ],
    }),
  ],
  'mail.dmarc': [sampleDmarc()],
  'mail.dkim': [sampleDkim()],
  'mail.hosts': [sampleMailHosts()],
};

const zone = { name: 'example.com', servers: ['ana.ns.cloudflare.com', 'bob.ns.cloudflare.com'] };

describe('what to type where', () => {
  const rows = (of: object) => tables(recordBlocks(of as Record<string, unknown>)).map((table) => table.rows.map((row) => row.join(' | ')));

  it('names each record as the DNS host takes it, with what is there and which mails proved it', () => {
    const stream = 'mail.example.com';
    const blocks = {
      'mail.spf': [
        sampleSpf({
          senders: ['google'],
          records: ['v=spf1 mx ~all'],
          wanted: 'v=spf1 mx include:_spf.google.com ~all',
        }),
        { domain: stream, senders: ['resend'], records: [], wanted: 'v=spf1 ~all' },
      ],
      'mail.hosts': [
        sampleMailHosts({ zone }),
        sampleMailHosts({ domain: stream, zone, mx: 'none', returnPaths: [{ sender: 'resend', name: `send.${stream}`, state: 'fits' }] }),
      ].map((one, nth) => ({ ...one, senders: [['google'], ['resend']][nth] })),
      'mail.dkim': [sampleDkim({ keys: [] }), sampleDkim({ domain: stream, keys: [sampleKey({ domain: stream })] })],
      'mail.dmarc': [sampleNoDmarc(), sampleNoDmarc({ domain: stream })],
      'mail.proof': sampleProof(
        sampleMail({
          from: stream,
          returnPath: `send.${stream}`,
          dkim: [{ domain: stream, selector: 'resend', result: 'pass', aligned: 'strict', coversUnsubscribe: false }],
        }),
      ),
    };
    expect(rows(blocks)).toEqual([
      [
        'there | @ | MX | smtp.google.com | –',
        'to change | @ | TXT | v=spf1 mx include:_spf.google.com ~all (in place of v=spf1 mx ~all) | –',
        'not seen | google._domainkey | TXT or CNAME | DKIM: every record that the page of Google Workspace shows for the domain, with the names it shows; each account has its own | –',
        'to add | _dmarc | TXT | v=DMARC1; p=none; rua=mailto:dmarc@example.com (an address that somebody reads) | –',
        'there | send.mail | TXT | v=spf1 include:amazonses.com ~all | password reset',
        'there | resend._domainkey.mail | TXT | a key of 2048 bits | password reset',
      ],
    ]);
    expect(JSON.stringify(recordBlocks(blocks))).toMatch(/at Cloudflare, which runs the DNS of example\.com/);
  });

  it('closes a domain that sends nothing', () => {
    expect(
      rows({
        'mail.spf': [{ domain: 'example.com', senders: [], records: [], wanted: 'v=spf1 -all' }],
        'mail.hosts': [sampleMailHosts({ senders: [], mx: 'none', zone: { name: 'example.com', servers: ['ns1.example.net'] } })],
        'mail.dmarc': [sampleNoDmarc({ senders: [] })],
      })[0],
    ).toEqual([
      'to add | @ | MX | . (priority 0): it takes no mail | –',
      'to add | @ | TXT | v=spf1 -all | –',
      'to add | _dmarc | TXT | v=DMARC1; p=reject; rua=mailto:dmarc@example.com (an address that somebody reads) | –',
    ]);
  });

  it('tells what could not be looked at as not known, and what is right as there', () => {
    expect(
      rows({
        'mail.spf': [{ domain: 'example.com', records: [], fault: '192.0.2.53 answered SERVFAIL' }],
        'mail.dkim': [sampleDkim({ keys: [sampleKey({ state: 'failed', fault: 'no answer' })] })],
        'mail.dmarc': [sampleDmarc()],
        'mail.hosts': [sampleMailHosts({ mx: 'failed' })],
      })[0],
    ).toEqual([
      'not known | @ | TXT | SPF: 192.0.2.53 answered SERVFAIL | –',
      'not known | resend._domainkey | TXT | DKIM: no answer | –',
      'there | _dmarc | TXT | v=DMARC1; p=reject; rua=mailto:dmarc@example.com | –',
    ]);
    expect(recordBlocks({})).toEqual([]);
  });
});

describe('the e-mail set-up', () => {
  it('shows what each domain says of its mail', () => {
    expect(tables(domainBlocks(evidence))[0]?.rows).toEqual([
      [
        'example.com',
        'Google Workspace',
        'v=spf1 include:_spf.google.com ~all (1 of 10)',
        'resend: 2048 bits',
        'p=reject; reports',
        'Google Workspace',
      ],
    ]);
    expect(JSON.stringify(domainBlocks(evidence))).toMatch(/With Mailgun: .* takes 12 of 10 questions, which is too many/);
    expect(domainBlocks({})).toEqual([]);
  });

  it('has a row for each mail, and as many cells as columns whatever came of it', () => {
    const lost = sampleMail({ name: 'invite', outcome: 'lost', why: 'it did not come within 60 seconds' });
    const [table] = tables(proofBlocks(sampleProof(sampleMail(), lost, sampleMail({ caught: true, dkim: [], links: [] }))));
    expect(table?.rows.map((row) => row.length)).toEqual([8, 8, 8]);
    expect(table?.rows[0]).toEqual([
      'password reset',
      'inbox after 4.0 s',
      'pass, relaxed',
      'example.com/resend pass, strict',
      'pass (p=reject)',
      'spf=pass, dkim=pass, dmarc=pass (mx.google.com)',
      'text and HTML, link to app.example.com',
      'not tried',
    ]);
    expect(table?.rows[1]?.[1]).toBe('no: it did not come within 60 seconds');
  });

  it('says in words what came of the link of each mail', () => {
    const cellOf = (link: Parameters<typeof sampleLink>[0]) =>
      tables(proofBlocks(sampleProof(sampleMail({ link: sampleLink(link) }))))[0]?.rows[0]?.[7];
    expect(cellOf({})).toBe('opens, works once');
    expect(cellOf({ once: { outcome: 'broken', text: 'signs in again' } })).toBe('opens, works again after use');
    expect(cellOf({ looked: { outcome: 'broken', text: 'is used up' } })).toBe('opens, works once, used up by a mere look');
    expect(cellOf({ works: { outcome: 'broken', text: 'leads to a page that is not there (404)' } })).toBe(
      'dead: it leads to a page that is not there (404)',
    );
    expect(cellOf({ works: { outcome: 'unknown', text: 'it leads elsewhere' }, steps: [] })).toBe('not tried: it leads elsewhere');
    expect(cellOf({ works: { outcome: 'unknown', text: 'it could not be used by us' } })).toBe('not known: it could not be used by us');
    expect(tables(proofBlocks(sampleProof(sampleMail({ links: [] }))))[0]?.rows[0]?.[7]).toBe('none');
  });

  it('says who handed a mail on, and whether that is why it fails', () => {
    const dmarc = { result: 'fail' as const, policy: 'reject' };
    const vouched = { by: 'list.example', says: ['dkim=pass'], shown: ['dkim' as const] };
    const cellOf = (mail: Parameters<typeof sampleMail>[0]) => tables(proofBlocks(sampleProof(sampleMail(mail))))[0]?.rows[0]?.[4];
    const arc = { result: 'pass' as const, sealers: ['list.example'] };
    expect(cellOf({ dmarc, arc: { ...arc, vouched } })).toBe(
      'fail (p=reject); passed before it was forwarded, as list.example vouches (ARC)',
    );
    expect(cellOf({ dmarc, arc: { ...arc, vouched: { ...vouched, shown: [] } } })).toMatch(
      /says list\.example, which nobody could look into/,
    );
    expect(cellOf({ dmarc, arc })).toBe('fail (p=reject); ARC pass (list.example)');
    expect(cellOf({ dmarc, arc: { result: 'fail', why: 'x', sealers: [] } })).toBe('fail (p=reject); forwarded, ARC fail');
    expect(cellOf({})).toBe('pass (p=reject)');
  });

  it('shows how each mail looks, says what is missing, and names the files', () => {
    const picture = { width: 390, height: 500, png: 'iVBORw0KGgo=' };
    const mails = sampleProof(
      sampleMail({ name: '../../Invite “Größe”', look: { images: 2, pictures: [{ ...picture, tooWide: true, cut: true }] } }),
      sampleMail({ name: 'receipt', look: { images: 0, pictures: [], why: 'No Chromium is installed' } }),
      sampleMail({ name: 'plain' }),
    );
    const blocks = pictureBlocks(mails, 'email-pictures');
    expect(picturesOf(blocks)).toEqual([
      {
        ...picture,
        text: '../../Invite “Größe”, 390 wide; it is wider than that, and must be moved sideways; it goes on below',
        file: 'email-pictures/1-invite-gr-e-390.png',
      },
    ]);
    expect(JSON.stringify(blocks)).toMatch(/without its 2 images.*No picture of “receipt”: No Chromium is installed/);
    expect(picturesOf(pictureBlocks(mails))[0]).not.toHaveProperty('file');
    expect(pictureBlocks(sampleProof())).toEqual([]);
  });

  it('says who changes which DKIM key', () => {
    const led = sampleKey({ selector: 's1', at: 's1.domainkey.u1.wl.sendgrid.net', runBy: 'sendgrid.net' });
    const shown = { 'mail.dkim': [sampleDkim({ keys: [led, sampleKey()] })], 'mail.proof': sampleSignedWith(sampleKey()) };
    expect(tables(rotationBlocks(shown))[0]?.rows).toEqual([
      [
        's1._domainkey.example.com',
        's1.domainkey.u1.wl.sendgrid.net',
        'none that arrived',
        'SendGrid, by itself: leave the CNAME as it is',
      ],
      ['resend._domainkey.example.com', 'the domain itself', 'yes, a mail that arrived shows it', 'you, at Resend and in the DNS'],
    ]);
    expect(JSON.stringify(rotationBlocks(shown))).toMatch(/cannot be seen in the DNS\. Change yours/);
    expect(JSON.stringify(rotationBlocks({ 'mail.dkim': [sampleDkim({ keys: [led] })] }))).not.toMatch(/Change yours/);
    expect(rotationBlocks({})).toEqual([]);
  });

  it('has a column for each box that mails went to, and says which could not be read', () => {
    const test = sampleMail({ name: 'test mail', by: 'us' });
    const invite = sampleMail({ name: 'invite' });
    const proof = {
      ...sampleProof(test, invite, sampleMail({ name: 'password reset' })),
      seeds: [
        sampleSeed({ mails: [test, { ...invite, folder: 'spam' as const, dkim: [] }] }),
        sampleSeed({ name: 'work', provider: undefined as never, mails: [{ ...test, outcome: 'lost' as const, why: 'it did not come' }] }),
        sampleSeed({ name: 'yahoo', provider: 'yahoo', mails: [], fault: { why: 'imap.mail.yahoo.com refuses this user', remedy: 'x' } }),
      ],
    };
    const all = 'SPF, DKIM and DMARC pass, and it says the same';
    const blocks = seedBlocks(proof);
    expect(tables(blocks)).toMatchObject([
      {
        columns: ['Mail', 'mailbox', 'gmail', 'work'],
        rows: [
          ['test mail', `inbox after 4.0 s; ${all}`, `inbox after 4.0 s; ${all}`, 'did not come: it did not come'],
          [
            'invite',
            `inbox after 4.0 s; ${all}`,
            'SPAM after 4.0 s; SPF pass, DKIM none, DMARC pass; it says spf=pass, dkim=pass, dmarc=pass',
            'not sent there',
          ],
        ],
      },
    ]);
    expect(JSON.stringify(blocks)).toMatch(/yahoo could not be read: .* refuses this user\..*Not known: Outlook, where/);
    expect(tablesOf(blocks).map(({ label }) => label)).toEqual(['where mails end']);
    // Nothing is told of a mailbox of ours on this machine, and nothing without boxes.
    expect(tables(seedBlocks({ ...proof, mails: [sampleMail({ caught: true })] }))[0]?.columns).toEqual(['Mail', 'gmail', 'work']);
    expect(seedBlocks(sampleProof())).toEqual([]);
    expect(proofBlocks({ ...proof, mails: [] })).toHaveLength(1);
  });

  it('says what to give where no mail was sent', () => {
    expect(JSON.stringify(proofBlocks({ ...sampleProof(), mails: [], mailbox: false }))).toMatch(/access\.mail.*email\.send/);
  });

  it('says how far each policy is, and opens the next step only where the reports do', () => {
    const step = (...of: Parameters<typeof ladderBlocks>) => tables(ladderBlocks(...of))[0]?.rows;
    const quarantine = sampleDmarc({}, { p: 'quarantine' });
    expect(step([quarantine])).toEqual([['example.com', 'quarantine', expect.stringMatching(/^Read the reports first/)]]);
    expect(step([quarantine], sampleReports())).toEqual([['example.com', 'quarantine', expect.stringMatching(/^Go to p=reject now/)]]);
    expect(step([sampleDmarc({}, { p: 'none' })], sampleReports({ until: 1_790_100_000 }))).toEqual([
      ['example.com', 'none', expect.stringMatching(/are little: wait for 14 days, then p=quarantine/)],
    ]);
    expect(step([sampleDmarc()])).toEqual([['example.com', 'reject', 'None: this is the top.']]);
    expect(step([sampleDmarc({ fault: 'SERVFAIL' }), sampleDmarc({ senders: [] })])).toBeUndefined();
  });

  it('names who sends, out of the reports', () => {
    expect(tables(reportBlocks(sampleReports()))[0]?.rows).toEqual([
      ['example.com', 'Resend (192.0.2.1)', '400', 'all', '400', '400', '0'],
    ]);
    const gaps = Array.from({ length: 7 }, (_, nth) => ({ file: `${nth}.zip`, why: 'it is cut off' }));
    const unread = reportBlocks(sampleReports({ reports: 0, gaps }));
    expect(tables(unread)[0]?.rows).toEqual(gaps.slice(0, 5).map(({ file, why }) => [file, why]));
    expect(JSON.stringify(unread)).toContain('And 2 more that could not be read');
    expect(JSON.stringify(reportBlocks(sampleReports({ reports: 0, gaps: gaps.slice(0, 1) })))).not.toContain('more that');
  });
});
