import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDns } from '../../dns/client.ts';
import { type DnsFixture, startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { checkSpf } from './check-host.ts';

// The suite of RFC 7208 is run where it lies beside the checkout (suite.test.ts); these are cases of ours for its main rules, by section.
const spf = (data: string): Zone[string] => [{ type: 'TXT', data: data.match(/.{1,200}/g) }];
const zone: Zone = {
  'ip.example': spf('v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all'),
  'soft.example': spf('v=spf1 ip4:192.0.2.1 ~all'),
  'open.example': spf('v=spf1 +all'),
  'query.example': spf('v=spf1 ?all'),
  'silent.example': spf('v=spf1 ip4:198.51.100.1'),
  'two.example': [...spf('v=spf1 -all'), ...spf('v=spf1 +all')],
  'other.example': [...spf('v=spf10 +all'), ...spf('google-site-verification=1')],
  'case.example': spf('V=SPF1 IP4:192.0.2.1 -ALL'),
  'typo.example': spf('v=spf1 ipv4:192.0.2.1 -all'),
  'late-typo.example': spf('v=spf1 ip4:192.0.2.1 a:b:c/99 -all'),
  'unknown.example': spf('v=spf1 moo=%{d} ip4:192.0.2.1 -all'),
  'a.example': [...spf('v=spf1 a/24 -all'), { type: 'A', data: '192.0.2.200' }],
  'mx.example': [...spf('v=spf1 mx -all'), { type: 'MX', data: { preference: 5, exchange: 'm.mx.example' } }],
  'm.mx.example': [{ type: 'A', data: '192.0.2.1' }],
  'include.example': spf('v=spf1 include:ip.example ~all'),
  'include-soft.example': spf('v=spf1 include:soft.example ?all'),
  'include-none.example': spf('v=spf1 include:nothing.example -all'),
  'include-late.example': spf('v=spf1 include:timeout.example -all'),
  'timeout.example': ['silent'],
  'redirect.example': spf('v=spf1 redirect=ip.example'),
  'redirect-all.example': spf('v=spf1 ~all redirect=ip.example'),
  'redirect-none.example': spf('v=spf1 redirect=nothing.example'),
  'exists.example': spf('v=spf1 exists:%{ir}.%{l1r-}.%{d} -all'),
  '1.2.0.192.you.exists.example': [{ type: 'A', data: '127.0.0.2' }],
  'void.example': spf('v=spf1 a:v1.example a:v2.example a:v3.example ip4:192.0.2.1 -all'),
  'one-family.example': [
    ...spf('v=spf1 a mx ip6:2001:db8:5::/48 -all'),
    { type: 'A', data: '192.0.2.9' },
    ...['m1', 'm2', 'm3'].map((name) => ({ type: 'MX', data: { preference: 5, exchange: `${name}.one-family.example` } })),
  ],
  ...Object.fromEntries(['m1', 'm2', 'm3'].map((name) => [`${name}.one-family.example`, [{ type: 'A', data: '192.0.2.8' }]])),
  'void-two.example': spf('v=spf1 a:v1.example a:v2.example ip4:192.0.2.1 -all'),
  'ten.example': spf(`v=spf1 ${'include:none-of.example '.repeat(10)}ip4:192.0.2.1 -all`),
  'eleven.example': spf(`v=spf1 ${'include:none-of.example '.repeat(11)}ip4:192.0.2.1 -all`),
  'none-of.example': spf('v=spf1 ip4:203.0.113.1 -all'),
  'loop.example': spf('v=spf1 include:loop.example -all'),
  'split.example': [{ type: 'TXT', data: ['v=spf1 ip4:192.0', '.2.1 -all'] }],
};

let dns: DnsFixture;
beforeAll(async () => {
  dns = await startDns(zoned(zone));
});
afterAll(() => dns.stop());

it.each<readonly [section: string, domain: string, ip: string, result: string]>([
  ['4.5 no record', 'nothing.example', '192.0.2.1', 'none'],
  ['4.5 two records', 'two.example', '192.0.2.1', 'permerror'],
  ['4.5 other TXT records', 'other.example', '192.0.2.1', 'none'],
  ['4.4 a server that does not answer', 'timeout.example', '192.0.2.1', 'temperror'],
  ['3.3 strings are glued together without a space', 'split.example', '192.0.2.1', 'pass'],
  ['4.6.1 capitals', 'case.example', '192.0.2.1', 'pass'],
  ['4.6 a mechanism that is none', 'typo.example', '192.0.2.1', 'permerror'],
  ['4.6 a mistake behind the match', 'late-typo.example', '192.0.2.1', 'permerror'],
  ['6 modifiers that are unknown', 'unknown.example', '192.0.2.1', 'pass'],
  ['4.7 nothing matches', 'silent.example', '192.0.2.1', 'neutral'],
  ['5.1 all', 'ip.example', '198.51.100.1', 'fail'],
  ['5.1 ~all', 'soft.example', '198.51.100.1', 'softfail'],
  ['5.1 ?all', 'query.example', '198.51.100.1', 'neutral'],
  ['5.1 +all', 'open.example', '198.51.100.1', 'pass'],
  ['5.6 ip4', 'ip.example', '192.0.2.255', 'pass'],
  ['5.6 ip6', 'ip.example', '2001:db8:1::1', 'pass'],
  ['5 IPv4 in IPv6', 'ip.example', '::ffff:192.0.2.1', 'pass'],
  ['5.3 a with a prefix', 'a.example', '192.0.2.3', 'pass'],
  ['5.3 a of the other family', 'a.example', '2001:db8::1', 'fail'],
  ['5.4 mx', 'mx.example', '192.0.2.1', 'pass'],
  ['5.2 include that passes', 'include.example', '192.0.2.1', 'pass'],
  ['5.2 include that refuses is no match', 'include.example', '198.51.100.1', 'softfail'],
  ['5.2 include that is unsure is no match', 'include-soft.example', '198.51.100.1', 'neutral'],
  ['5.2 include without a record', 'include-none.example', '192.0.2.1', 'permerror'],
  ['5.2 include that cannot be asked', 'include-late.example', '192.0.2.1', 'temperror'],
  ['6.1 redirect', 'redirect.example', '198.51.100.1', 'fail'],
  ['6.1 redirect beside all', 'redirect-all.example', '192.0.2.1', 'softfail'],
  ['6.1 redirect to nothing', 'redirect-none.example', '192.0.2.1', 'permerror'],
  ['5.7, 7 exists with macros', 'exists.example', '192.0.2.1', 'pass'],
  ['5.7, 7 exists that is not there', 'exists.example', '192.0.2.2', 'fail'],
  ['4.6.4 three answers with nothing in them', 'void.example', '192.0.2.1', 'permerror'],
  ['4.6.4 two of them', 'void-two.example', '192.0.2.1', 'pass'],
  ['4.6.4 hosts with addresses of the other family alone', 'one-family.example', '2001:db8:5::1', 'pass'],
  ['4.6.4 ten terms that ask', 'ten.example', '192.0.2.1', 'pass'],
  ['4.6.4 eleven of them', 'eleven.example', '192.0.2.1', 'permerror'],
  ['4.6.4 a loop', 'loop.example', '192.0.2.1', 'permerror'],
])('RFC 7208 §%s', async (_, domain, ip, result) => {
  const client = openDns({ servers: [dns.server], waitMs: 300, tries: 1 });
  expect((await checkSpf(client, { ip, sender: `you-me@${domain}`, helo: 'mail.example' })).result).toBe(result);
});
