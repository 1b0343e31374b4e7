import { afterAll, describe, expect, it } from 'vitest';
import { openDns } from '../collect/dns/client.ts';
import { startDns, zoned } from '../collect/dns/fixture.ts';
import type { GivenRecord } from '../core/target.ts';
import { clickRecords, clickText, hostField } from './click-records.ts';

const long = `v=DKIM1; k=rsa; p=${'A'.repeat(390)}`;
const records: readonly GivenRecord[] = [
  { name: 'app.example.com', type: 'CNAME', content: 'cname.vercel-dns.com' },
  { name: 'example.com', type: 'TXT', content: 'v=spf1 include:_spf.google.com ~all' },
  { name: 'example.com', type: 'TXT', content: 'google-site-verification=abc' },
  { name: 's1._domainkey.example.com', type: 'TXT', content: long },
  { name: 'example.com', type: 'MX', content: 'mx.example.net', priority: 5 },
  { name: 'example.com', type: 'CAA', content: '0 issue "letsencrypt.org"' },
  { name: 'broken.example.com', type: 'A', content: '192.0.2.1' },
];
const server = await startDns((name, type) =>
  name === 'broken.example.com'
    ? { rcode: 'SERVFAIL' }
    : zoned({
        'app.example.com': [{ type: 'CNAME', data: 'old.example.net' }],
        'example.com': [
          { type: 'TXT', data: ['v=spf1 -all'] },
          { type: 'MX', data: { preference: 5, exchange: 'MX.example.net' } },
          { type: 'CAA', data: { flags: 0, tag: 'issue', value: 'letsencrypt.org' } },
        ],
      })(name, type),
);
afterAll(() => server.stop());

describe('records to enter by hand', () => {
  it('says what is to be done with each, as the DNS answers', async () => {
    const all = await clickRecords(openDns({ servers: [server.server], tries: 1 }), {
      apex: 'example.com',
      hosts: [],
      mail: [],
      drafted: false,
      records,
    });
    expect(all.map(({ todo, host }) => `${todo} ${host}`)).toEqual([
      'change app',
      'change @',
      'add @',
      'add s1._domainkey',
      'there @',
      'there @',
      'unknown broken',
    ]);
    const text = clickText('example.com', all);
    expect(text).toContain('Records of example.com, to be entered where its DNS is managed: 5 of 7 to do');
    expect(text).toContain('Now       v=spf1 -all');
    expect(text).toContain('Paste it without quotes');
    expect(text).toMatch(/longer than 255 bytes.*as 2 strings: "v=DKIM1; k=rsa; p=A{237}" "A{153}"/);
    expect(text).toContain('write it with a dot at the end: cname.vercel-dns.com.');
    expect(text).toContain(
      '5. Leave (it is there)\n   Type      MX\n   Name      @ (some forms want it empty, or example.com)\n   Value     mx.example.net\n   Priority  5\n',
    );
  });

  it('names hosts as forms want them', () => {
    expect([hostField('example.com', 'example.com'), hostField('a.b.example.com', 'example.com')]).toEqual(['@', 'a.b']);
  });
});
