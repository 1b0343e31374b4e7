import type { Block, Picture } from '../core/deliverable.ts';
import { plural } from '../core/wording.ts';
import type { MailPicture } from '../evidence/mail-picture.ts';
import type { MailProof, ProvenMail } from '../evidence/mail-proof.ts';

/** How each mail that arrived looks. `folder`: where its pictures were saved, from that of the report. */
export function pictureBlocks({ mails }: MailProof, folder?: string): Block[] {
  const seen = mails.flatMap((mail, nth) => (mail.look ? [{ mail, look: mail.look, nth }] : []));
  if (seen.length === 0) return [];
  const blind = new Map<string, string[]>();
  for (const { mail, look } of seen) if (look.why !== undefined) blind.set(look.why, [...(blind.get(look.why) ?? []), mail.name]);
  const shown = seen.filter(({ look }) => look.pictures.length > 0);
  return [
    { kind: 'heading', level: 2, text: 'How the mails look' },
    ...(shown.length > 0
      ? [
          {
            kind: 'text' as const,
            text: 'Drawn by Chromium, 600 wide as in a mail program and 390 as on a phone. Nothing was loaded for it, so images are missing, as most receivers show a mail at first. Tokens of links, codes and passwords were made unreadable; no mail program draws exactly like this.',
          },
        ]
      : []),
    ...shown.flatMap(({ mail, look, nth }): Block[] => [
      { kind: 'heading', level: 3, text: `${mail.name}${look.images > 0 ? `, without its ${plural(look.images, 'image')}` : ''}` },
      { kind: 'pictures', items: look.pictures.map((one) => pictureOf(mail, one, nth, folder)) },
    ]),
    ...[...blind].map(([why, names]): Block => ({
      kind: 'text',
      text: `No picture of ${names.map((name) => `“${name}”`).join(', ')}: ${why}.`,
    })),
  ];
}

function pictureOf(
  { name }: ProvenMail,
  { width, height, png, cut, tooWide }: MailPicture,
  nth: number,
  folder: string | undefined,
): Picture {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return {
    text: `${name}, ${width} wide${tooWide ? '; it is wider than that, and must be moved sideways' : ''}${cut ? '; it goes on below' : ''}`,
    png,
    width,
    height,
    ...(folder !== undefined && { file: `${folder}/${nth + 1}-${plain === '' ? 'mail' : plain}-${width}.png` }),
  };
}
