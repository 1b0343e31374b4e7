import { describe, expect, it } from 'vitest';
import { type DnsClient, openDns } from '../../dns/client.ts';
import { startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { keyMade } from './author.ts';
import { splitMessage } from './message.ts';
import { verifyDkim } from './verify.ts';

/** The mail of RFC 6376, appendix A.2, which is signed as simple/simple: each space counts. The RFC as printed has one too many behind “game.”. */
const mail = `DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
      4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game. Are you hungry yet?

Joe.
`;

/** Appendix C. */
const zone: Zone = {
  'brisbane._domainkey.example.com': [
    {
      type: 'TXT',
      data: [
        'v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ',
        'KBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt',
        'IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v',
        '/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi',
        'tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB',
      ],
    },
  ],
};

async function asking<T>(act: (dns: DnsClient) => Promise<T>): Promise<T> {
  const dns = await startDns(zoned(zone));
  try {
    return await act(openDns({ servers: [dns.server], waitMs: 250, tries: 1 }));
  } finally {
    await dns.stop();
  }
}
const results = (text: string) => asking((dns) => verifyDkim(dns, splitMessage(Buffer.from(text))));
const made = (text: string) => asking((dns) => keyMade(dns, splitMessage(Buffer.from(text)).fields[0]!));

describe('the example of RFC 6376', () => {
  it('is verified', async () => {
    expect(await results(mail)).toMatchObject([{ result: 'pass', domain: 'example.com', selector: 'brisbane', bits: 1024 }]);
  });

  it.each([
    ['a space more in the body', mail.replace('game. Are', 'game.  Are')],
    ['a fold less', mail.replace(';\n      Fri', '; Fri')],
    ['a name in other letters', mail.replace('Subject:', 'SUBJECT:')],
  ])('is broken by %s, and was made by the same key all the same', async (_, changed) => {
    expect(await results(changed)).toMatchObject([{ result: 'fail' }]);
    expect(await made(changed)).toBe(true);
  });

  it('was not made by the key if its signature is another', async () => {
    expect(await made(mail.replace('b=AuUo', 'b=BuUo'))).toBe(false);
    expect(await made(mail.replace('s=brisbane', 's=nobody'))).toBe(false);
  });
});
