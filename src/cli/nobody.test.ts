import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nobodyToSignIn } from './nobody.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'launch-ready-nobody-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

const remedy = (address: string, folder = state): string => {
  vi.stubEnv('LAUNCH_READY_STATE', folder);
  return nobodyToSignIn(new URL(address)).remedy ?? '';
};

describe('with nobody to sign in as', () => {
  it.each([
    ['an app of this machine needs people alone', 'http://localhost:3000', /^Name two people [^\n]*$/],
    ['one elsewhere needs a token, too', 'https://app.example.com', /\n.*not on this machine.*\n.*the token launch-ready-/],
    ['one that is not encrypted is not tried, whatever it shows', 'http://app.example.com', /\n.*is not encrypted.*\nGive https:\/\/app\./],
  ])('%s', (_, address, expected) => {
    expect(remedy(address)).toMatch(expected);
  });

  it('says which folder cannot be written to where no token can be made', () => {
    const file = join(state, 'file');
    writeFileSync(file, '');
    expect(remedy('https://app.example.com', join(file, 'below'))).toMatch(/cannot be made: .*\nSet LAUNCH_READY_STATE to a folder/);
  });
});
