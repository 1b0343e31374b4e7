import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, stateFolder } from '../state.ts';

/**
 * The token that proves that whoever runs us owns `host` (name, and port where it is not the usual one). It comes of a random key that only this user's
 * state folder holds: what somebody else put on a host proves nothing to us, and what we ask for there is no use to others.
 * Throws what the file system says.
 */
export function ownerToken(host: string, folder = stateFolder()): string {
  return `launch-ready-${createHmac('sha256', ownerKey(folder)).update(host.toLowerCase()).digest('base64url').slice(0, 32)}`;
}

const keyForm = /^[0-9a-f]{64}$/;

function ownerKey(folder: string): string {
  const path = join(folder, 'owner-key');
  makeFolder(folder);
  try {
    // Fails where there is one, also when another run made it a moment ago.
    writeFileSync(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = readFileSync(path, 'utf8').trim();
  if (!keyForm.test(key)) throw new Error(`${path} is broken; remove it, and a new one is made`);
  return key;
}
