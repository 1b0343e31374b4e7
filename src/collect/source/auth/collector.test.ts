import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import type { RouteInventory } from '../../../evidence/routes.ts';
import { openCodebase } from '../code/codebase.ts';
import { type Files, memoryTree } from '../code/routes/fixture.ts';
import { readAuthMethods } from './collector.ts';

const codeOf = (files: Files) => openCodebase(memoryTree(files), (path, text) => parseSync(path, text));
const methodsOf = (files: Files, inventory?: RouteInventory) => readAuthMethods(codeOf(files), inventory);
const kinds = (text: string) => methodsOf({ 'src/a.ts': text }).map(({ kind, provider }) => `${kind} ${provider}`);

describe('ways to sign in', () => {
  it.each([
    [`import { supabase } from './supabase'; supabase.auth.signInWithPassword({ email, password })`, 'password Supabase Auth'],
    [`import { supabase } from './supabase'; supabase.auth.signInWithOtp({ email })`, 'magic-link Supabase Auth'],
    [`import { supabase } from './supabase'; supabase.auth.signInWithOAuth({ provider: 'google' })`, 'social Supabase Auth'],
    [`import { createServerClient } from '@supabase/ssr';`, 'session-cookie Supabase Auth'],
    [`import { signInWithEmailAndPassword } from 'firebase/auth'; signInWithEmailAndPassword(auth, a, b)`, 'password Firebase Auth'],
    [
      `import NextAuth from 'next-auth'; import Google from 'next-auth/providers/google'; NextAuth({ providers: [Google] })`,
      'social next-auth',
    ],
    [`import { auth } from '@clerk/nextjs/server';`, 'session-cookie Clerk'],
    [`const session = require('express-session');`, 'session-cookie express-session'],
    [`import jwt from 'jsonwebtoken'; jwt.verify(a, b)`, 'jwt jsonwebtoken'],
    [`import bcrypt from 'bcryptjs'; await bcrypt.compare(a, b)`, 'password own code'],
    [`import { SAML } from '@node-saml/node-saml';`, 'saml SAML library'],
    [`import * as client from 'openid-client';`, 'sso-oidc openid-client'],
    [`import { authenticator } from 'otplib';`, 'totp one-time password library'],
    [`import { verifyRegistrationResponse } from '@simplewebauthn/server';`, 'passkey SimpleWebAuthn'],
  ])('%s', (text, expected) => {
    expect(kinds(text)).toContain(expected);
  });

  it.each([
    ['a function of the app with the same name', `export function signInWithEmailAndPassword(a, b) { return call(a, b); }`],
    ['a comment', `// import jwt from 'jsonwebtoken';\n/* const session = require('express-session'); */ const auth = 1;`],
    ['a heading of a block comment', `/**\n * supabase.auth.signInWithPassword(…)\n */ export const supabase = 1;`],
    ['a hash that is only made', `import bcrypt from 'bcryptjs'; await bcrypt.hash(a, 10)`],
  ])('not %s', (_, text) => {
    expect(kinds(text)).toEqual([]);
  });

  it('have their places, a file once and five at most', () => {
    const files = Object.fromEntries(
      Array.from({ length: 8 }, (_, nth) => [`src/${nth}.ts`, `\nimport jwt from 'jsonwebtoken';\nimport jwt2 from 'jsonwebtoken';`]),
    );
    const [method] = methodsOf(files);
    expect(method?.places).toHaveLength(5);
    expect(method?.places[0]).toEqual({ file: 'src/0.ts', line: 2 });
  });

  it('leave tests out', () => {
    expect(methodsOf({ 'src/a.test.ts': `import jwt from 'jsonwebtoken';` })).toEqual([]);
  });

  it('include those of the guards that routes have', () => {
    const guard = (what: string) => ({ level: 'identity', what, place: { file: 'src/a.ts', line: 1 } });
    const inventory = {
      routes: [
        {
          guards: [
            guard('sessions found by its token_hash'),
            guard('api_keys found by its hash'),
            guard('magic_links found by its token'),
            guard('getUser()'),
          ],
        },
      ],
    };
    expect(methodsOf({}, inventory as unknown as RouteInventory).map(({ kind }) => kind)).toEqual([
      'api-key',
      'magic-link',
      'session-cookie',
    ]);
  });
});
