import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const head = `import { PrismaClient } from '@prisma/client'; import axios from 'axios'; import { z } from 'zod'; import { GitHub } from 'arctic'; import { OAuth2Client } from 'google-auth-library';
const prisma = new PrismaClient();
`;
const levelOf = async (body: string) =>
  (
    await nextRoute(
      `${head} export async function POST(request) { const { code, email, credential, accessToken } = await request.json(); ${body}
        await prisma.user.create({ data: { email: profile.email } }); return Response.json({}); }`,
    )
  ).data[0]?.auth;
const exchange = `const tokens = await (await fetch('https://github.com/login/oauth/access_token', { method: 'POST', body: JSON.stringify({ code, client_secret: process.env.SECRET }) })).json();`;
const ask = (token: string) =>
  `const profile = await (await fetch('https://api.github.com/user', { headers: { Authorization: \`Bearer \${${token}}\` } })).json();`;

describe('sign in with a provider', () => {
  it.each([
    ['the code is exchanged and the provider asked', `${exchange} ${ask('tokens.access_token')}`],
    [
      'with parameters in the address',
      `const url = new URL('token', 'https://oauth2.googleapis.com'); url.searchParams.set('code', code);
       const { access_token } = z.object({ access_token: z.string() }).parse(await (await fetch(url, { method: 'POST' })).json());
       const who = new URL('https://www.googleapis.com/oauth2/v3/userinfo'); who.searchParams.set('access_token', access_token);
       const profile = await (await fetch(who)).json();`,
    ],
    [
      'as a form',
      `const { access_token } = await (await fetch('https://discord.com/api/oauth2/token', { method: 'POST', body: new URLSearchParams({ code, grant_type: 'authorization_code' }) })).json();
       const profile = await (await fetch('https://discord.com/api/users/@me', { headers: { Authorization: 'Bearer ' + access_token } })).json();`,
    ],
    [
      'with axios',
      `const { data } = await axios.post('https://github.com/login/oauth/access_token', { code });
       const { data: profile } = await axios.get('https://api.github.com/user', { headers: { Authorization: \`token \${data.access_token}\` } });`,
    ],
    ['with arctic', `const tokens = await new GitHub('a', 'b', null).validateAuthorizationCode(code); ${ask('tokens.accessToken()')}`],
    [
      'with a signed statement',
      `const ticket = await new OAuth2Client('a').verifyIdToken({ idToken: credential, audience: 'a' }); const profile = ticket.getPayload();`,
    ],
  ])('proves the caller: %s', async (_, body) => {
    expect(await levelOf(body)).toBe('identity');
  });

  it.each([
    ['an address that the caller names', `const profile = { email };`],
    ['a code that nobody checks', `if (!code) return Response.json({}, { status: 400 }); const profile = { email };`],
    ['a provider asked with a key of the app', ask('process.env.GITHUB_TOKEN')],
    ['a code of the app’s own', `${exchange.replace('{ code,', `{ code: 'fixed',`)} ${ask('tokens.access_token')}`],
    ['a token for any app', ask('accessToken')],
    [
      'another service that is connected',
      `${exchange.replace('github.com/login/oauth/access_token', 'accounts.zoho.eu/oauth/v2/token')} const profile = await (await fetch('https://accounts.zoho.eu/oauth/user/info', { headers: { Authorization: tokens.access_token } })).json();`,
    ],
  ])('is not proved by %s', async (_, body) => {
    expect(await levelOf(body)).toBe('none');
  });
});
