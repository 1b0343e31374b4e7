import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from './find.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launch-ready-browser-'));
  await writeFile(join(folder, 'chromium'), '#!/bin/sh\n');
  await chmod(join(folder, 'chromium'), 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the browser of the machine', () => {
  it('is the one that is named, else the one in the path', () => {
    expect(findBrowser({ LAUNCH_READY_BROWSER: join(folder, 'chromium'), PATH: '' }, 'plan9')).toBe(join(folder, 'chromium'));
    expect(findBrowser({ PATH: folder }, 'plan9')).toBe(join(folder, 'chromium'));
  });
  it('is none where the one that is named is none, or nothing is installed', () => {
    expect(findBrowser({ LAUNCH_READY_BROWSER: join(folder, 'nothing'), PATH: folder }, 'linux')).toBeUndefined();
    expect(findBrowser({ PATH: '' }, 'plan9')).toBeUndefined();
  });
});
