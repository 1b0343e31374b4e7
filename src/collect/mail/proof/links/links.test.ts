import { describe, expect, it } from 'vitest';
import { linkInWords } from '../../../../evidence/mail-link.ts';
import { ada, invite, type LinkHabits, type LinksTried, tell, triedLinks } from './fixture.ts';

const inWords = ({ mails }: Pick<LinksTried, 'mails'>): Record<string, string | undefined> =>
  Object.fromEntries(mails.map(({ name, link }) => [name, link && linkInWords(link)]));

const page = (body: string): string => `<!doctype html><html><head>${body}</head><body></body></html>`;

describe.concurrent('links of mails', () => {
  it('are used as whom they were sent to, and once more as somebody else', async () => {
    const tried = await triedLinks({}, { given: [invite, tell] });
    expect(inWords(tried)).toEqual({
      'sign-up': 'opens, works once',
      'password reset': 'opens, works once',
      'sign-in link': 'opens, works once',
      invite: 'opens, works once',
      receipt: 'opens after signing in',
    });
    expect(tried.mailed).toEqual({ confirm: 1, reset: 1, magic: 1, invite: 1, tell: 1 });
    expect(JSON.stringify(tried.mails.map(({ link }) => link))).not.toMatch(/[0-9a-f]{32}|\/(?:reset|magic|invite|confirm)\b/);
  });

  it.each<[string, LinkHabits, Record<string, string>]>([
    ['a reset link works again', { again: 'reset' }, { 'password reset': 'opens, works again after use' }],
    ['a sign-in link works again', { again: 'magic' }, { 'sign-in link': 'opens, works again after use' }],
    ['an invitation works again', { again: 'invite' }, { invite: 'opens, works again after use' }],
    ['a confirmation signs in again and again', { again: 'confirm' }, { 'sign-up': 'opens, works again after use' }],
    ['the same, where it is needed', { again: 'confirm', confirms: true }, { 'sign-up': 'confirms the address, works again after use' }],
    ['it signs in whoever opens it first', { byOpening: 'magic' }, { 'sign-in link': 'opens, works once, used up by a mere look' }],
    ['it signs in whoever opens it', { byOpening: 'magic', again: 'magic' }, { 'sign-in link': 'opens, works again after use' }],
    ['its page is shown once', { byOpening: 'reset' }, { 'password reset': 'opens, works once, used up by a mere look' }],
    ['so is that of an invitation', { byOpening: 'invite' }, { invite: 'opens, works once, used up by a mere look' }],
    ['it works in the browser that asked for it', { bound: true }, {}],
    ['an address has to be confirmed', { confirms: true }, { 'sign-up': 'confirms the address, works once' }],
    [
      'one invitation is for everybody',
      { team: true },
      { invite: 'opens, not known whether it works once: it is the same in all invitations' },
    ],
  ])('%s', async (_, habits, expected) => {
    const tried = await triedLinks(habits, { given: [invite] });
    const right = {
      'sign-up': 'opens, works once',
      'password reset': 'opens, works once',
      'sign-in link': 'opens, works once',
      invite: 'opens, works once',
    };
    expect(inWords(tried)).toEqual({ ...right, ...expected });
    // Two more tell what the first one does not.
    expect(Math.max(...Object.values(tried.mailed))).toBeLessThanOrEqual(3);
  });

  it('that did not work at first are no links that a look uses up', async () => {
    const tried = await triedLinks({ firstFails: true }, { given: [invite] });
    expect(inWords(tried)).toMatchObject({
      'password reset': 'opens, works once',
      'sign-in link': 'opens, works once',
      invite: 'opens, works once',
    });
    expect(tried.mailed).toMatchObject({ reset: 3, magic: 3, invite: 3 });
  });

  it.each<[string, NonNullable<LinkHabits['answers']>, string]>([
    ['is not there', (response) => response.writeHead(404).end('nothing'), 'dead: it leads to a page that is not there (404)'],
    [
      'says so by 200',
      (response) => response.writeHead(200).end(page('<title>404: This page could not be found</title>')),
      'dead: it leads to a page that is not there (200)',
    ],
    ['fails each time', (response) => response.writeHead(500).end('oops'), 'dead: it makes the app fail (500)'],
    ['leads to itself', (response, path) => response.writeHead(302, { location: path }).end(), 'dead: it is redirected in a circle'],
  ])('whose page %s are dead', async (_, answers, words) => {
    expect(inWords(await triedLinks({ answers }, { given: [invite] }))).toEqual({
      'sign-up': words,
      'password reset': words,
      'sign-in link': words,
      invite: words,
    });
  });

  it.each<[string, LinkHabits, RegExp]>([
    ['has gone away for a moment', { answers: (response) => response.writeHead(503).end() }, /^not known: it could not be used by us/],
    ['is drawn by scripts', { scripted: true }, /^not known: it could not be used by us: no form and no route/],
    [
      'leads to where one signs in',
      { answers: (response) => response.writeHead(303, { location: '/login' }).end() },
      /^not known: it could not be used/,
    ],
    [
      'asks whether one is a robot',
      { answers: (response) => response.writeHead(403).end('<p>Just a moment</p>') },
      /^not known: it could not be used/,
    ],
  ])('whose page %s are not known, and not dead', async (_, habits, words) => {
    const tried = await triedLinks(habits);
    expect(inWords(tried)['password reset']).toMatch(words);
    expect(tried.mails.filter(({ link }) => link?.works.outcome === 'broken')).toEqual([]);
  });

  it('are not dead where a host of files answers 404 with the start page, whose scripts draw the right one', async () => {
    const shell = (script: string): string => `<!doctype html><html><body><div id="root"></div>${script}</body></html>`;
    const shown = async (start: string, body: string): Promise<string | undefined> =>
      inWords(await triedLinks({ start, answers: (response) => response.writeHead(404).end(body) }))['password reset'];
    const drawn = shell('<script src="/app.js"></script>');
    expect(await shown(drawn, drawn)).toMatch(/^not known/);
    expect(await shown(drawn, shell('<script src="/other.js"></script>'))).toMatch(/^dead/);
    expect(await shown(shell(''), shell(''))).toMatch(/^dead/);
  });

  it('are no keys where a cache shows everybody what its people are shown', async () => {
    const { mails } = await triedLinks({ cached: true }, { given: [invite] });
    expect(mails.flatMap(({ name, link }) => [link?.works, link?.once].filter((one) => one?.outcome === 'broken').map(() => name))).toEqual(
      [],
    );
    expect(inWords({ mails })['sign-in link']).toMatch(/^not known: .*are shown pages of somebody who is signed in/);
  });

  it('are opened nowhere but at the app', async () => {
    const tried = await triedLinks({ host: 'https://click.mailer.example' }, { isOurs: (host) => host !== 'click.mailer.example' });
    const words = 'not tried: it leads to click.mailer.example, which is no host of yours and is not opened';
    expect(inWords(tried)).toMatchObject({ 'password reset': words, 'sign-in link': words });
    expect(tried.asked.filter((one) => /\/(?:reset|magic)\//.test(one))).toEqual([]);
  });

  it('that are chosen among several lead to the app', async () => {
    const leadsTo = 'https://www.acme.example/\nhttp://app.example/\nhttps://elsewhere.example/offer';
    const tried = await triedLinks({ leadsTo }, { given: [tell], isOurs: (host) => host === 'app.example' });
    expect(inWords(tried)['receipt']).toBe('opens');
  });

  it('to ordinary pages are only opened, and not where that may do something', async () => {
    const to = async (leadsTo: string, habits: LinkHabits = {}) =>
      inWords(await triedLinks({ ...habits, leadsTo: `http://app.example${leadsTo}` }, { given: [tell] }))['receipt'];
    expect(await to('/')).toBe('opens');
    expect(await to('/requests/17/approve')).toBe('not tried: it was not opened: by its address it may do something');
    expect(await to('/told', { answers: (response) => response.writeHead(500).end('oops') })).toBe('dead: it makes the app fail (500)');
    // To somebody who did not get the mail an app may say so of a page that is there.
    expect(await to('/shares/17')).toBe('not known: it leads to a page that is not there (404) for whoever did not get the mail');
    expect(await to('/gone', { signUpClosed: true })).toMatch(
      /^not known: it leads to a page that is not there \(404\) for whoever is signed out$/,
    );
  });
});

describe.concurrent('what a mail leads to', () => {
  const told = async (html: string, header?: string, leadsTo = 'http://app.example/home') => {
    const tried = await triedLinks(
      { leadsTo, ...(html !== '' && { tells: { html, ...(header !== undefined && { header }) } }) },
      { given: [tell] },
    );
    return { words: inWords(tried)['receipt'], asked: tried.asked };
  };
  const token = '8f3ab2c99d0e4f7a8f3ab2c99d0e4f7a';

  it('is dead for everybody where the mail goes to many', async () => {
    const tried = await triedLinks({ leadsTo: 'http://app.example/news/17' }, { given: [{ ...tell, bulk: true }] });
    expect(inWords(tried)['receipt']).toBe('dead: it leads to a page that is not there (404)');
  });

  it.each([
    ['says what it does', `/a/${token}`, 'Approve payment of $400', /by what the mail says of it it may do something/],
    ['has a token', `/a/${token}`, 'Payment of $400', /it holds a token/],
    ['unsubscribes', `/home?list=1`, '<img alt="Unsubscribe" src="x.png">', /by what the mail says/],
  ])('is not opened where it %s', async (_, path, label, words) => {
    const { words: is, asked } = await told(
      `<a href="http://app.example/"><img src="logo.png"></a><a href="http://app.example${path}">${label}</a>`,
    );
    expect(is).toMatch(/^not tried: it was not opened: /);
    expect(is).toMatch(words);
    expect(asked.filter((one) => one === `GET ${path.split('?')[0]}` && one !== 'GET /home')).toEqual([]);
  });

  it('is no link that the header names to unsubscribe', async () => {
    const { words, asked } = await told(
      `<a href="http://app.example/out/17">Manage</a><a href="http://app.example/home">Your receipt</a>`,
      'List-Unsubscribe: <mailto:a@app.example>, <http://app.example/out/17>',
    );
    expect(words).toBe('opens after signing in');
    expect(asked).not.toContain('GET /out/17');
  });

  it('is the page of it that does nothing where there is one', async () => {
    const { words, asked } = await told(
      `<a href="http://app.example/a/${token}">Approve</a><a href="http://app.example/a/${token}x">Reject</a><a href="http://app.example/home">See all</a>`,
    );
    expect(words).toBe('opens after signing in');
    expect(asked.filter((one) => one.startsWith('GET /a/'))).toEqual([]);
  });

  it('is not asked of the app where another service has it', async () => {
    const at = async (host: string) => {
      const tried = await triedLinks({ host }, { people: [ada], isOurs: (one) => !one.endsWith('.co') });
      expect(tried.mails.filter(({ link }) => link?.works.outcome === 'broken')).toEqual([]);
      expect(tried.asked.filter((one) => /\/(?:reset|magic|confirm)\//.test(one))).toEqual([]);
      return inWords(tried)['password reset'];
    };
    expect(await at('http://127.0.0.1:1')).toMatch(
      /^not tried: it leads to 127\.0\.0\.1:1, and only 127\.0\.0\.1:\d+ of this machine is asked$/,
    );
    expect(await at('http://127.0.0.1:1/auth/v1/verify')).toMatch(/127\.0\.0\.1:1 \(Supabase\), which signs people in for the app/);
    expect(await at('https://auth.example.com')).toMatch(/auth\.example\.com, which is another host of yours than the app/);
    expect(await at('https://url1234.example.com')).toMatch(/url1234\.example\.com, which counts clicks/);
    expect(await at('https://abcd.supabase.co')).toMatch(/abcd\.supabase\.co \(Supabase\), which signs people in/);
  });
});

describe.concurrent('an account of the config', () => {
  it('has its own password afterwards', async () => {
    const tried = await triedLinks({ signUpClosed: true }, { people: [ada] });
    expect(inWords(tried)).toEqual({ 'password reset': 'opens, works once', 'sign-in link': 'opens, works once' });
    expect(tried.passwords.get(ada.email)).toBe(ada.password);
    expect(tried.mailed).toEqual({ reset: 2, magic: 1 });
    expect(tried.leftovers).toEqual([]);
  });

  it('has it back signed in where that goes, without one more mail', async () => {
    const tried = await triedLinks({ signUpClosed: true, settings: true }, { people: [ada] });
    expect(tried.passwords.get(ada.email)).toBe(ada.password);
    expect(tried.mailed).toEqual({ reset: 1, magic: 1 });
    expect(tried.leftovers).toEqual([]);
  });

  it('has it back by the last of three mails', async () => {
    const tried = await triedLinks({ signUpClosed: true, firstFails: true, resets: 3 }, { people: [ada] });
    expect(inWords(tried)['password reset']).toBe('opens, works once');
    expect(tried.passwords.get(ada.email)).toBe(ada.password);
    expect(tried.leftovers).toEqual([]);
  });

  it('is left alone where nobody said that it may be used', async () => {
    const { expendable: _, ...person } = ada;
    const tried = await triedLinks({ signUpClosed: true }, { people: [person] });
    expect(tried.mails).toEqual([]);
    expect(tried.mailed).toEqual({});
  });
});
