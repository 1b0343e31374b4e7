import { expect, it } from 'vitest';
import { nameOf } from '../../collect/dns/client.ts';
import { type Reply, startDns, type Zone, zoned } from '../../collect/dns/fixture.ts';
import type { GivenDomains } from '../../core/target.ts';
import { watchMail } from './email-watch.ts';

const txt = (data: string) => ({ type: 'TXT', data });
const servers: Zone = { 'acme.io': [{ type: 'NS', data: 'ns1.acme.io' }], 'ns1.acme.io': [{ type: 'A', data: '127.0.0.1' }] };
const whole: Zone = {
  ...servers,
  'acme.io': [...servers['acme.io']!, txt('v=spf1 include:_spf.google.com ~all')],
  'send.acme.io': [txt('v=spf1 include:amazonses.com ~all')],
  'resend._domainkey.acme.io': [txt('v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=')],
  '_dmarc.acme.io': [txt('v=DMARC1; p=none; rua=mailto:d@acme.io')],
};

async function watched(
  reply: (name: string, type: string, nth: number) => Reply | undefined,
  limit = 3,
  mail: GivenDomains['mail'] = [{ name: 'acme.io', senders: ['google', 'resend'], selectors: ['resend'] }],
) {
  let nth = 0;
  const dns = await startDns((name, type) => reply(name, type, nth++));
  const domains: GivenDomains = {
    apex: 'acme.io',
    hosts: [],
    drafted: false,
    mail,
    resolvers: [nameOf(dns.server)],
  };
  const said: string[] = [];
  const code = await watchMail(domains, { limit, between: 0.2, port: dns.server.port }, new AbortController().signal, (text) =>
    said.push(text),
  );
  await dns.stop();
  return { code, said: said.join('') };
}

it('ends once every record is there', async () => {
  const from = Date.now() + 700;
  const { code, said } = await watched((name, type) => zoned(Date.now() < from ? servers : whole)(name, type));
  expect(code).toBe(0);
  expect(said).toMatch(/acme\.io {2}SPF with Google Workspace: not there at ns1\.acme\.io \(127\.0\.0\.1\)/);
  expect(said).toMatch(/resend\._domainkey\.acme\.io {2}DKIM key: there, at 1 name server/);
  expect(said).toMatch(/Every name server has all 4 records/);
});

it.each<readonly [name: string, change: Zone, said: RegExp]>([
  [
    'a sender is missing in SPF',
    { 'acme.io': [...servers['acme.io']!, txt('v=spf1 include:_spf.google.com.evil.example -all')] },
    /without Google Workspace/,
  ],
  ['there are two policies', { '_dmarc.acme.io': [txt('v=DMARC1; p=none'), txt('v=DMARC1; p=reject')] }, /2 records/],
  ['the key was taken back', { 'resend._domainkey.acme.io': [txt('v=DKIM1; p=')] }, /taken back/],
])('ends with 1 when the time is up and %s', async (_, change, want) => {
  const { code, said } = await watched((name, type) => zoned({ ...whole, ...change })(name, type), 1);
  expect(code).toBe(1);
  expect(said).toMatch(want);
});

it('cannot tell where no name server answers', async () => {
  const { code } = await watched((name, type) => zoned({})(name, type), 1);
  expect(code).toBe(3);
});

it('waits for no record at a From domain whose mails all come back to another name', async () => {
  const { code, said } = await watched(
    (name, type) => zoned({ ...whole, 'mail.acme.io': [], 'send.mail.acme.io': whole['send.acme.io']! })(name, type),
    1,
    [{ name: 'mail.acme.io', senders: ['resend'] }],
  );
  expect(said).toMatch(/Every name server has all 2 records/);
  expect(code).toBe(0);
});
