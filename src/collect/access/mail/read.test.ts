import { describe, expect, it } from 'vitest';
import { parseMail } from './parse.ts';
import { fromDomain } from '../../mail/proof/judge.ts';
import { linksIn } from '../../mail/proof/links.ts';
import { splitMessage } from '../../mail/dkim/message.ts';
import { keyOf, pagesOf, tokensIn } from './read.ts';

const token = 'q8Zr1T0vKp5xWm3uYb7cNf9hJd2gLs4e';

/** A mail as a server takes it. */
const mail = (headers: string, body: string) =>
  parseMail('1', Buffer.from(`From: app@app.example\r\nTo: a@b.example\r\n${headers}\r\n\r\n${body}`));
const html = (body: string) => mail('Subject: Hello\r\nContent-Type: text/html; charset=utf-8', body);
const plain = (body: string, subject = 'Hello') => mail(`Subject: ${subject}\r\nContent-Type: text/plain; charset=utf-8`, body);
const linkIn = async (one: ReturnType<typeof mail>): Promise<string | undefined> => keyOf(await one)?.link?.href;

describe('the link of a mail', () => {
  it('is found in plain text, with the dot of the sentence left out, and the lifetime is quoted', async () => {
    const key = keyOf(
      await plain(`Choose a new one within 30 minutes: http://localhost:3000/reset-password/${token}.\n\nhttp://localhost:3000`),
    );
    expect(key).toEqual({ link: new URL(`http://localhost:3000/reset-password/${token}`), lifetime: 'within 30 minutes' });
  });

  it('is found in quoted-printable HTML that is broken over lines', async () => {
    const found = linkIn(
      mail(
        'Subject: =?utf-8?Q?Passwort_zur=C3=BCcksetzen?=\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable',
        `<html><body><p>Hallo</p><a style=3D"color:#fff" href=3D"https://app.example/reset?tok=\r\nen=3D${token}&amp;email=3Da%40b.example">Zur=C3=BCcksetzen</a></body></html>`,
      ),
    );
    expect(await found).toBe(`https://app.example/reset?token=${token}&email=a%40b.example`);
  });

  it('is the one with a token among logo, help, unsubscribe and the page to sign in at', async () => {
    const found = linkIn(
      html(
        `<a href="https://app.example/"><img src="https://cdn.example/logo.png"></a><a href="https://app.example/login">Sign in</a>
         <a href="https://app.example/auth/confirm?token_hash=${token}&type=recovery&next=/account">Confirm</a>
         <a href="https://app.example/help/articles/4711">Help</a><a href="https://mailer.example/unsubscribe/${token}x">Unsubscribe</a>`,
      ),
    );
    expect(await found).toContain('token_hash');
  });

  it('is the one that says what it is for where two have a token', async () => {
    const found = linkIn(
      html(`<a href="https://app.example/i/${token}a">View</a><a href="https://app.example/verify/${token}b">Verify your address</a>`),
    );
    expect(await found).toBe(`https://app.example/verify/${token}b`);
  });

  it('is taken out of the address that counts clicks', async () => {
    const inner = encodeURIComponent(`https://app.example/magic?token=${token}&utm_source=mail`);
    expect(await linkIn(html(`<a href="https://click.mailer.example/ls/click?upn=abc&url=${inner}">Sign in</a>`))).toBe(
      `https://app.example/magic?token=${token}&utm_source=mail`,
    );
  });

  it.each([
    ['where Supabase sends readers on', `https://abcd.supabase.co/auth/v1/verify?token=${token}&type=recovery&redirect_to=`],
    ['where NextAuth does', `https://app.example/api/auth/callback/email?token=${token}${token}&callbackUrl=`],
    ['where an app does in words of its own', `https://app.example/verify?token=${token}&then=`],
  ])('is the one with the token, and not the page to go on to, %s', async (_, outer) => {
    const href = `${outer}${encodeURIComponent('https://app.example/help/0f8fad5b-d9cb-469f-a165-70867728950e')}`;
    expect(await linkIn(html(`<a href="${href.replaceAll('&', '&amp;')}">Sign in</a>`))).toBe(href);
    expect(tokensIn(new URL(href))[0]).toContain(token);
  });

  it('is taken out of the address of a service that counts clicks, whatever tokens that has', async () => {
    const inner = `https://app.example/magic?token=${token}`;
    const outer = `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(inner)}&data=05%7C${token}9`;
    expect(await linkIn(html(`<a href="${outer}">Sign in</a>`))).toBe(inner);
  });

  it('is none that unsubscribes or calls off', async () => {
    const off = `<a href="https://app.example/e/${token}">Unsubscribe</a><a href="https://app.example/join/${token}/decline">No</a>`;
    expect(await linkIn(html(off))).toBeUndefined();
    const named = mail(
      `Subject: Hello\r\nList-Unsubscribe: <https://app.example/e/${token}>\r\nContent-Type: text/html`,
      `<a href="https://app.example/e/${token}?from=mail">Settings</a>`,
    );
    expect(await linkIn(named)).toBeUndefined();
  });

  it('is none where a mail only names pages', async () => {
    expect(
      keyOf(await plain('Your password was changed. If it was not you: https://app.example/forgot-password\n\nhttps://app.example/')),
    ).toBeUndefined();
  });

  it('may stand behind the #, and beside the id of the account', () => {
    expect(tokensIn(new URL(`https://app.example/#/reset/${token}`))).toEqual([token]);
    expect(tokensIn(new URL(`https://app.example/#/reset?token=${token}&id=4711`))).toEqual([token, '4711']);
    expect(tokensIn(new URL(`https://app.example/#access_token=${token}&type=recovery`))).toEqual([token]);
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    expect(tokensIn(new URL(`https://app.example/reset/${id}/${token}`))).toEqual([token, id]);
    expect(tokensIn(new URL(`https://app.example/reset?uid=${id}&token=12345678`))).toEqual(['12345678', id]);
  });

  it('may hold a JSON web token or a number', () => {
    expect(tokensIn(new URL('https://app.example/reset/abcdefgh12.ijklmnop34.qrstuvwx56?lang=en'))).toEqual([
      'abcdefgh12.ijklmnop34.qrstuvwx56',
    ]);
    expect(tokensIn(new URL('https://app.example/reset?id=17&utm_id=998877'))).toEqual(['17']);
  });
});

describe('the code of a mail', () => {
  it.each<[string, string, string, string]>([
    ['alone on a line', 'Your sign-in code', 'Enter this code:\n\n  483 920\n\nIt expires in 10 minutes. Order 2024-118.', '483920'],
    ['in a sentence', 'Hello', 'Your verification code is: 12345678. Do not share it.', '12345678'],
    ['in the subject', '739201 is your code', 'Welcome back in 2026.', '739201'],
    ['with letters', 'Hello', 'Use the code\nH7K2PQ\nto go on.', 'H7K2PQ'],
  ])('%s', async (_, subject, body, code) => {
    expect(keyOf(await plain(body, subject))?.code).toBe(code);
  });

  it('is found in a table of HTML alone', async () => {
    expect(
      keyOf(
        await html(
          '<head><style>.a{color:#123456}</style></head><table><tr><td>Your code</td></tr><tr><td><b>402911</b></td></tr></table>',
        ),
      )?.code,
    ).toBe('402911');
  });

  it('is no year, and no number of a mail that speaks of no code', async () => {
    expect(keyOf(await plain('Your invoice\n20260117\nis due. © 2026 Acme, 12345 Berlin'))).toBeUndefined();
  });
});

describe('a mail that is made to keep somebody busy', () => {
  const size = 2 ** 20;
  // Of the processor, in microseconds: others may use it too.
  const full = (part: string): string => part.repeat(Math.ceil(size / part.length));
  it.each([
    '<a>',
    '<a',
    '<a ',
    '<',
    '<style>',
    '<head',
    '<script>a',
    '<a href="',
    '</a',
    `<a href="https://a.example/${token}">`,
    '&',
    'code ',
  ])('HTML full of %s', (part) => {
    const one = { id: '1', subject: 'Your code', text: '', html: full(part), raw: Buffer.from('') };
    const from = process.cpuUsage();
    keyOf(one);
    pagesOf(one);
    linksIn(one, () => true);
    expect(process.cpuUsage(from).user).toBeLessThan(1_000_000);
  });

  it.each([`https://a.example/${full('.')}x`, `https://a.example/${full('aA')}`, full('code'), full('1'), full(' '), full('A')])(
    'plain text %#',
    (text) => {
      const one = { id: '1', subject: 'Your code', text, html: '', raw: Buffer.from('') };
      const from = process.cpuUsage();
      keyOf(one);
      linksIn(one, () => true);
      expect(process.cpuUsage(from).user).toBeLessThan(1_000_000);
    },
  );

  it('a From that does not end', () => {
    const from = process.cpuUsage();
    fromDomain(splitMessage(Buffer.from(`From: ${full('a')}\r\n\r\n`)));
    expect(process.cpuUsage(from).user).toBeLessThan(1_000_000);
  });

  it('has its link found all the same, closed or not', () => {
    const one = {
      id: '1',
      subject: '',
      text: '',
      html: `<a href="https://a.example/reset?token=${token}">${full('<a>')}`,
      raw: Buffer.from(''),
    };
    expect(keyOf(one)?.link?.href).toContain(token);
  });
});
