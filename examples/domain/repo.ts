import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Files of the app's repo by path, as far as mail is concerned. */
export type Code = Record<string, string>;

/** Where the code says whom its mails are from. */
export const mailFile = 'src/mail.ts';

export const sendsFrom = (from: string): string => `import { Resend } from 'resend';

const resend = new Resend(process.env.RESEND_API_KEY);

export const send = (to: string, subject: string, html: string, text: string) =>
  resend.emails.send({ from: '${from}', to, subject, html, text });
`;

/** Sends from the domain that the map names. */
export const cleanCode = (apex: string): Code => ({
  'package.json': `${JSON.stringify({ name: 'harbourline', private: true, dependencies: { resend: '6.0.0' } }, null, 2)}\n`,
  [mailFile]: sendsFrom(`Harbourline <hello@mail.${apex}>`),
});

/** Writes the files into a folder of their own. */
export function writeRepo(code: Readonly<Code>): { readonly root: string; stop(): Promise<void> } {
  const above = mkdtempSync(join(tmpdir(), 'harbourline-'));
  // Reports show its last name.
  const root = join(above, 'harbourline');
  mkdirSync(root);
  for (const [path, text] of Object.entries(code)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, stop: () => Promise.resolve(rmSync(above, { recursive: true, force: true })) };
}
