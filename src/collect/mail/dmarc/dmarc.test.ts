import { describe, expect, it } from 'vitest';
import { type DnsClient, openDns } from '../../dns/client.ts';
import { startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { dmarcFacts } from './collector.ts';
import { discoverDmarc, organisationalOf, walk, walkNames } from './discover.ts';
import { evaluateDmarc } from './evaluate.ts';
import { isDmarc, parseDmarc } from './record.ts';

// Sections are those of RFC 9989 as its last draft (draft-ietf-dmarc-dmarcbis-41) numbers them; the examples stand in its appendix B.

const policy = (data = 'v=DMARC1; p=none') => [{ type: 'TXT', data }];
const there = [{ type: 'A', data: '192.0.2.1' }];

async function withDns<Value>(zone: Zone, use: (dns: DnsClient, asked: readonly string[]) => Promise<Value>): Promise<Value> {
  const server = await startDns(zoned(zone));
  try {
    return await use(openDns({ servers: [server.server], waitMs: 250, tries: 1 }), server.asked);
  } finally {
    await server.stop();
  }
}

describe('a DMARC record', () => {
  it.each<readonly [text: string, is: boolean]>([
    ['v=DMARC1', true],
    ['v=DMARC1;p=none', true],
    ['v = DMARC1 ; p=none', true],
    ['v=dmarc1; p=none', false],
    ['v=DMARC2; p=none', false],
    ['p=none; v=DMARC1', false],
    [' v=DMARC1; p=none', false],
    ['v=DMARC10; p=none', false],
    ['v=spf1 -all', false],
  ])('%s: %s', (text, is) => expect(isDmarc(text)).toBe(is));

  it.each<readonly [name: string, text: string, want: object]>([
    [
      'defaults',
      'v=DMARC1; p=reject',
      { p: 'reject', test: false, psd: 'u', adkim: 'r', aspf: 'r', rua: [], obsolete: [], problems: [], ignored: false },
    ],
    ['capitals in values', 'v=DMARC1; P=Reject; ADKIM=S; t=Y', { p: 'reject', adkim: 's', test: true }],
    [
      'a wrong value counts as its default',
      'v=DMARC1; p=none; aspf=x; t=maybe',
      { aspf: 'r', test: false, problems: ['t=maybe is none of y, n', 'aspf=x is none of r, s'] },
    ],
    ['unknown tags are left out', 'v=DMARC1; p=none; foo=bar', { p: 'none', problems: ['foo= is no tag of DMARC, so nobody reads it'] }],
    ['no policy, but reports: none', 'v=DMARC1; rua=mailto:a@example.com', { p: 'none', ignored: false }],
    ['no policy and no reports: ignored', 'v=DMARC1', { ignored: true }],
    ['a wrong policy without reports: ignored', 'v=DMARC1; p=rejct', { ignored: true }],
    ['a wrong sp with reports: none', 'v=DMARC1; p=reject; sp=all; rua=mailto:a@example.com', { p: 'none', ignored: false }],
    ['a wrong sp without reports: ignored', 'v=DMARC1; p=reject; sp=all', { ignored: true }],
    ['removed tags are told', 'v=DMARC1; p=none; pct=50; ri=3600; rf=afrf', { obsolete: ['pct=50', 'rf=afrf', 'ri=3600'], problems: [] }],
    [
      'a size behind an address is left out',
      'v=DMARC1; p=none; rua=mailto:a@example.com!10m, mailto:b@example.org',
      { rua: ['mailto:a@example.com', 'mailto:b@example.org'], obsolete: ['a size (!) behind an address'] },
    ],
    [
      'an address without mailto',
      'v=DMARC1; p=none; rua=a@example.com',
      { rua: [], problems: ['rua=a@example.com is no address: it is written like mailto:reports@example.com'] },
    ],
    ['a tag twice', 'v=DMARC1; p=none; p=reject', { p: 'none', problems: ['p= stands in it twice'] }],
    ['what is no tag', 'v=DMARC1; p=none; hello', { p: 'none', problems: ['“hello” is no tag with a value'] }],
  ])('%s', (_, text, want) => expect(parseDmarc(text)).toMatchObject(want));
});

describe('the walk up the tree (§4.10)', () => {
  it('asks at most eight times', () => {
    expect(walkNames('a.b.c.d.e.f.g.h.i.j.mail.example.com')).toEqual([
      'a.b.c.d.e.f.g.h.i.j.mail.example.com',
      'g.h.i.j.mail.example.com',
      'h.i.j.mail.example.com',
      'i.j.mail.example.com',
      'j.mail.example.com',
      'mail.example.com',
      'example.com',
      'com',
    ]);
    expect(walkNames('a.mail.example.com')).toEqual(['a.mail.example.com', 'mail.example.com', 'example.com', 'com']);
    expect(walkNames('1.2.3.4.5.6.example.com')).toHaveLength(8);
    expect(walkNames('1.2.3.4.5.6.7.example.com')).toHaveLength(8);
  });

  it.each<readonly [name: string, start: string, zone: Zone, organisational: string]>([
    [
      '§4.10.2: the record with the fewest labels',
      'a.mail.example.com',
      { '_dmarc.mail.example.com': policy(), '_dmarc.example.com': policy() },
      'example.com',
    ],
    [
      '§4.10.2: psd=n ends it',
      'a.mail.example.com',
      { '_dmarc.mail.example.com': policy('v=DMARC1; p=none; psd=n'), '_dmarc.example.com': policy() },
      'mail.example.com',
    ],
    ['§4.10.2: below psd=y', 'a.mail.example.com', { '_dmarc.com': policy('v=DMARC1; p=none; psd=y') }, 'example.com'],
    ['psd=y where the walk starts', 'bank.example', { '_dmarc.bank.example': policy('v=DMARC1; p=none; psd=y') }, 'bank.example'],
    ['no record at all', 'a.mail.example.com', {}, 'a.mail.example.com'],
    [
      'two records are none',
      'mail.example.com',
      { '_dmarc.mail.example.com': policy(), '_dmarc.example.com': [...policy(), ...policy()] },
      'mail.example.com',
    ],
    [
      'other TXT records do not count',
      'mail.example.com',
      { '_dmarc.mail.example.com': policy(), '_dmarc.example.com': [...policy(), { type: 'TXT', data: 'hello' }] },
      'example.com',
    ],
    [
      'B.3.1: signing.example.com',
      'signing.example.com',
      { '_dmarc.example.com': policy(), '_dmarc.signing.example.com': policy() },
      'example.com',
    ],
    [
      'B.3.2: deep',
      'a.b.c.d.e.f.g.h.i.j.k.example.com',
      { '_dmarc.example.com': policy(), '_dmarc.signing.example.com': policy() },
      'example.com',
    ],
    [
      'B.3.3: giant.bank.example',
      'giant.bank.example',
      { '_dmarc.bank.example': policy('v=DMARC1; p=none; psd=y'), '_dmarc.giant.bank.example': policy() },
      'giant.bank.example',
    ],
    [
      'B.3.3: mail.giant.bank.example',
      'mail.giant.bank.example',
      { '_dmarc.bank.example': policy('v=DMARC1; p=none; psd=y'), '_dmarc.giant.bank.example': policy() },
      'giant.bank.example',
    ],
    [
      'B.3.3: mail.mega.bank.example',
      'mail.mega.bank.example',
      { '_dmarc.bank.example': policy('v=DMARC1; p=none; psd=y'), '_dmarc.giant.bank.example': policy() },
      'mega.bank.example',
    ],
  ])('%s', async (_, start, zone, organisational) => {
    expect(await withDns(zone, async (dns) => organisationalOf(await walk(dns, start)))).toBe(organisational);
  });

  it('asks nothing above psd=n', async () => {
    await withDns({ '_dmarc.mail.example.com': policy('v=DMARC1; p=none; psd=n') }, async (dns, asked) => {
      await walk(dns, 'mail.example.com');
      expect(asked).toEqual(['_dmarc.mail.example.com TXT udp']);
    });
  });
});

describe('the policy that counts (§4.10.1)', () => {
  it.each<readonly [name: string, from: string, zone: Zone, want: object]>([
    [
      'its own',
      'example.com',
      { '_dmarc.example.com': policy('v=DMARC1; p=reject; sp=none; np=none') },
      { at: 'example.com', by: 'p', effective: 'reject' },
    ],
    [
      'sp of above, where the name is there',
      'news.example.com',
      { '_dmarc.example.com': policy('v=DMARC1; p=reject; sp=quarantine; np=none'), 'news.example.com': there },
      { at: 'example.com', by: 'sp', effective: 'quarantine' },
    ],
    [
      'np of above, where it is not',
      'gone.example.com',
      { '_dmarc.example.com': policy('v=DMARC1; p=none; sp=quarantine; np=reject') },
      { by: 'np', effective: 'reject' },
    ],
    [
      'sp where there is no np',
      'gone.example.com',
      { '_dmarc.example.com': policy('v=DMARC1; p=reject; sp=none') },
      { by: 'sp', effective: 'none' },
    ],
    [
      'p where there is neither',
      'gone.example.com',
      { '_dmarc.example.com': policy('v=DMARC1; p=reject') },
      { by: 'p', effective: 'reject' },
    ],
    [
      'a name that has records of another type is there',
      'mx.example.com',
      {
        '_dmarc.example.com': policy('v=DMARC1; p=none; sp=quarantine; np=reject'),
        'mx.example.com': [{ type: 'MX', data: { preference: 1, exchange: 'm.example' } }],
      },
      { by: 'sp' },
    ],
    [
      'what stands between is passed over',
      'a.mail.example.com',
      {
        '_dmarc.mail.example.com': policy('v=DMARC1; p=none'),
        '_dmarc.example.com': policy('v=DMARC1; p=reject'),
        'a.mail.example.com': there,
      },
      { at: 'example.com', effective: 'reject' },
    ],
    [
      'that of the public suffix, where the organisation has none',
      'giant.bank.example',
      { '_dmarc.bank.example': policy('v=DMARC1; p=none; sp=reject; psd=y'), 'giant.bank.example': there },
      { at: 'bank.example', by: 'sp', effective: 'reject' },
    ],
    [
      'not that of the public suffix, where it has',
      'mail.giant.bank.example',
      {
        '_dmarc.bank.example': policy('v=DMARC1; p=reject; psd=y'),
        '_dmarc.giant.bank.example': policy('v=DMARC1; p=none'),
        'mail.giant.bank.example': there,
      },
      { at: 'giant.bank.example', effective: 'none' },
    ],
    [
      't=y takes one step back from reject',
      'example.com',
      { '_dmarc.example.com': policy('v=DMARC1; p=reject; t=y') },
      { policy: 'reject', effective: 'quarantine' },
    ],
    [
      't=y takes one step back from quarantine',
      'example.com',
      { '_dmarc.example.com': policy('v=DMARC1; p=quarantine; t=y') },
      { policy: 'quarantine', effective: 'none' },
    ],
    ['pct does nothing', 'example.com', { '_dmarc.example.com': policy('v=DMARC1; p=reject; pct=0') }, { effective: 'reject' }],
  ])('%s', async (_, from, zone, want) => {
    expect(await withDns(zone, (dns) => discoverDmarc(dns, from))).toMatchObject(want);
  });

  it('is none where nothing is there, and unclear where a server fails', async () => {
    expect((await withDns({}, (dns) => discoverDmarc(dns, 'example.com'))).record).toBeUndefined();
    const failing = await withDns({ '_dmarc.example.com': ['silent'] }, (dns) => discoverDmarc(dns, 'news.example.com'));
    expect(failing).toMatchObject({ fault: expect.any(String) as string });
    expect(failing.record).toBeUndefined();
  });
});

describe('what a mail comes to (§5.3, appendix B.1)', () => {
  const zone: Zone = { '_dmarc.example.com': policy('v=DMARC1; p=reject'), 'child.example.com': there, 'news.example.com': there };
  const strict: Zone = { '_dmarc.example.com': policy('v=DMARC1; p=reject; adkim=s; aspf=s') };
  const pass = (domain: string) => ({ result: 'pass', domain });
  it.each<
    readonly [name: string, zone: Zone, from: string, spf: string | undefined, dkim: string | undefined, result: string, alignment: string]
  >([
    ['SPF 1: the same domain', zone, 'example.com', 'example.com', undefined, 'pass', 'strict'],
    ['SPF 2: a child of it', zone, 'example.com', 'child.example.com', undefined, 'pass', 'relaxed'],
    ['SPF 3: another domain', zone, 'child.example.com', 'example.net', undefined, 'fail', 'no'],
    ['DKIM 1: the same domain', zone, 'example.com', undefined, 'example.com', 'pass', 'strict'],
    ['DKIM 2: its parent', zone, 'child.example.com', undefined, 'example.com', 'pass', 'relaxed'],
    ['DKIM 3: another domain', zone, 'child.example.com', undefined, 'example.net', 'fail', 'no'],
    ['§4.4: siblings', zone, 'news.example.com', undefined, 'foo.example.com', 'pass', 'relaxed'],
    ['strict: a child is another', strict, 'example.com', 'child.example.com', undefined, 'fail', 'no'],
    ['strict: capitals are the same', strict, 'example.com', undefined, 'EXAMPLE.com', 'pass', 'strict'],
    ['no policy', {}, 'example.com', 'example.com', undefined, 'none', 'strict'],
    ['no policy: a child of it', {}, 'example.com', undefined, 'mg.example.com', 'none', 'relaxed'],
    ['no policy: another domain', {}, 'example.com', undefined, 'example.net', 'none', 'no'],
    ['no policy: another customer of the same host', {}, 'one.lovable.app', undefined, 'two.lovable.app', 'none', 'no'],
    ['a look-alike', zone, 'example.com', undefined, 'badexample.com', 'fail', 'no'],
  ])('%s', async (_, of, from, spf, dkim, result, alignment) => {
    const verdict = await withDns(of, (dns) =>
      evaluateDmarc(dns, { from, ...(spf !== undefined && { spf: pass(spf) }), dkim: dkim === undefined ? [] : [pass(dkim)] }),
    );
    expect({ result: verdict.result, alignment: dkim === undefined ? verdict.spf.alignment : verdict.dkim[0]?.alignment }).toEqual({
      result,
      alignment,
    });
    expect(verdict.disposition).toBe(result === 'fail' ? 'reject' : 'none');
  });

  it('fails where nothing passed, whatever is aligned', async () => {
    const verdict = await withDns(zone, (dns) =>
      evaluateDmarc(dns, {
        from: 'example.com',
        spf: { result: 'softfail', domain: 'example.com' },
        dkim: [{ result: 'fail', domain: 'example.com' }],
      }),
    );
    expect(verdict).toMatchObject({ result: 'fail', disposition: 'reject' });
  });

  it.each<readonly [name: string, zone: Zone, spf: { result: string; domain: string }]>([
    ['the policy could not be asked', { '_dmarc.example.com': ['silent'] }, { result: 'fail', domain: 'example.com' }],
    ['SPF could not be asked', zone, { result: 'temperror', domain: 'example.com' }],
    [
      'the other domain could not be asked',
      { ...zone, '_dmarc.mail.example.com': ['silent'] },
      { result: 'pass', domain: 'mail.example.com' },
    ],
  ])('neither passes nor fails where %s', async (_, of, spf) => {
    expect((await withDns(of, (dns) => evaluateDmarc(dns, { from: 'example.com', spf, dkim: [] }))).result).toBe('temperror');
  });
});

describe('where reports go (RFC 9990 §4)', () => {
  const facts = async (rua: string, zone: Zone = {}) =>
    (
      await withDns({ '_dmarc.example.com': policy(`v=DMARC1; p=none; rua=${rua}`), ...zone }, (dns) =>
        dmarcFacts(dns, { name: 'example.com' }),
      )
    ).destinations;

  it('asks nobody of the same organisation', async () => {
    expect(await facts('mailto:a@mail.example.com')).toMatchObject([{ own: true, agreed: 'yes' }]);
  });

  it.each<readonly [name: string, zone: Zone, agreed: string]>([
    ['agreed', { 'example.com._report._dmarc.red.example.net': policy('v=DMARC1;') }, 'yes'],
    [
      'agreed, with other records beside it',
      { 'example.com._report._dmarc.red.example.net': [...policy('v=DMARC1'), { type: 'TXT', data: 'x' }] },
      'yes',
    ],
    ['not agreed', {}, 'no'],
    ['another answer', { 'example.com._report._dmarc.red.example.net': policy('yes') }, 'no'],
    ['no answer', { 'example.com._report._dmarc.red.example.net': ['silent'] }, 'unclear'],
  ])('asks another one: %s', async (_, zone, agreed) => {
    expect(await facts('mailto:a@red.example.net', zone)).toMatchObject([
      { own: false, agreed, name: 'example.com._report._dmarc.red.example.net' },
    ]);
  });

  it('asks those likewise whom reports about single mails go to (RFC 9991)', async () => {
    const zone: Zone = {
      '_dmarc.example.com': policy('v=DMARC1; p=none; rua=mailto:a@example.com; ruf=mailto:b@red.example.net,mailto:c@example.com'),
    };
    const told = await withDns(zone, (dns) => dmarcFacts(dns, { name: 'example.com' }));
    expect(told.destinations).toMatchObject([{ own: true }]);
    expect(told.failureDestinations).toMatchObject([
      { own: false, agreed: 'no', name: 'example.com._report._dmarc.red.example.net' },
      { own: true, agreed: 'yes' },
    ]);
  });
});
