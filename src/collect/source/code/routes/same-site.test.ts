import { describe, expect, it } from 'vitest';
import { routesOf } from './fixture.ts';

const app = (cookie: string) =>
  routesOf({
    'package.json': '{"name":"api"}',
    'app.js': `const express = require('express'); const jwt = require('jsonwebtoken'); const app = express();
      app.post('/login', (req, res) => { res.cookie('token', jwt.sign({}, process.env.SECRET), ${cookie}); res.json({}); });
      app.post('/orders', (req, res) => { req.user = jwt.verify(req.cookies.token, process.env.SECRET); res.json({}); });
      app.post('/bearer', (req, res) => { req.user = jwt.verify(req.headers.authorization, process.env.SECRET); res.json({}); });
      app.listen(1);`,
  });

describe('requests that other websites cause', () => {
  it('are kept without the cookie by SameSite', async () => {
    expect((await app("{ httpOnly: true, sameSite: 'lax' }"))['POST /orders']?.csrf).toBe('same-site');
    expect((await app("{ sameSite: production ? 'none' : 'lax' }"))['POST /orders']?.csrf).toBe('none');
    expect((await app('{ httpOnly: true }'))['POST /orders']?.csrf).toBe('none');
  });

  it('carry no token of a header', async () => {
    expect((await app('{}'))['POST /bearer']?.csrf).toBe('not-cookie');
  });
});
