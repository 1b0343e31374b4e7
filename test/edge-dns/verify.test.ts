import { afterEach, describe, expect, it } from 'vitest';
import type { Records } from '../../examples/domain/zone.ts';
import { startDomain } from '../../examples/domain/start.ts';
import { watched } from '../../src/cli/watch.ts';
import { mailWanted } from '../../src/collect/mail/wanted.ts';
import type { GivenDomains } from '../../src/core/target.ts';
import { mapOf } from './judge.ts';
import { type Moment, startWatched, type WatchedZone } from './watched-zone.ts';

const started: WatchedZone[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

const txt = (data: string) => ({ type: 'TXT', data });
const mx = (exchange: string, preference = 10) => ({ type: 'MX', data: { preference, exchange } });
const cname = (data: string) => ({ type: 'CNAME', data });
const key = 'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const whole: Records = {
  'acme.io': [txt('v=spf1 include:_spf.google.com ~all'), txt('site=1'), mx('smtp.google.com')],
  'send.acme.io': [txt('v=spf1 include:amazonses.com ~all'), mx('feedback-smtp.eu-west-1.amazonses.com')],
  'resend._domainkey.acme.io': [cname('acme.dkim.amazonses.com')],
  'google._domainkey.acme.io': [txt(key)],
  '_dmarc.acme.io': [txt('v=DMARC1; p=none; rua=mailto:d@acme.io')],
};
const elsewhere = { 'acme.dkim.amazonses.com': [txt(key)], 'pm.mtasv.net': [txt('v=spf1 ip4:192.0.2.9 -all')] };
const usual: GivenDomains['mail'] = [{ name: 'acme.io', senders: ['google', 'resend'], selectors: ['google', 'resend'] }];

async function verify(now: (ms: number) => Moment, change: Partial<GivenDomains> = {}, limit = 30) {
  const start = Date.now();
  const zone = await startWatched(() => now(Date.now() - start), elsewhere);
  started.push(zone);
  const domains = mapOf('acme.io', [], { ...zone.reached, mail: usual, ...change });
  const { wanted, untold } = mailWanted(domains);
  let text = '';
  const pace = { limit, between: 0.2 };
  const seen = await watched(domains, wanted, { pace, signal: new AbortController().signal, say: (more) => (text += more) });
  const not = seen.looked.filter(({ is }) => is !== 'there').map(({ wanted: { label }, is }) => `${is} ${label}`);
  return { outcome: seen.outcome, labels: seen.looked.map(({ wanted: { label } }) => label), not, text, untold };
}

const once = (zone: Records, change: Partial<GivenDomains> = {}) => verify(() => ({ first: zone }), change, 0.3);

describe('email verify', () => {
  it('ends once every server has every record, first one and then the other', async () => {
    const { outcome, text, labels } = await verify((ms) => ({
      first: ms < 400 ? {} : whole,
      second: ms < 900 ? {} : whole,
      resolver: ms < 1_200 ? {} : whole,
    }));
    expect(outcome).toBe('there');
    expect(labels).toEqual([
      'SPF of acme.io',
      'SPF of send.acme.io',
      'MX of send.acme.io',
      'DKIM key google of acme.io',
      'DKIM key resend of acme.io',
      'MX of acme.io',
      'DMARC of acme.io',
    ]);
    expect(text).toMatch(
      /✗ not there yet: SPF of acme\.io\n {4}wanted: one TXT record: v=spf1 …, with include:_spf\.google\.com \(Google Workspace\)\n/,
    );
    expect(text).toMatch(/✓ there: v=spf1 include:_spf\.google\.com ~all\n {8}at ns1\.acme\.io \(127\.71\.0\.11\)\n/);
    expect(text).toMatch(/✓ there: CNAME acme\.dkim\.amazonses\.com\n {8}at ns1.*, ns2.*\n {4}✓ there: v=DKIM1.*\n {8}at resolver/);
    expect(text).toContain('All 7 are there, as 3 servers say.');
  });

  it.each<readonly [name: string, change: Records, label: string, said: RegExp]>([
    [
      'a sender is missing in SPF',
      { 'acme.io': [txt('v=spf1 include:_spf.google.com.evil.example -all'), mx('smtp.google.com')] },
      'SPF of acme.io',
      /without Google Workspace: v=spf1/,
    ],
    [
      'the SPF record is broken',
      { 'acme.io': [txt('v=spf1 include:_spf.google.com ip4:1.2.3 -all'), mx('smtp.google.com')] },
      'SPF of acme.io',
      /not as wanted: .*ip4:1\.2\.3/,
    ],
    [
      'there are two policies',
      { '_dmarc.acme.io': [txt('v=DMARC1; p=none'), txt('v=DMARC1; p=reject')] },
      'DMARC of acme.io',
      /2 records, and there may be one/,
    ],
    ['the policy does not count', { '_dmarc.acme.io': [txt('v=DMARC1; p=nothing')] }, 'DMARC of acme.io', /it does not count/],
    [
      'the key was taken back',
      { 'google._domainkey.acme.io': [txt('v=DKIM1; p=')] },
      'DKIM key google of acme.io',
      /the key was taken back/,
    ],
    ['the key was cut off', { 'google._domainkey.acme.io': [txt('v=DKIM1; k=rsa; p=MIIB')] }, 'DKIM key google of acme.io', /is no key/],
    [
      'the key leads to nothing',
      { 'resend._domainkey.acme.io': [cname('gone.dkim.amazonses.com')] },
      'DKIM key resend of acme.io',
      /CNAME gone\.dkim\.amazonses\.com, and there: no such name/,
    ],
    ['mail to it goes nowhere', { 'acme.io': [txt('v=spf1 include:_spf.google.com ~all')] }, 'MX of acme.io', /no MX record/],
    [
      'mail to it is refused',
      { 'acme.io': [txt('v=spf1 include:_spf.google.com ~all'), mx('.', 0)] },
      'MX of acme.io',
      /no mail is taken: 0 \./,
    ],
    [
      'mails that come back go elsewhere',
      { 'send.acme.io': [txt('v=spf1 include:amazonses.com ~all'), mx('mx.example.net')] },
      'MX of send.acme.io',
      /not of Resend/,
    ],
  ])('says so where %s', async (_, change, label, said) => {
    const { outcome, not, text } = await once({ ...whole, ...change });
    expect([outcome, not]).toEqual(['not-there', [`not-there ${label}`]]);
    expect(text).toMatch(said);
  });

  it('cannot tell where no name server answers', async () => {
    const { outcome } = await verify(() => ({ first: 'dead', resolver: whole }), {}, 1);
    expect(outcome).toBe('unknown');
  });

  it('looks at MTA-STS and TLS-RPT where somebody has set them up', async () => {
    const zone = { ...whole, '_mta-sts.acme.io': [txt('v=STSv1; id=1')], '_smtp._tls.acme.io': [txt('v=TLSRPTv1; rua=mailto:t@acme.io')] };
    const clean = await once(zone);
    expect([clean.outcome, clean.labels.slice(-2)]).toEqual(['there', ['MTA-STS of acme.io', 'TLS-RPT of acme.io']]);
    const broken = await once({ ...zone, '_mta-sts.acme.io': [txt('v=STSv1;')] });
    expect(broken.not).toEqual(['not-there MTA-STS of acme.io']);
    const half = await verify(() => ({ first: zone, second: whole }), {}, 0.3);
    expect(half.not).toEqual(['not-there MTA-STS of acme.io', 'not-there TLS-RPT of acme.io']);
  });

  it('wants what of mail stands under domains.records, and nothing else of them', async () => {
    const records = [
      { name: 'acme.io', type: 'MX', content: 'smtp.google.com', priority: 1 },
      { name: '_mta-sts.acme.io', type: 'TXT', content: 'v=STSv1; id=2' },
      { name: 'app.acme.io', type: 'A', content: '192.0.2.7' },
    ] as const;
    const { not, labels } = await once(whole, { records });
    expect(not).toEqual(['not-there MX record of acme.io', 'not-there TXT record of _mta-sts.acme.io']);
    expect(labels.filter((one) => one.startsWith('MX'))).toEqual(['MX of send.acme.io', 'MX record of acme.io']);
  });

  it('wants of a domain that sends nothing that it says so, and its own DMARC policy of another registered domain', async () => {
    const mail = [{ name: 'quiet.acme.io', senders: [] }];
    for (const record of ['v=spf1 -all', 'v=spf1 -ALL'])
      expect(await once({ ...whole, 'quiet.acme.io': [txt(record)] }, { mail }), record).toMatchObject({
        outcome: 'there',
        untold: [],
        labels: ['SPF of quiet.acme.io', 'DMARC of acme.io'],
      });
    const open = await once({ ...whole, 'quiet.acme.io': [txt('v=spf1 include:_spf.google.com -all')] }, { mail });
    expect([open.not, open.text]).toEqual([['not-there SPF of quiet.acme.io'], expect.stringContaining('it lets somebody send')]);
    expect(mailWanted(mapOf('acme.io', [], { mail: [{ name: 'other.test', senders: [] }] })).wanted.map(({ name }) => name)).toContain(
      '_dmarc.other.test',
    );
  });

  it('wants no SPF at a From domain whose mails all come back to another name, and an alias where the service wants one', async () => {
    const zone = {
      ...whole,
      'mail.acme.io': [txt('x')],
      'pm-bounces.mail.acme.io': [cname('pm.mtasv.net')],
      'pm._domainkey.mail.acme.io': [txt(key)],
    };
    const mail = [{ name: 'mail.acme.io', senders: ['postmark'], selectors: ['pm'] }];
    expect(await once(zone, { mail })).toMatchObject({
      outcome: 'there',
      labels: ['CNAME record of pm-bounces.mail.acme.io', 'DKIM key pm of mail.acme.io', 'DMARC of acme.io'],
    });
    expect((await once({ ...zone, 'pm-bounces.mail.acme.io': [cname('acme.dkim.amazonses.com')] }, { mail })).not).toEqual([
      'not-there CNAME record of pm-bounces.mail.acme.io',
    ]);
  });

  it('shows the name that mails of a service come back to, and does not wait for it unless the map names it', async () => {
    const zone = { ...whole, 'mail.acme.io': [txt('x')], 'pm._domainkey.mail.acme.io': [txt(key)] };
    const mail = [{ name: 'mail.acme.io', senders: ['postmark'], selectors: ['pm'] }];
    const label = 'CNAME record of pm-bounces.mail.acme.io';
    const clean = await once(zone, { mail });
    expect([clean.outcome, clean.not]).toEqual(['there', [`not-needed ${label}`]]);
    expect(clean.text).toContain(`- not there, and it need not be: ${label}\n`);
    expect(clean.text).toContain('All 2 are there');
    const records = [{ name: 'pm-bounces.mail.acme.io', type: 'CNAME', content: 'pm.mtasv.net' }] as const;
    expect((await once(zone, { mail, records })).outcome).toBe('not-there');
    // Resend lets its customers choose the name.
    const { 'send.acme.io': _, ...other } = whole;
    expect((await once(other)).not).toEqual(['not-needed SPF of send.acme.io', 'not-needed MX of send.acme.io']);
    const back = { name: 'send.acme.io', type: 'MX', content: 'feedback-smtp.eu-west-1.amazonses.com', priority: 10 } as const;
    expect((await once(other, { records: [back] })).not).toContain('not-there MX of send.acme.io');
  });

  it('says what it cannot look for', async () => {
    expect((await once(whole, { mail: [{ name: 'acme.io', senders: ['google', 'resend'] }] })).untold).toEqual([
      'No DKIM key of acme.io is looked for: nobody named its selectors under domains.mail in launch-ready.yaml (Google Workspace often takes google; Resend often takes resend).',
    ]);
    const { untold, labels } = await once(whole, { mail: [{ name: 'acme.io' }] });
    expect(untold).toEqual([expect.stringMatching(/^Nobody said who sends mail for acme\.io: .*senders: \[google\]/)]);
    expect(labels).toEqual(['SPF of acme.io', 'MX of acme.io', 'DMARC of acme.io']);
  });
});

describe('email verify on the example domain', () => {
  it.each([
    ['spf-missing', 'SPF of harbourline.example'],
    ['spf-two-records', 'SPF of harbourline.example'],
    ['spf-mechanism-mistyped', 'SPF of harbourline.example'],
    ['spf-sender-left-out', 'SPF of harbourline.example'],
    ['dkim-key-missing', 'DKIM key google of harbourline.example'],
    ['dkim-key-revoked', 'DKIM key google of harbourline.example'],
    ['dkim-key-cut-off', 'DKIM key google of harbourline.example'],
    ['dmarc-missing', 'DMARC of harbourline.example'],
    ['dmarc-two-records', 'DMARC of harbourline.example'],
    ['null-mx-beside-another', 'MX of harbourline.example'],
    ['tls-rpt-two-records', 'TLS-RPT of harbourline.example'],
    ['non-sending-domain-lets-send', 'SPF of status.harbourline.example'],
  ])('%s: %s is not there', async (flaw, label) => {
    const domain = await startDomain({ flaws: [flaw] });
    try {
      const seen = await watched(domain.domains, mailWanted(domain.domains).wanted, {
        signal: new AbortController().signal,
        say: () => undefined,
      });
      expect(seen.looked.filter(({ is }) => is !== 'there').map(({ wanted, is }) => `${wanted.label} ${is}`)).toEqual([
        `${label} not-there`,
      ]);
    } finally {
      await domain.stop();
    }
  });
});
