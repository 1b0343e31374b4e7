import { describe, expect, it } from 'vitest';
import type { Observation } from '../../core/finding.ts';
import type { Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { loginWithoutProof } from './login-without-proof.ts';

const judged = (...routes: readonly Route[]): Observation[] => [...loginWithoutProof.evaluate({ inventory: sampleInventory(...routes) })];
const signsIn = sampleEffect({ kind: 'session', what: 'authorize() signs the caller in', fromInput: [], auth: 'none' });

describe('audit/login-without-proof', () => {
  it('says nothing of routes that make no session', () => {
    expect(judged(sampleRoute())).toEqual([]);
  });
  it('takes a cookie that merely exists for no proof', () => {
    expect(judged(sampleRoute({ id: 'login a', effects: [{ ...signsIn, auth: 'presence' }] }))[0]).toMatchObject({
      outcome: 'fail',
      subject: 'login a',
    });
  });
  it('does not accuse what it could not follow, and says what to look at', () => {
    const route = sampleRoute({
      effects: [signsIn],
      unresolved: [{ what: 'checkCode', why: 'imported from a file that is not in the repo' }],
    });
    expect(judged(route)[0]).toMatchObject({ outcome: 'unknown', toKnow: expect.stringContaining('checkCode') as string });
  });
  describe('of a session that is a row', () => {
    const byAddress = sampleAccess({ name: 'users', auth: 'none', scope: 'none', inputs: [{ column: 'email', source: 'body' }] });
    const row = sampleAccess({ name: 'sessions', operation: 'create', auth: 'none', scope: 'none', inputs: [], writes: ['id', 'user_id'] });
    const outcomes = (...data: Route['data']): string[] => judged(sampleRoute({ data })).map(({ outcome }) => outcome);

    it('accuses one made for the account that was named', () => {
      expect(outcomes(byAddress, row)).toEqual(['fail']);
      expect(outcomes(byAddress, { ...row, name: 'auth.userSessions', writes: ['token', 'userId'] })).toEqual(['fail']);
    });
    it('leaves those of visitors, of new accounts, and rows that wait for a code alone', () => {
      const account = sampleAccess({ name: 'users', operation: 'create', auth: 'none', writes: ['email', 'password'], chosen: ['email'] });
      expect(outcomes(row)).toEqual([]);
      expect(outcomes(byAddress, { ...row, writes: ['id', 'ip'] })).toEqual([]);
      expect(outcomes(byAddress, account, row)).toEqual([]);
      expect(outcomes(byAddress, { ...row, writes: ['user_id', 'otp_hash'] })).toEqual([]);
      expect(outcomes(byAddress, { ...row, name: 'chat_sessions' })).toEqual([]);
    });
    it('passes one made after proof', () => {
      expect(outcomes(byAddress, { ...row, auth: 'identity' })).toEqual(['pass']);
    });
  });

  it('wants the token of a reset mailed, and says nothing of tokens that answer a login or a code', () => {
    const token = sampleEffect({ kind: 'token-response', what: 'a signed token', fromInput: [], auth: 'none' });
    const reset = sampleRoute({ path: '/api/forgot-password', purposes: ['reset'], effects: [token] });
    expect(judged(reset)[0]).toMatchObject({ outcome: 'fail', message: expect.stringContaining('Mail it') as string });
    expect(judged({ ...reset, path: '/api/login', purposes: ['login'] })).toEqual([]);
    expect(judged({ ...reset, path: '/api/verify-reset-code' })).toEqual([]);
  });
});
