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
    expect(await to('/gone')).toBe('dead: it leads to a page that is not there (404)');
    expect(await to('/requests/17/approve')).toMatch(/^not known: it was not opened: by its address it may do something$/);
    expect(await to('/gone', { signUpClosed: true })).toMatch(
      /^not known: it leads to a page that is not there \(404\) for whoever is signed out$/,
    );
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

  it('is left alone where nobody said that it may be used', async () => {
    const { expendable: _, ...person } = ada;
    const tried = await triedLinks({ signUpClosed: true }, { people: [person] });
    expect(tried.mails).toEqual([]);
    expect(tried.mailed).toEqual({});
  });
});
