import { describe, expect, it } from 'vitest';
import { openDns } from '../../dns/client.ts';
import { startDns, zoned } from '../../dns/fixture.ts';
import { parseMail } from '../../access/mail/parse.ts';
import { splitMessage } from '../dkim/message.ts';
import { handedIn } from './handed-in.ts';
import { fromDomain, judgeMail } from './judge.ts';
import { receiverSaid } from './results.ts';

const message = (...fields: readonly string[]) => splitMessage(Buffer.from(`${fields.join('\r\n')}\r\n\r\nHello\r\n`));

describe('whom a mail is from', () => {
  it.each<readonly [from: string, domain: string | undefined]>([
    ['From: app@acme.io', 'acme.io'],
    ['From: Acme <app@Mail.Acme.IO>', 'mail.acme.io'],
    ['From: "support@bank.example" <app@acme.io>', 'acme.io'],
    ['From: Acme (not boss@bank.example) <app@acme.io>', 'acme.io'],
    ['From: a@acme.io, b@acme.io', 'acme.io'],
    ['From: a@acme.io, b@other.io', undefined],
    ['From: nobody', undefined],
    ['From: a@acme.io\r\nFrom: b@acme.io', undefined],
    ['To: a@acme.io', undefined],
  ])('%s', (from, domain) => expect(fromDomain(message(from))).toBe(domain));
});

describe('who handed a mail in', () => {
  it.each<readonly [name: string, fields: readonly string[], ip: string | undefined]>([
    [
      'Gmail',
      [
        'Return-Path: <b@send.acme.io>',
        'Received: by 2002:a05:6a00:1 with SMTP id x; Mon',
        'Received-SPF: pass (google.com: domain of b@send.acme.io designates 54.240.8.1 as permitted sender) client-ip=54.240.8.1;',
        'Received: from a8-1.smtp-out.amazonses.com (a8-1.smtp-out.amazonses.com. [54.240.8.1]) by mx.google.com with ESMTPS',
      ],
      '54.240.8.1',
    ],
    [
      'inner hops first',
      [
        'Received: from mx.inner ([10.0.0.1]) by box with LMTP',
        'Received: from out.acme.io (out.acme.io [8.8.4.4])\r\n by mx.inner with ESMTPS',
        'Received: from app ([1.1.1.1]) by out.acme.io',
      ],
      '8.8.4.4',
    ],
    [
      'Outlook',
      [
        'Received: from DB.prod.outlook.com (2603:10a6:1::1) by X with HTTPS',
        'Received-SPF: Pass (protection.outlook.com: domain of acme.io designates 198.51.100.7 as permitted sender) receiver=protection.outlook.com; client-ip=198.51.100.7; helo=out.acme.io;',
      ],
      '198.51.100.7',
    ],
    ['IPv6', ['Received: from out.acme.io (out.acme.io [IPv6:2a00:1450:4864::1]) by mx with ESMTPS'], '2a00:1450:4864::1'],
    [
      'Yahoo',
      [
        'Received: from 54.240.8.1 (EHLO a8-1.smtp-out.amazonses.com) by 10.217.150.13 with SMTPs (version=TLS1_3); Mon',
        'Received: from app ([1.1.1.1]) by a8-1.smtp-out.amazonses.com',
      ],
      '54.240.8.1',
    ],
    [
      'Yahoo, by its word on SPF',
      [
        'Received-SPF: pass (domain of send.acme.io designates 54.240.8.2 as permitted sender)',
        'Received: from 10.217.150.13 (EHLO inner) by 10.1.1.1',
      ],
      '54.240.8.2',
    ],
    ['nobody', ['Received: by mx.google.com with SMTP id x'], undefined],
  ])('%s', (_, fields, ip) => expect(handedIn(message(...fields))?.ip).toBe(ip));
});

describe('what the receiver says', () => {
  it('is read of the topmost server alone', () => {
    expect(
      receiverSaid(
        message(
          'Authentication-Results: mx.google.com;\r\n       dkim=pass header.i=@acme.io header.s=resend header.b=x;\r\n       spf=pass (google.com: domain of b@send.acme.io; dkim=fail) smtp.mailfrom=b@send.acme.io;\r\n       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=acme.io',
          'Authentication-Results: evil.example; dmarc=fail',
        ),
      ),
    ).toEqual({ name: 'mx.google.com', results: ['dkim=pass', 'spf=pass', 'dmarc=pass'] });
  });
  it('is read of Outlook, which does not give its name', () => {
    expect(
      receiverSaid(
        message(
          'Authentication-Results: spf=fail (sender IP is 198.51.100.7)\r\n smtp.mailfrom=acme.io; dkim=pass (signature was verified)\r\n header.d=acme.io;dmarc=fail action=quarantine header.from=acme.io;compauth=fail reason=000',
        ),
      ),
    ).toEqual({ name: 'The receiving server', results: ['spf=fail', 'dkim=pass', 'dmarc=fail'] });
  });
  it.each(['Authentication-Results: mx; none', 'Authentication-Results: ', 'Authentication-Results: (((((;;;=='])(
    '%s: nothing',
    (field) => {
      expect(receiverSaid(message(field))?.results).toEqual([]);
    },
  );
});

describe('a mail as it arrived', () => {
  const isOurs = (host: string): boolean => host.endsWith('acme.io');
  async function judged(raw: string, where: Parameters<typeof parseMail>[2] = {}) {
    const dns = await startDns(
      zoned({
        'acme.io': [{ type: 'TXT', data: 'v=spf1 ip4:8.8.4.4 -all' }],
        '_dmarc.acme.io': [{ type: 'TXT', data: 'v=DMARC1; p=reject' }],
      }),
    );
    try {
      return await judgeMail(
        openDns({ servers: [dns.server], waitMs: 300, tries: 1 }),
        await parseMail('1', Buffer.from(raw), where),
        isOurs,
      );
    } finally {
      await dns.stop();
    }
  }
  const html = 'MIME-Version: 1.0\r\nContent-Type: text/html\r\n';

  it('is judged by who handed it in, and by what it holds', async () => {
    const raw = `Return-Path: <a@acme.io>\r\nReceived: from out (out [8.8.4.4]) by mx\r\nFrom: a@acme.io\r\nList-Unsubscribe: <https://acme.io/u?t=secret>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n${html}\r\n<a href="https://app.acme.io/reset?token=hidden">x</a><a href="http://tracker.example/x">y</a>`;
    const found = await judged(raw);
    expect(found).toMatchObject({
      spf: { result: 'pass', aligned: 'strict' },
      dmarc: { result: 'pass' },
      links: [
        { host: 'app.acme.io', secure: true, inMap: true },
        { host: 'tracker.example', secure: false, inMap: false },
      ],
      hasText: false,
      hasHtml: true,
      unsubscribe: 'one-click',
    });
    expect(JSON.stringify(found)).not.toMatch(/hidden|secret/);
  });

  it('does not fail where nobody knows who handed it in', async () => {
    expect(await judged('From: a@acme.io\r\n\r\nHello')).toMatchObject({
      spf: { result: 'unclear' },
      dmarc: { result: 'temperror' },
      hasText: true,
    });
  });

  it('does not fail where a mail catcher took it, whatever its header says of this machine', async () => {
    const raw = 'Return-Path: <a@acme.io>\r\nReceived: from app (localhost [127.0.0.1]) by catcher\r\nFrom: a@acme.io\r\n\r\nHello';
    expect(await judged(raw, { caught: true })).toMatchObject({ caught: true, spf: { result: 'unclear' }, dmarc: { result: 'temperror' } });
  });

  it('does not fail where it is too large to be read to its end', async () => {
    const raw = 'Return-Path: <a@acme.io>\r\nReceived: from x (x [9.9.9.9]) by mx\r\nFrom: a@acme.io\r\n\r\nHello';
    const found = await judged(raw, { cut: true });
    expect(found).toMatchObject({ dmarc: { result: 'temperror' } });
    expect(found.formFaults).toBeUndefined();
  });

  it('fails where another server handed it in', async () => {
    expect(await judged('Return-Path: <a@acme.io>\r\nReceived: from x (x [9.9.9.9]) by mx\r\nFrom: a@acme.io\r\n\r\nHello')).toMatchObject({
      dmarc: { result: 'fail', policy: 'reject' },
    });
  });
});
