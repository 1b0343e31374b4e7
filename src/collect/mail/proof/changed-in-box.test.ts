import { beforeAll, describe, expect, it } from 'vitest';
import { rewritten } from '../../../evidence/mail-rewritten.ts';
import { sampleMail } from '../../../evidence/mail-samples.ts';
import type { MailBox } from '../../access/mail/mailbox.ts';
import { parseMail } from '../../access/mail/parse.ts';
import { appMail, newKey } from '../arc/fixtures/forwarder.ts';
import { openDns } from '../../dns/client.ts';
import { startDns, zoned } from '../../dns/fixture.ts';
import { judgeMail } from './judge.ts';

const key = newKey();
const outlook: MailBox = { host: 'outlook.office365.com', provider: 'outlook' };
const passed = 'dkim=pass (signature was verified) header.d=acme.io;dmarc=pass action=none header.from=acme.io;compauth=pass reason=100';
/** As Outlook writes it, without its name. */
const itself = `Authentication-Results: spf=pass (sender IP is 9.9.9.9) smtp.mailfrom=bounces.sender.example; ${passed}`;
const way = [
  'Return-Path: <b@bounces.sender.example>',
  'Received: from out.sender.example (9.9.9.9) by AM1.mail.protection.outlook.com with Microsoft SMTP Server; Tue, 1 Dec 2026 08:00:00 +0000',
];

describe('a mail whose body was changed in the box', () => {
  let sent = '';
  beforeAll(async () => {
    sent = await appMail(key);
  });

  /** The mail with fields on top of it, and below its signature those of the app. */
  async function judged(box: MailBox | undefined, top: readonly string[], { below = [] as readonly string[], change = true } = {}) {
    const stored = change ? sent.replace(/Hello/, '<p>Hello</p>') : sent;
    const raw = `${[...top, ...way].join('\r\n')}\r\n${stored.replace(/\r\nFrom:/i, `${below.map((one) => `\r\n${one}`).join('')}\r\nFrom:`)}`;
    const dns = await startDns(
      zoned({
        '_dmarc.acme.io': [{ type: 'TXT', data: 'v=DMARC1; p=reject' }],
        's1._domainkey.acme.io': key.record,
        'bounces.sender.example': [{ type: 'TXT', data: 'v=spf1 ip4:9.9.9.9 -all' }],
      }),
    );
    try {
      return await judgeMail(
        openDns({ servers: [dns.server], waitMs: 300, tries: 1 }),
        await parseMail('1', Buffer.from(raw, 'latin1'), box && { box }),
        () => true,
      );
    } finally {
      await dns.stop();
    }
  }
  const saved = async (...args: Parameters<typeof judged>): Promise<boolean> => {
    const { arc: _, receiver: __, ...mail } = sampleMail();
    return rewritten({ ...mail, ...(await judged(...args)) }) !== undefined;
  };

  it('fails by our own look at it, and passed by that of Outlook', async () => {
    const found = await judged(outlook, [itself]);
    expect(found).toMatchObject({
      spf: { result: 'pass', aligned: 'no' },
      dkim: [{ domain: 'acme.io', result: 'fail', bodyChanged: true }],
      dmarc: { result: 'fail' },
      receiver: { itself: { dmarc: 'pass', signed: ['acme.io'] } },
    });
    expect(await saved(outlook, [itself])).toBe(true);
  });

  it('passes by itself where nothing was changed', async () => {
    expect(await judged(outlook, [itself], { change: false })).toMatchObject({ dkim: [{ result: 'pass' }], dmarc: { result: 'pass' } });
  });

  it.each<readonly [name: string, box: MailBox | undefined, field: string, is: boolean]>([
    ['Gmail', { host: 'imap.gmail.com', provider: 'gmail' }, `Authentication-Results: mx.google.com; ${passed}`, true],
    ['the server of the box', { host: 'mail.box.example' }, `Authentication-Results: mail.box.example; ${passed}`, true],
    ['another server of its domain', { host: 'imap.box.example' }, `Authentication-Results: mx1.box.example; ${passed}`, true],
    ['somebody else', { host: 'imap.box.example' }, `Authentication-Results: mx.evil.example; ${passed}`, false],
    ['nobody, at a box that is not at Outlook', { host: 'imap.box.example' }, itself, false],
    [
      'another name, at Gmail',
      { host: 'imap.gmail.com', provider: 'gmail' },
      `Authentication-Results: google.com.evil.example; ${passed}`,
      false,
    ],
    ['a catcher on this machine', undefined, `Authentication-Results: mail.box.example; ${passed}`, false],
  ])('counts the word of %s: %s', async (_, box, field, is) => expect(await saved(box, [field])).toBe(is));

  it('does not count what the app wrote into it, nor what stands below the word of another server', async () => {
    expect(await saved(outlook, [], { below: [itself] })).toBe(false);
    expect(await saved(outlook, ['Authentication-Results: spf=pass smtp.mailfrom=x'], { below: [itself] })).toBe(false);
    expect(await saved(outlook, ['Authentication-Results: mx.evil.example; none', itself])).toBe(false);
  });

  it.each([
    ['DMARC failed there', itself.replace('dmarc=pass', 'dmarc=fail')],
    ['the signature did not fit there', itself.replace('dkim=pass', 'dkim=fail')],
    ['it was the signature of another domain', itself.replace('header.d=acme.io', 'header.d=sender.example')],
    ['it says nothing of DMARC', itself.replace('dmarc=pass', 'x=pass')],
  ])('fails where %s', async (_, field) => expect(await saved(outlook, [field])).toBe(false));
});
