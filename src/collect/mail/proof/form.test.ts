import { describe, expect, it } from 'vitest';
import { splitMessage } from '../dkim/message.ts';
import { formFaults } from './form.ts';

const now = Date.parse('Tue, 1 Dec 2026 08:00:00 +0000');
const usual = {
  From: 'Acme <app@acme.io>',
  To: 'a@box.test',
  Subject: 'Hi',
  Date: 'Tue, 1 Dec 2026 07:59:58 +0000',
  'Message-ID': '<1f2e@acme.io>',
  'MIME-Version': '1.0',
  'Content-Type': 'text/plain; charset=utf-8',
};
const received = 'from out.acme.io (out.acme.io [54.240.8.1]) by mx.google.com with ESMTPS id x; Tue, 01 Dec 2026 00:00:01 -0800 (PST)';

interface Way {
  readonly unfinished?: boolean;
  readonly received?: string | undefined;
  readonly body?: string;
  readonly more?: readonly string[];
}
const faults = (
  change: Readonly<Record<string, string | undefined>> = {},
  { unfinished = false, body = 'Hello\r\n', more = [], ...way }: Way = {},
) => {
  const fields = Object.entries({ ...usual, ...change }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const message = splitMessage(Buffer.from(`${[...fields, ...more].join('\r\n')}\r\n\r\n${body}`));
  const by = 'received' in way ? way.received : received;
  return formFaults(message, { unfinished, now, from: 'acme.io', ...(by !== undefined && { received: by }) });
};

describe('a mail by RFC 5322', () => {
  it.each<readonly [name: string, faults: readonly string[]]>([
    ['as it should be', faults()],
    ['without a header of the receiver', faults({}, { received: undefined })],
    ['date with a comment and a zone in letters', faults({ Date: 'Tue, 1 Dec 2026 07:59:58 GMT (UTC)' })],
    ['date without a day of the week or seconds', faults({ Date: '1 Dec 2026 08:59 +0100' })],
    ['date that a zone puts on another day', faults({ Date: 'Mon, 30 Nov 2026 23:59:58 -0800' })],
    ['id with brackets', faults({ 'Message-ID': '<1f2e@[203.0.113.7]>' })],
    ['id with quotes', faults({ 'Message-ID': '<"a b"@acme.io>' })],
    [
      'id of a server that takes mail of its own domain',
      faults(
        { 'Message-ID': '<1f2e@mail.acme.io>' },
        { received: 'from app ([54.240.8.1]) by mail.acme.io with ESMTP; Tue, 1 Dec 2026 08:00:00 +0000' },
      ),
    ],
    [
      'what is added by a server that it was signed in at',
      faults(
        { 'Message-ID': '<q1@mx.other.io>' },
        { received: 'from app ([54.240.8.1]) by mx.other.io with ESMTPSA; Tue, 1 Dec 2026 08:00:00 +0000' },
      ),
    ],
    ['not yet at the service that completes it', faults({ 'Message-ID': undefined, Date: undefined }, { unfinished: true })],
    [
      'parts with an end',
      faults({ 'Content-Type': 'multipart/alternative; boundary="b=_1"' }, { body: '--b=_1\r\n\r\nHello\r\n--b=_1--\r\n' }),
    ],
    [
      'received twice, as every mail',
      faults({}, { more: ['Received: from a', 'Received: from b', 'DKIM-Signature: a', 'DKIM-Signature: b'] }),
    ],
    ['what a receiver writes on top', faults({}, { more: [`X-Antispam: ${'x'.repeat(1200)}`] })],
  ])('%s: nothing', (_, told) => expect(told).toEqual([]));

  it.each<readonly [name: string, faults: readonly string[], says: RegExp]>([
    ['no Message-ID', faults({ 'Message-ID': undefined }), /it has no Message-ID/],
    ['an id with quotes that do not end', faults({ 'Message-ID': '<"a b@acme.io>' }), /not of the form/],
    ['an id that is none', faults({ 'Message-ID': '12345' }), /not of the form/],
    ['added by Gmail', faults({ 'Message-ID': '<6753f1.SMTPIN_ADDED_MISSING@mx.google.com>' }), /Gmail had to add/],
    ['added by the receiver', faults({ 'Message-ID': '<6753f1@mx.google.com>' }), /mx\.google\.com had to add/],
    ['two ids', faults({}, { more: ['Message-ID: <2@acme.io>'] }), /2 fields Message-ID/],
    ['two subjects, though not yet complete', faults({}, { unfinished: true, more: ['subject: Again'] }), /2 fields Subject/],
    ['two senders', faults({}, { more: ['From: b@acme.io'] }), /2 fields From/],
    ['nobody', faults({ From: undefined }), /no From/],
    ['no date', faults({ Date: undefined }), /it has no Date/],
    ['a date of a database', faults({ Date: '2026-12-01 08:00:00' }), /its Date is none/],
    ['hours ahead', faults({ Date: 'Tue, 1 Dec 2026 16:00:00 +0000' }), /8 hours ahead/],
    ['1970', faults({ Date: 'Thu, 1 Jan 1970 00:00:00 +0000' }), /days behind/],
    [
      'by the clock of the receiver',
      faults({ Date: 'Tue, 1 Dec 2026 07:59:58 +0000' }, { received: 'from x by y with ESMTPS; Sun, 6 Dec 2026 08:00:00 +0000' }),
      /5 days behind/,
    ],
    ['parts without a boundary', faults({ 'Content-Type': 'multipart/mixed' }), /no boundary/],
    ['a boundary that is nowhere', faults({ 'Content-Type': 'multipart/mixed; boundary=abc' }), /stands nowhere/],
    ['a part without an end', faults({ 'Content-Type': 'multipart/mixed; boundary=abc' }, { body: '--abc\r\n\r\nHello\r\n' }), /no end/],
    ['a type without MIME-Version', faults({ 'MIME-Version': undefined }), /no MIME-Version/],
    ['a long subject', faults({ Subject: 'x'.repeat(1200) }), /more than 998/],
    ['a long line', faults({}, { body: `${'x'.repeat(999)}\r\n` }), /more than 998/],
  ])('%s', (_, told, says) => {
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(says);
  });
});
