import { describe, expect, it } from 'vitest';
import { routesOf } from '../routes/fixture.ts';

const kindsOf = async (body: string): Promise<string[]> => {
  const found = await routesOf({
    'package.json': '{"dependencies":{"express":"5.0.0"}}',
    'app.js': `const express = require('express'); const jwt = require('jsonwebtoken'); const { SignJWT } = require('jose'); const bcrypt = require('bcryptjs');
const { PrismaClient } = require('@prisma/client'); const prisma = new PrismaClient(); const app = express();
app.post('/x', async (req, res) => { const { email, password } = req.body; const user = await prisma.user.findUnique({ where: { email } }); if (!user) return res.sendStatus(404); ${body} });
app.listen(3000);`,
  });
  return found['POST /x']?.effects.map(({ kind }) => kind) ?? [];
};

describe('what an answer shows', () => {
  it('is not the key that signs a token', async () => {
    expect(await kindsOf(`res.json({ token: jwt.sign({ hello: 1 }, process.env.JWT_SECRET) });`)).toEqual([]);
    expect(await kindsOf(`jwt.sign({ hello: 1 }, process.env.JWT_SECRET, (error, token) => res.json({ token }));`)).toEqual([]);
    expect(await kindsOf(`res.json({ token: await ownToken({ hello: 1 }, process.env.JWT_SECRET) });`)).toEqual([]);
    expect(await kindsOf(`res.json({ key: encodeIt(process.env.JWT_SECRET, 'base64') });`)).toEqual(['secret-response']);
    expect(await kindsOf(`res.json({ key: process.env.JWT_SECRET });`)).toEqual(['secret-response']);
    expect(await kindsOf(`res.json({ key: process.env.JWT_SECRET.trim() });`)).toEqual(['secret-response']);
  });

  it('may be what build tools put into the page anyway', async () => {
    expect(await kindsOf(`res.json({ apiKey: process.env.VITE_FIREBASE_API_KEY, other: process.env.FIREBASE_API_KEY });`)).toEqual([]);
    expect(await kindsOf(`res.json({ apiKey: process.env.MAIL_API_KEY });`)).toEqual(['secret-response']);
  });

  it('is a token for whoever names the account', async () => {
    expect(await kindsOf(`res.json({ resetToken: jwt.sign({ id: user.id }, process.env.JWT_SECRET) });`)).toEqual(['token-response']);
    expect(await kindsOf(`res.json({ t: await new SignJWT({ sub: user.id }).setExpirationTime('1h').sign(key) });`)).toEqual([
      'token-response',
    ]);
  });

  it('is the token of a login where the password was compared', async () => {
    const login = `if (!(await bcrypt.compare(password, user.password))) return res.sendStatus(401); res.json({ token: jwt.sign({ id: user.id }, process.env.JWT_SECRET) });`;
    expect(await kindsOf(login)).toEqual([]);
  });
});
