import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Picture } from '../core/deliverable.ts';
import { reasonOf } from './file-error.ts';
import type { Output } from './output.ts';

/**
 * Saves the pictures that the reports show into a folder of our own beside the first report that people read: `email.html` has `email-pictures`. Gives the name
 * of the folder; `undefined` where there are no pictures, no such report goes to a file, or they cannot be written, which `notice` hears.
 */
export function savePictures(
  outputs: readonly Output[],
  picturesIn: (folder: string) => readonly Picture[],
  notice: (message: string) => void,
): string | undefined {
  const beside = outputs.find(({ format, file }) => file !== undefined && (format === 'html' || format === 'markdown'))?.file;
  if (beside === undefined) return undefined;
  const name = `${basename(beside, extname(beside))}-pictures`;
  const path = join(dirname(beside), name);
  const pictures = picturesIn(name);
  if (pictures.length === 0) return undefined;
  try {
    mkdirSync(path, { recursive: true });
    // Through a link they would land elsewhere.
    if (!lstatSync(path).isDirectory()) {
      notice(`No pictures were saved: ${path} is no folder.`);
      return undefined;
    }
    for (const { file = '', png } of pictures) {
      const to = join(path, basename(file));
      rmSync(to, { force: true });
      writeFileSync(to, Buffer.from(png, 'base64'), { flag: 'wx' });
    }
  } catch (error) {
    notice(`No pictures were saved in ${path}: ${reasonOf(error)}.`);
    return undefined;
  }
  notice(`Wrote pictures into ${path}`);
  return name;
}
