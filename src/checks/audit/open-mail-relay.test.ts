import { describe, expect, it } from 'vitest';
import type { Route, SideEffect } from '../../evidence/routes.ts';
import { sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { openMailRelay } from './open-mail-relay.ts';

const judge = (mail: Partial<SideEffect>, route: Partial<Route> = {}) => [
  ...openMailRelay.evaluate({
    inventory: sampleInventory(
      sampleRoute({ id: 'POST /api/mail', auth: 'none', guards: [], data: [], effects: [sampleEffect(mail)], ...route }),
    ),
  }),
];

describe('audit/open-mail-relay', () => {
  it.each<[string, string[], string | undefined, string]>([
    ['recipient, subject and text', ['to', 'subject', 'html'], undefined, 'with subject and html of the caller’s choosing'],
    ['recipient and text', ['to', 'html'], undefined, 'with html of'],
    ['the recipient alone', ['to'], 'medium', 'to any address, without asking'],
    ['the recipient and a name', ['to', 'name'], 'medium', 'to any address, without asking'],
  ])('weighs what the caller chooses: %s', (_, fromInput, severity, text) => {
    expect(judge({ fromInput })).toMatchObject([{ outcome: 'fail', subject: 'POST /api/mail', message: expect.stringContaining(text) }]);
    expect(judge({ fromInput })[0]?.severity).toBe(severity);
  });

  it.each<[string, Partial<SideEffect>, Partial<Route>]>([
    ['a magic link with a text of ours', { fromInput: ['to'] }, { purposes: ['login'] }],
    ['a reset mail with a text of ours', { fromInput: ['to'] }, { purposes: ['reset'] }],
    ['a sign-up mail with the name in it', { fromInput: ['to', 'html'], filled: ['html'] }, { purposes: ['signup'] }],
    ['a code for a registered address', { fromInput: ['to'], registered: true }, {}],
    ['a notice to a registered address by its name', { fromInput: ['to', 'html'], filled: ['html'], registered: true }, {}],
    ['a webhook that checks its sender', {}, { webhook: { provider: 'stripe', verification: 'verified', why: 'x' } }],
    ['an unverified session: another check speaks', { auth: 'unverified-session' }, {}],
  ])('passes: %s', (_, mail, route) => {
    expect(judge(mail, route)).toMatchObject([{ outcome: 'pass' }]);
  });

  it.each<[string, Partial<SideEffect>, Partial<Route>]>([
    ['a token that merely exists', { auth: 'presence' }, {}],
    ['a sign-in mail whose text the caller writes', { fromInput: ['to', 'html'] }, { purposes: ['login'] }],
    ['a text of the caller’s to a registered address', { fromInput: ['to', 'html'], registered: true }, {}],
    [
      'a sign-up mail whose subject the caller writes',
      { fromInput: ['to', 'subject', 'html'], filled: ['html'] },
      { purposes: ['signup'] },
    ],
    ['a text with a name in it to whomever', { fromInput: ['to', 'html'], filled: ['html'] }, {}],
    ['an invitation by anybody', { fromInput: ['to'] }, { purposes: ['signup', 'invite'] }],
    ['a webhook that checks nothing', {}, { webhook: { provider: 'stripe', verification: 'missing', why: 'x' } }],
  ])('fails: %s', (_, mail, route) => {
    expect(judge(mail, route)).toMatchObject([{ outcome: 'fail' }]);
  });

  it('says when the link in a reset mail leads wherever a header says', () => {
    const misled = { fromInput: ['to', 'html'], misled: ['html'], registered: true };
    expect(judge(misled, { purposes: ['reset'] })).toMatchObject([{ outcome: 'fail', message: expect.stringContaining('Origin or Host') }]);
  });

  it('points at the worst of several mails', () => {
    const effects = [sampleEffect({ fromInput: ['to'] }), sampleEffect({ place: { file: 'b.ts', line: 2 } })];
    expect(judge({}, { effects })).toMatchObject([{ outcome: 'fail', place: { file: 'b.ts', line: 2, name: 'POST /api/mail' } }]);
  });

  it('does not accuse what it could not follow, and is silent where no mail is sent', () => {
    expect(judge({}, { unresolved: [{ what: 'guard', why: 'x' }] })).toMatchObject([{ outcome: 'unknown', toKnow: expect.any(String) }]);
    expect(judge({ kind: 'fetch' })).toEqual([]);
  });
});
