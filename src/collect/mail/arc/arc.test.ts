import { describe, expect, it } from 'vitest';
import { parseMail } from '../../access/mail/parse.ts';
import { openDns } from '../../dns/client.ts';
import { startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { splitMessage } from '../dkim/message.ts';
import { judgeMail } from '../proof/judge.ts';
import { appMail, handOn, newKey } from './fixtures/forwarder.ts';
import { verifyArc } from './verify.ts';

const key = { app: newKey(), list: newKey(), box: newKey() };
const zone: Zone = {
  'acme.io': [{ type: 'TXT', data: 'v=spf1 ip4:8.8.4.4 -all' }],
  '_dmarc.acme.io': [{ type: 'TXT', data: 'v=DMARC1; p=reject' }],
  's1._domainkey.acme.io': key.app.record,
  's1._domainkey.other.io': key.app.record,
  'arc._domainkey.list.example': key.list.record,
  'arc._domainkey.box.example': key.box.record,
};

async function asking<T>(own: Zone, act: (dns: ReturnType<typeof openDns>) => Promise<T>): Promise<T> {
  const dns = await startDns(zoned(own));
  try {
    return await act(openDns({ servers: [dns.server], waitMs: 250, tries: 1 }));
  } finally {
    await dns.stop();
  }
}

const list = {
  instance: 1,
  domain: 'list.example',
  key: key.list,
  said: 'mx.list.example; dkim=pass header.d=acme.io header.s=s1; dmarc=pass',
};
const box = { instance: 2, domain: 'box.example', key: key.box, said: 'mx.box.example; arc=pass; dkim=fail header.d=acme.io; dmarc=fail' };
const footer = 'You get this as you are on the list.\r\n';

describe('the chain of those who handed a mail on', () => {
  const verified = async (raw: string, own: Zone = zone) => asking(own, (dns) => verifyArc(dns, splitMessage(Buffer.from(raw, 'latin1'))));

  it('is whole over two hands, and none where nobody sealed the mail', async () => {
    const mail = await appMail(key.app);
    expect(await verified(mail)).toEqual({ result: 'none', sets: [] });
    const found = await verified(handOn(handOn(mail, { ...list, footer }), box));
    expect(found).toMatchObject({ result: 'pass', sets: [{ instance: 1 }, { instance: 2 }] });
  });

  it('is broken where anybody changed something behind the back of the last hand', async () => {
    const mail = handOn(handOn(await appMail(key.app), { ...list, footer }), box);
    expect(await verified(mail)).toMatchObject({ result: 'pass' });
    for (const [what, changed] of [
      ['body', mail.replace('Hello', 'Hullo')],
      ['subject', mail.replace('Subject: Reset', 'Subject: Rest')],
      ['words of the first', mail.replace('header.s=s1', 'header.s=s2')],
      ['first seal', mail.replace('cv=none', 'cv=none; x=1')],
      ['state', mail.replace('cv=pass', 'cv=fail')],
      ['a set less', mail.replace(/ARC-Seal: i=1[^\r]*\r\n/, '')],
      ['a set twice', mail.replace(/(ARC-Seal: i=1[^\r]*\r\n)/, '$1$1')],
    ] as const)
      expect(await verified(changed), what).toMatchObject({ result: 'fail', sets: [], why: expect.any(String) as string });
  });

  it('lives on where a later hand changed what the first had signed', async () => {
    const mail = handOn(await appMail(key.app), list);
    expect(await verified(handOn(mail, { ...box, footer }))).toMatchObject({ result: 'pass' });
  });

  it('does not count keys that are gone, too short or of somebody else, and is not judged where the DNS does not answer', async () => {
    const mail = handOn(await appMail(key.app), list);
    const with_ = (record: Zone[string]): Zone => ({ ...zone, 'arc._domainkey.list.example': record });
    const { 'arc._domainkey.list.example': _, ...gone } = zone;
    expect(await verified(mail, gone)).toMatchObject({ result: 'fail', why: expect.stringMatching(/no key arc\._domainkey/) as string });
    expect(await verified(mail, with_(key.box.record))).toMatchObject({ result: 'fail' });
    expect(await verified(mail, with_([{ type: 'TXT', data: 'v=DKIM1; p=' }]))).toMatchObject({ result: 'fail' });
    expect(await verified(mail, with_(['silent']))).toMatchObject({ result: 'temperror' });
    const short = newKey(512);
    expect(await verified(handOn(await appMail(), { ...list, key: short }), with_(short.record))).toMatchObject({ result: 'fail' });
  });

  it('does not stumble over what is no chain', async () => {
    for (const text of ['ARC-Seal:\r\n\r\n', 'ARC-Seal: i=1\r\nARC-Seal: i=99\r\n\r\n', `${'ARC-Seal: i=1; a=x\r\n'.repeat(400)}\r\n`])
      expect(await verified(text)).toMatchObject({ result: 'fail' });
  });
});

describe('a mail that was forwarded', () => {
  const judged = (raw: string, own: Zone = zone) =>
    asking(own, async (dns) => judgeMail(dns, await parseMail('1', Buffer.from(raw, 'latin1')), () => true));
  /** As the last box has it: what came from the list, which is none of the servers of acme.io. */
  const received = (raw: string, said = 'dmarc=fail'): string =>
    `Return-Path: <app@acme.io>\r\nAuthentication-Results: mx.box.example; ${said}\r\nReceived: from list.example (list.example [9.9.9.9]) by mx.box.example\r\n${raw}`;

  it('fails DMARC for that alone where the key of the domain made its signature, and the list vouches', async () => {
    const raw = handOn(handOn(await appMail(key.app), { ...list, footer }), box);
    expect(await judged(received(raw))).toMatchObject({
      dmarc: { result: 'fail' },
      arc: {
        result: 'pass',
        sealers: ['list.example', 'box.example'],
        vouched: { by: 'list.example', says: ['dkim=pass', 'dmarc=pass'], shown: ['dkim'] },
      },
    });
  });

  it('fails for that alone where the server that the list names may send for the domain', async () => {
    for (const said of [
      'mx.list.example; spf=pass smtp.mailfrom=app@acme.io smtp.remote-ip=8.8.4.4; dmarc=pass',
      'mx.list.example; spf=pass (list.example: domain of app@acme.io designates 8.8.4.4 as permitted sender; ok) smtp.mailfrom=app@acme.io',
    ])
      expect(await judged(received(handOn(await appMail(), { ...list, said })))).toMatchObject({
        dmarc: { result: 'fail' },
        arc: { vouched: { by: 'list.example', shown: ['spf'] } },
      });
    const hop = 'Received: from out.acme.io (out.acme.io [8.8.4.4]) by mx.list.example\r\n';
    const said = 'mx.list.example; spf=pass smtp.mailfrom=app@acme.io';
    expect((await judged(received(handOn(hop + (await appMail()), { ...list, said })))).arc?.vouched?.shown).toEqual(['spf']);
  });

  it.each<{ readonly name: string; readonly make: () => Promise<string>; readonly own?: Zone }>([
    {
      name: 'the list saw it fail, too',
      make: async () =>
        handOn(await appMail(key.app), { ...list, footer, said: 'mx.list.example; dkim=fail header.d=acme.io; dmarc=fail' }),
    },
    // Services seal what they send themselves, with words that nothing stands behind.
    { name: 'it carries no signature of the domain', make: async () => handOn(await appMail(), list) },
    { name: 'another key made the signature', make: async () => handOn(await appMail(newKey()), { ...list, footer }) },
    {
      name: 'the key was taken back',
      make: async () => handOn(await appMail(key.app), { ...list, footer }),
      own: { ...zone, 's1._domainkey.acme.io': [{ type: 'TXT', data: 'v=DKIM1; p=' }] },
    },
    {
      name: 'the server that it names may not send',
      make: async () =>
        handOn(await appMail(), {
          ...list,
          said: 'mx.list.example; spf=pass smtp.mailfrom=app@acme.io smtp.remote-ip=9.9.9.9; dmarc=pass',
        }),
    },
    {
      name: 'it speaks of another domain',
      make: async () =>
        handOn((await appMail(key.app, 'other.io')).replace('From: app@other.io', 'From: app@acme.io'), {
          ...list,
          said: 'mx.list.example; dkim=pass header.d=other.io; dmarc=pass header.from=other.io',
        }),
    },
    { name: 'its chain is broken', make: async () => handOn(await appMail(key.app), { ...list, footer }).replace('Hello', 'Hullo') },
    {
      name: 'the receiver alone sealed it',
      make: async () => handOn(await appMail(key.app), { ...list, said: list.said.replace('mx.list', 'mx.box'), footer }),
    },
  ])('fails by itself where $name', async ({ make, own }) => {
    const found = await judged(received(await make()), own);
    expect(found.dmarc.result).toBe('fail');
    expect(found.arc).toBeDefined();
    expect(found.arc?.vouched).toBeUndefined();
  });

  it('says so where nobody can look into the words of the list', async () => {
    const raw = handOn(await appMail(key.app), { ...list, footer });
    const found = await judged(received(raw), { ...zone, 's1._domainkey.acme.io': ['silent'] });
    expect(found.arc?.vouched).toEqual({ by: 'list.example', says: ['dkim=pass', 'dmarc=pass'], shown: [] });
  });

  it('needs nobody who vouches where its own signature fits', async () => {
    const found = await judged(received(handOn(await appMail(key.app), list), 'dmarc=pass'));
    expect(found).toMatchObject({ dmarc: { result: 'pass' }, arc: { result: 'pass' } });
    expect(found.arc?.vouched).toBeUndefined();
    expect(await judged(received(await appMail(key.app)))).not.toHaveProperty('arc');
  });
});
