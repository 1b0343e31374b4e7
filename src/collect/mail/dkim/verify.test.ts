import { generateKeyPairSync } from 'node:crypto';
import nodemailer from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { openDns } from '../../dns/client.ts';
import { startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { parseKey } from './key.ts';
import { splitMessage } from './message.ts';
import { type DkimResult, verifyDkim } from './verify.ts';

/** The mail of RFC 8463, appendix A.3, signed twice. */
const rfc8463 = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
`;
const rfcKeys: Zone = {
  'brisbane._domainkey.football.example.com': [{ type: 'TXT', data: 'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=' }],
  'test._domainkey.football.example.com': [
    {
      type: 'TXT',
      data: [
        'v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/b',
        'yYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB',
      ],
    },
  ],
};

async function verified(text: string | Buffer, zone: Zone): Promise<DkimResult[]> {
  const dns = await startDns(zoned(zone));
  try {
    return await verifyDkim(openDns({ servers: [dns.server], waitMs: 250, tries: 1 }), splitMessage(Buffer.from(text)));
  } finally {
    await dns.stop();
  }
}
const results = async (text: string | Buffer, zone: Zone): Promise<string[]> => (await verified(text, zone)).map(({ result }) => result);

const key = (bits: number) =>
  generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const strong = key(2048);
const record = ({ publicKey }: { publicKey: Buffer }, rest = 'v=DKIM1; k=rsa; '): Zone[string] => [
  { type: 'TXT', data: `${rest}p=${publicKey.toString('base64')}`.match(/.{1,200}/g) },
];

/** A mail signed by another hand than ours. */
async function signed(privateKey = strong.privateKey, body = 'Hello  there \n\n\n'): Promise<string> {
  const transport = nodemailer.createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    dkim: { domainName: 'example.com', keySelector: 's1', privateKey },
  });
  const { message } = await transport.sendMail({ from: 'app@example.com', to: 'a@example.net', subject: 'Grüße  an alle', text: body });
  return message.toString('latin1');
}
const at = 's1._domainkey.example.com';

describe('signatures of mails', () => {
  it('verifies both of RFC 8463', async () => {
    expect(await verified(rfc8463, rfcKeys)).toMatchObject([
      { result: 'pass', type: 'ed25519', domain: 'football.example.com', selector: 'brisbane' },
      { result: 'pass', type: 'rsa', bits: 1024, selector: 'test' },
    ]);
  });

  it('is not fooled by a changed mail', async () => {
    expect(await results(rfc8463.replace('hungry', 'angry'), rfcKeys)).toEqual(['fail', 'fail']);
    expect(await results(rfc8463.replace('Is dinner', 'is dinner'), rfcKeys)).toEqual(['fail', 'fail']);
    // A From more is covered, since the signature names it twice.
    expect(await results(rfc8463.replace('To: Suzie', 'From: evil@example.net\nTo: Suzie'), rfcKeys)).toEqual(['fail', 'fail']);
  });

  it('bears what relaxed ways allow', async () => {
    expect(await results(rfc8463.replace('Subject: Is', 'SUBJECT:   Is').replace('game.  Are', 'game. \tAre') + '\n\n', rfcKeys)).toEqual([
      'pass',
      'pass',
    ]);
  });

  it('covers the lowest of several fields, and leaves those above it open (RFC 6376 §5.4.2)', async () => {
    const mail = await signed();
    expect(await results(`Subject: another\r\n${mail}`, { [at]: record(strong) })).toEqual(['pass']);
    expect(await results(mail.replace('\r\n\r\n', '\r\nSubject: another\r\n\r\n'), { [at]: record(strong) })).toEqual(['fail']);
  });

  it('verifies what nodemailer signs', async () => {
    expect(await verified(await signed(), { [at]: record(strong) })).toMatchObject([{ result: 'pass', bits: 2048, domain: 'example.com' }]);
    expect(await results(await signed(undefined, ''), { [at]: record(strong) })).toEqual(['pass']);
  });

  it.each<readonly [name: string, zone: Zone, result: string, why: RegExp]>([
    ['no key', {}, 'permerror', /no key s1\._domainkey\.example\.com/],
    ['a server that does not answer', { [at]: ['silent'] }, 'temperror', /could not be asked/],
    ['a key that was taken back', { [at]: [{ type: 'TXT', data: 'v=DKIM1; p=' }] }, 'permerror', /taken back/],
    ['another key', { [at]: record(key(2048)) }, 'fail', /does not fit/],
    ['two keys', { [at]: [...record(strong), ...record(key(2048))] }, 'permerror', /2 records/],
    ['a key for other things', { [at]: record(strong, 's=tlsrpt; ') }, 'permerror', /not for mail/],
    ['a key for SHA-1', { [at]: record(strong, 'h=sha1; ') }, 'permerror', /SHA-256/],
    [
      'a key of another kind',
      { [at]: [{ type: 'TXT', data: 'k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=' }] },
      'permerror',
      /another kind/,
    ],
    [
      'a key that was cut off',
      { [at]: [{ type: 'TXT', data: `p=${strong.publicKey.toString('base64').slice(0, 80)}` }] },
      'permerror',
      /cut off/,
    ],
  ])('tells %s', async (_, zone, result, why) => {
    const [one] = await verified(await signed(), zone);
    expect(one).toMatchObject({ result, why: expect.stringMatching(why) as string });
  });

  it('does not count a key of 512 bits', async () => {
    const weak = key(512);
    expect(await verified(await signed(weak.privateKey), { [at]: record(weak) })).toMatchObject([{ result: 'policy', bits: 512 }]);
  });

  it.each<readonly [name: string, change: (text: string) => string, why: RegExp]>([
    ['a tag twice', (text) => text.replace('v=1;', 'v=1; v=1;'), /no list of tags/],
    ['no selector', (text) => text.replace(/ s=[^;]*;/, ''), /no s=/],
    ['From is not covered', (text) => text.replace(/ h=[^;]*;/, ' h=to:subject;'), /cover From/],
    ['an identity of another domain', (text) => text.replace('v=1;', 'v=1; i=@example.net;'), /i= is not/],
    ['it has run out', (text) => text.replace('v=1;', 'v=1; x=1000;'), /run out/],
  ])('tells %s', async (_, change, why) => {
    expect(await verified(change(await signed()), { [at]: record(strong) })).toMatchObject([
      { result: 'permerror', why: expect.stringMatching(why) as string },
    ]);
  });

  it('says nothing of mails without one, and does not stumble over what is no mail', async () => {
    expect(await verified('Subject: x\r\n\r\nHello', {})).toEqual([]);
    for (const text of ['', '\r\n', 'DKIM-Signature:', 'DKIM-Signature: ;;;=', ':\r\n:', Buffer.alloc(2000, 0xff)])
      await verified(text, {});
  });
});

describe('a key in the DNS', () => {
  it.each<readonly [text: string, want: object]>([
    [`v=DKIM1; k=rsa; t=y; p=${strong.publicKey.toString('base64')}`, { type: 'rsa', bits: 2048, test: true, revoked: false }],
    [`p=${strong.publicKey.toString('base64')}`, { bits: 2048, test: false }],
    ['v=DKIM1; p=', { revoked: true }],
    ['v=DKIM1; k=rsa', { problem: expect.stringContaining('no p=') }],
    ['p=x; v=DKIM1', { problem: expect.stringContaining('begin with v=DKIM1') }],
    ['v=DKIM1; k=dsa; p=AAAA', { problem: expect.stringContaining('k=dsa') }],
    ['v=DKIM1; p="MIIB', { problem: expect.stringContaining('no key') }],
    ['hello', { problem: 'it is no list of tags' }],
  ])('%#', (text, want) => expect(parseKey(text)).toMatchObject(want));
});
