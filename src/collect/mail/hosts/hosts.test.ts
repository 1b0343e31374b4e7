import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openDns } from '../../dns/client.ts';
import { startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { dkimFacts } from '../dkim/collector.ts';
import { mailHostFacts } from './collector.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A mail server that says these lines: its greeting, and what it answers to EHLO. */
async function smtp(lines: readonly string[]): Promise<string> {
  const server: Server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    let nth = 0;
    const say = (): void => void (lines[nth] !== undefined && socket.write(lines[nth++]!));
    say();
    socket.on('data', say);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function dnsOf(zone: Zone) {
  const dns = await startDns(zoned(zone));
  closing.push(() => dns.stop());
  return openDns({ servers: [dns.server], waitMs: 300, tries: 1 });
}

const mx = (exchange: string, preference = 10) => ({ type: 'MX', data: { preference, exchange } });
const txt = (data: string) => ({ type: 'TXT', data });
const name = 'example.com';

describe('where mail to a domain goes', () => {
  it.each<readonly [name: string, lines: readonly string[], startTls: string]>([
    ['offers STARTTLS', ['220 mx ESMTP\r\n', '250-mx\r\n250-SIZE 100\r\n250 STARTTLS\r\n'], 'yes'],
    ['offers none', ['220-mx\r\n220 hello\r\n', '250-mx\r\n250 SIZE 100\r\n'], 'no'],
    ['turns us away', ['554 no\r\n'], 'unclear'],
  ])('%s', async (_, lines, startTls) => {
    const dns = await dnsOf({ [name]: [mx('mx.example.com')] });
    const facts = await mailHostFacts(dns, { name }, { connect: { 'mx.example.com': await smtp(lines) } });
    expect(facts).toMatchObject({ mx: 'found', hosts: [{ name: 'mx.example.com', startTls }] });
  });

  it('is not knocked at in a private network', async () => {
    const dns = await dnsOf({ [name]: [mx('mx.example.com')], 'mx.example.com': [{ type: 'A', data: '127.0.0.1' }] });
    expect((await mailHostFacts(dns, { name }, {})).hosts).toMatchObject([
      { startTls: 'unclear', why: expect.stringContaining('not on the internet') as string },
    ]);
  });

  it.each<readonly [name: string, zone: Zone, want: object]>([
    ['a null MX', { [name]: [mx('.', 0)] }, { mx: 'null', hosts: [] }],
    [
      'a null MX beside another',
      { [name]: [mx('.', 0), mx('mx.gone.example')] },
      { mx: 'found', problem: expect.stringContaining('takes no mail') as string },
    ],
    ['an address', { [name]: [mx('192.0.2.1')] }, { problem: expect.stringContaining('must name a host') as string }],
    ['none', { [name]: [txt('x')] }, { mx: 'none' }],
    ['a server that fails', { [name]: ['silent'] }, { mx: 'failed' }],
    ['Google', { [name]: [mx('aspmx.l.google.com')] }, { services: ['google'] }],
  ])('%s', async (_, zone, want) => {
    expect(await mailHostFacts(await dnsOf(zone), { name }, {})).toMatchObject(want);
  });

  it('lies in the nearest zone upwards, with its name servers', async () => {
    const ns = (data: string) => ({ type: 'NS', data });
    const dns = await dnsOf({
      'mail.example.com': [],
      'example.com': [ns('b.ns.example'), ns('A.ns.example')],
      'cut.example.com': [ns('c.ns.example')],
    });
    expect((await mailHostFacts(dns, { name: 'mail.example.com' }, {})).zone).toEqual({
      name: 'example.com',
      servers: ['a.ns.example', 'b.ns.example'],
    });
    expect((await mailHostFacts(dns, { name: 'cut.example.com' }, {})).zone?.name).toBe('cut.example.com');
    expect((await mailHostFacts(await dnsOf({ [name]: ['silent'] }), { name }, {})).zone).toBeUndefined();
  });

  it('has records for TLS that can be read, or not', async () => {
    const dns = await dnsOf({
      '_smtp._tls.example.com': [txt('v=TLSRPTv1; rua=mailto:a@example.com')],
      '_mta-sts.example.com': [txt('v=STSv1;')],
    });
    expect(await mailHostFacts(dns, { name }, {})).toMatchObject({
      tlsRpt: { state: 'found' },
      mtaSts: { state: 'found', problem: 'it has no id=' },
      bimi: { state: 'none' },
    });
  });

  it.each<readonly [record: string, state: string]>([
    ['v=spf1 include:amazonses.com ~all', 'fits'],
    ['v=spf1 include:eu.amazonses.com ~all', 'fits'],
    ['v=spf1 include:notamazonses.com ~all', 'other'],
  ])('has a name that mails of a service come back to: %s', async (record, state) => {
    const dns = await dnsOf({ 'send.example.com': [txt(record)] });
    expect((await mailHostFacts(dns, { name, senders: ['resend'] }, {})).returnPaths).toEqual([
      { sender: 'resend', name: 'send.example.com', state },
    ]);
  });
});

describe('names that mails come back to', () => {
  it.each<readonly [sender: string, at: string, zone: Zone, state: string]>([
    [
      'postmark',
      'pm-bounces',
      { 'pm-bounces.example.com': [{ type: 'CNAME', data: 'pm.mtasv.net' }], 'pm.mtasv.net': [txt('v=spf1 ip4:50.31.156.96/27 ~all')] },
      'fits',
    ],
    [
      'postmark',
      'pm-bounces',
      {
        'pm-bounces.example.com': [{ type: 'CNAME', data: 'pm.other.example' }],
        'pm.other.example': [txt('v=spf1 ip4:50.31.156.96/27 ~all')],
      },
      'other',
    ],
    ['mailgun', 'mg', { 'mg.example.com': [txt('v=spf1 include:mailgun.org ~all')] }, 'fits'],
    ['mailgun', 'mg', { 'mg.example.com': [txt('v=spf1 include:mailgun.org.evil.example ~all')] }, 'other'],
  ])('%s at %s', async (sender, at, zone, state) => {
    expect((await mailHostFacts(await dnsOf(zone), { name, senders: [sender] }, {})).returnPaths).toEqual([
      { sender, name: `${at}.example.com`, state },
    ]);
  });
});

describe('the keys of a domain', () => {
  const key = txt('v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=');
  it('are those of the config, and those at usual names that are there', async () => {
    const dns = await dnsOf({
      'resend._domainkey.example.com': [key],
      'own._domainkey.example.com': [{ type: 'CNAME', data: 'k.service.example' }],
      'k.service.example': [key],
    });
    const facts = await dkimFacts(dns, { name, selectors: ['own', 'gone'] }, ['resend', 'google']);
    expect(facts.keys).toMatchObject([
      { selector: 'own', told: 'config', state: 'found', at: 'k.service.example' },
      { selector: 'gone', told: 'config', state: 'none' },
      { selector: 'resend', told: 'habit', state: 'found', bits: 256 },
    ]);
    expect(facts.missed).toEqual(['google']);
  });

  it('are none that a wildcard shows, or that were taken back after a change', async () => {
    const revoked = txt('v=DKIM1; p=');
    const dns = await dnsOf({
      // What `*.example.com TXT "v=spf1 -all"` answers.
      'resend._domainkey.example.com': [txt('v=spf1 -all')],
      'google._domainkey.example.com': [revoked],
      'own._domainkey.example.com': [revoked],
      's1._domainkey.example.com': [key, key],
    });
    const facts = await dkimFacts(dns, { name, selectors: ['own'] }, ['resend', 'google', 'sendgrid']);
    expect(facts.keys).toMatchObject([
      { selector: 'own', told: 'config', revoked: true },
      { selector: 's1', told: 'habit', problem: expect.stringContaining('2 records') as string },
    ]);
    expect(facts.missed).toEqual(['resend', 'google', 's2']);
  });

  it('may lead to where the service has none yet', async () => {
    const target = 'selector2-example-com._domainkey.acme.onmicrosoft.com';
    const dns = await dnsOf({ 'selector2._domainkey.example.com': [{ type: 'CNAME', data: target }] });
    expect((await dkimFacts(dns, { name, selectors: ['selector2'] }, [])).keys).toMatchObject([{ state: 'none', at: target }]);
  });
});
