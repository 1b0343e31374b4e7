import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const head = `import { PrismaClient } from '@prisma/client'; import nodemailer from 'nodemailer';
const prisma = new PrismaClient(); const mailer = nodemailer.createTransport({});
const send = (to, subject, html) => mailer.sendMail({ to, subject, html });
`;
const mailOf = async (body: string) =>
  (
    await nextRoute(
      `${head} export async function POST(request) { const { email, name, message, code } = await request.json(); ${body} return Response.json({}); }`,
    )
  ).effects.find(({ kind }) => kind === 'mail');
const known = 'const user = await prisma.user.findUnique({ where: { email } }); if (!user) return Response.json({});';

describe('what a mail is, whose recipient the request names', () => {
  it('goes to a registered address where a row was found by it', async () => {
    expect(await mailOf(`${known} await send(email, 'Hello', 'ours');`)).toMatchObject({ fromInput: ['to'], registered: true });
    expect(
      await mailOf(`${known.replace(' if (!user) return Response.json({});', '')} await send(email, 'Hello', 'ours');`),
    ).not.toHaveProperty('registered');
    expect(await mailOf(`const { other } = await request.json(); ${known} await send(other, 'Hello', 'ours');`)).not.toHaveProperty(
      'registered',
    );
  });

  it('is ours but for a name and an address', async () => {
    expect(await mailOf(`await send(email, 'Hello', \`<p>Welcome, \${name} (\${email})</p>\`);`)).toMatchObject({ filled: ['html'] });
  });

  it('is ours in the language of the reader', async () => {
    const mail = (header: string) =>
      mailOf(`const lang = request.headers.get('${header}'); await send(email, 'Hello', \`<html lang="\${lang}"><p>Welcome</p>\`);`);
    expect(await mail('x-locale')).toMatchObject({ filled: ['html'] });
    expect(await mail('x-greeting')).not.toHaveProperty('filled');
  });

  it.each([
    ['a text', '`<p>${message}</p>`'],
    ['a code that the caller chooses', '`Your code is ${code}`'],
    ['a name that is all of it', 'name'],
  ])('is the caller’s where it holds %s', async (_, html) => {
    const mail = await mailOf(`await send(email, 'Hello', ${html});`);
    expect(mail).toMatchObject({ fromInput: ['to', 'html'] });
    expect(mail).not.toHaveProperty('filled');
  });

  it('leads wherever a header of the request says', async () => {
    const link = (from: string) => `const site = ${from}; await send(email, 'Reset', \`<a href="\${site}/reset">Reset</a>\`);`;
    expect(await mailOf(link(`request.headers.get('origin')`))).toMatchObject({ misled: ['html'] });
    expect(await mailOf(link('process.env.SITE_URL'))).not.toHaveProperty('misled');
    expect(await mailOf(link('message'))).not.toHaveProperty('misled');
  });
});
