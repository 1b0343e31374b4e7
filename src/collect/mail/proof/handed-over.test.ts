import { describe, expect, it } from 'vitest';
import { openDns } from '../../dns/client.ts';
import { startDns, zoned } from '../../dns/fixture.ts';
import { splitMessage } from '../dkim/message.ts';
import { handedOver, tlsOf } from './handed-over.ts';

describe('TLS, as a receiver writes it', () => {
  it.each<readonly [by: string, received: string, tls: 'yes' | 'no' | 'unclear']>([
    [
      'Gmail',
      'from a.example (a.example. [54.240.8.1]) by mx.google.com with ESMTPS id x for <a@gmail.com> (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256 bits=128/128); Tue, 1 Dec',
      'yes',
    ],
    ['Gmail', 'from a.example (a.example. [54.240.8.1]) by mx.google.com with ESMTP id x for <a@gmail.com>; Tue, 1 Dec', 'no'],
    [
      'Outlook',
      'from a.example (54.240.8.1) by DB5.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20; Tue',
      'yes',
    ],
    [
      'Outlook',
      'from a.example (54.240.8.1) by DB5.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server id 15.20; Tue',
      'unclear',
    ],
    ['Yahoo', 'from 54.240.8.1 (EHLO a.example) by 10.2.3.4 with SMTPs (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256); Tue', 'yes'],
    [
      'Postfix',
      'from a.example (a.example [54.240.8.1]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client certificate requested) by mx with ESMTPS id 1; Tue',
      'yes',
    ],
    ['Postfix', 'from a.example (a.example [54.240.8.1]) by mx.example (Postfix) with ESMTP id 1; Tue', 'no'],
    ['Exim', 'from a.example ([54.240.8.1]) by mx.example with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96); Tue', 'yes'],
    ['Exim', 'from a.example ([54.240.8.1]) by mx.example with esmtp (Exim 4.96); Tue', 'no'],
    ['RFC 6531', 'from a.example ([54.240.8.1]) by mx.example with UTF8SMTPS id 1; Tue', 'yes'],
    ['a host that is called so', 'from tls.example ([54.240.8.1]) by cipher.example with ESMTP id with-tls; Tue', 'no'],
    ['nobody', 'from a.example ([54.240.8.1]) by mx.example; Tue', 'unclear'],
  ])('%s: %s', (_, received, tls) => expect(tlsOf(received)).toBe(tls));
  it('is not known without', () => expect(tlsOf(undefined)).toBe('unclear'));
});

describe('the server that handed a mail in', () => {
  const message = splitMessage(
    Buffer.from(
      [
        'Received: from in.example ([10.0.0.9]) by store.example with LMTP; Tue',
        'Received: from a.example (a.example [IPv6:2a01:db9::0:1]) by mx.example with ESMTPS; Tue',
        'Received: from b.example ([54.240.8.1]) by mx.example with ESMTP; Tue',
        'Received: from a.example ([54.240.8.1]) by forged.example with ESMTPS; Tue',
        '',
        'Hello',
      ].join('\r\n'),
    ),
  );
  const seen = async (ip: string, zone: Parameters<typeof zoned>[0] = {}) => {
    const dns = await startDns(zoned(zone));
    try {
      const client = openDns({ servers: [dns.server], waitMs: 300, tries: 1 });
      const first = await handedOver(client, message, ip);
      const sent = client.sent();
      await handedOver(client, message, ip);
      expect(client.sent()).toBe(sent);
      return first;
    } finally {
      await dns.stop();
    }
  };
  const ptr = (...names: readonly string[]) => ({ '1.8.240.54.in-addr.arpa': names.map((data) => ({ type: 'PTR', data })) });
  const to = (data: string) => [{ type: 'A', data }];

  it.each(['127.0.0.1', '10.0.0.9', '192.168.1.1', '::1', 'fe80::1', 'none'])('is not judged at %s', async (ip) => {
    expect(await seen(ip)).toBeUndefined();
  });
  it('is judged by the header of the receiver, and not by those below', async () => {
    expect(await seen('54.240.8.1', { ...ptr('A8-1.example'), 'a8-1.example': to('54.240.8.1') })).toEqual({
      ip: '54.240.8.1',
      tls: 'no',
      reverse: { state: 'confirmed', name: 'a8-1.example' },
    });
    expect(await seen('2a01:db9::1')).toMatchObject({ tls: 'yes', reverse: { state: 'none' } });
    expect(await seen('8.8.8.8')).toMatchObject({ tls: 'unclear' });
  });
  it('has a name that leads back, another, or one that nobody can tell', async () => {
    expect(
      (
        await seen('54.240.8.1', {
          ...ptr('one.example', 'two.example'),
          'one.example': to('203.0.113.1'),
          'two.example': to('54.240.8.1'),
        })
      )?.reverse,
    ).toEqual({ state: 'confirmed', name: 'two.example' });
    expect((await seen('54.240.8.1', { ...ptr('one.example'), 'one.example': to('203.0.113.1') }))?.reverse).toEqual({
      state: 'not-back',
      name: 'one.example',
    });
    expect((await seen('54.240.8.1', ptr('one.example')))?.reverse.state).toBe('not-back');
    expect((await seen('54.240.8.1', { ...ptr('one.example'), 'one.example': ['silent'] }))?.reverse.state).toBe('unclear');
    expect((await seen('54.240.8.1', { '1.8.240.54.in-addr.arpa': ['silent'] }))?.reverse.state).toBe('unclear');
  });
});
