import { describe, expect, it } from 'vitest';
import type { DataAccess, Route } from '../../evidence/routes.ts';
import { sampleAccess, sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { passwordSetWithoutProof } from './password-set-without-proof.ts';

const id = 'POST /api/set-password';
const judge = (access: Partial<DataAccess>, route: Partial<Route> = {}) => [
  ...passwordSetWithoutProof.evaluate({
    inventory: sampleInventory(
      sampleRoute({
        id,
        auth: 'none',
        guards: [],
        purposes: ['reset'],
        data: [sampleAccess({ name: 'users', operation: 'update', auth: 'none', ...access })],
        ...route,
      }),
    ),
  }),
];

describe('audit/password-set-without-proof', () => {
  it.each(['password', 'password_hash', 'passwordHash', 'hashedPassword', 'encrypted_password', 'passwd', 'passcode'])(
    'knows the column %s',
    (column) => {
      expect(judge({ writes: ['name', column] })).toMatchObject([{ outcome: 'fail', subject: id }]);
    },
  );

  it.each(['password_changed_at', 'must_change_password', 'passwordResetToken', 'wifi_password_hint'])(
    'leaves the column %s alone',
    (column) => {
      expect(judge({ writes: [column] })).toEqual([]);
    },
  );

  it.each<[string, Partial<DataAccess>, Partial<Route>]>([
    ['an account is made, which has a new password', { writes: ['password'], operation: 'create' }, {}],
    ['the route signs people up', { writes: ['password'] }, { purposes: ['signup'] }],
    ['the columns are not known', {}, {}],
    ['the password is that of a wireless network', { name: 'hotspots', writes: ['name', 'ssid', 'password', 'security_type'] }, {}],
    ['the password is that of a server', { name: 'outboxes', writes: ['smtp_host', 'smtp_port', 'username', 'password'] }, {}],
  ])('says nothing where %s', (_, access, route) => {
    expect(judge(access, route)).toEqual([]);
  });

  it('knows an account by more than the network it came from', () => {
    expect(judge({ writes: ['password', 'ip_address'] })).toMatchObject([{ outcome: 'fail' }]);
    expect(judge({ writes: ['email', 'password', 'host', 'port'] })).toMatchObject([{ outcome: 'fail' }]);
  });

  it('sees passwords set through an auth service', () => {
    const effects = [
      sampleEffect({ kind: 'password', what: 'auth.admin.updateUserById', auth: 'presence', place: { file: 'a.ts', line: 3 } }),
    ];
    expect(judge({}, { data: [], effects })).toMatchObject([{ outcome: 'fail', place: { file: 'a.ts', line: 3, name: id } }]);
    expect(judge({}, { data: [], effects: effects.map((effect) => ({ ...effect, auth: 'identity' as const })) })).toMatchObject([
      { outcome: 'pass' },
    ]);
  });

  it('fails for the open one of two ways, and asks about what it could not follow', () => {
    const data = [
      sampleAccess({ operation: 'update', writes: ['password'] }),
      sampleAccess({ operation: 'update', writes: ['password'], auth: 'none' }),
    ];
    expect(judge({}, { data })).toMatchObject([{ outcome: 'fail' }]);
    expect(judge({ writes: ['password'] }, { unresolved: [{ what: 'verifyToken', why: 'x' }] })).toMatchObject([
      { outcome: 'unknown', toKnow: 'Look at verifyToken by hand.' },
    ]);
  });
});
