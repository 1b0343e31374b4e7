import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { savePictures } from './picture-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launch-ready-pictures-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const png = Buffer.from('picture').toString('base64');
const pictures = (name: string) => [{ text: 'a mail', png, width: 600, height: 10, file: `${name}/1-mail-600.png` }];

describe('the folder of pictures', () => {
  const save = (what = pictures) => {
    const told: string[] = [];
    const name = savePictures([{ format: 'terminal' }, { format: 'html', file: join(folder, 'email.html') }], what, (one) =>
      told.push(one),
    );
    return { name, told };
  };

  it('lies beside the report, and takes new pictures for old', () => {
    for (const _ of [1, 2]) expect(save().name).toBe('email-pictures');
    expect(readdirSync(folder)).toEqual(['email-pictures']);
    expect(readFileSync(join(folder, 'email-pictures/1-mail-600.png'), 'utf8')).toBe('picture');
  });

  it('is not made where there is nothing to save, or no report for people goes to a file', () => {
    expect(save(() => []).name).toBeUndefined();
    for (const outputs of [[{ format: 'html' as const }], [{ format: 'json' as const, file: join(folder, 'a.json') }]])
      expect(savePictures(outputs, pictures, () => undefined)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes nothing elsewhere', () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(folder, 'email-pictures'));
    expect(save()).toEqual({ name: undefined, told: [expect.stringContaining('is no folder')] });
    rmSync(join(folder, 'email-pictures'));
    mkdirSync(join(folder, 'email-pictures'));
    writeFileSync(join(elsewhere, 'kept'), 'mine');
    symlinkSync(join(elsewhere, 'kept'), join(folder, 'email-pictures/1-mail-600.png'));
    expect(save(() => [{ ...pictures('x')[0]!, file: '../../1-mail-600.png' }]).name).toBe('email-pictures');
    expect(readFileSync(join(elsewhere, 'kept'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, '1-mail-600.png'))).toBe(false);
  });

  it('says so where it cannot be written', () => {
    writeFileSync(join(folder, 'email-pictures'), '');
    expect(save()).toEqual({ name: undefined, told: [expect.stringContaining('No pictures were saved')] });
  });
});
