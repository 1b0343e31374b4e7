import { access, constants, statfs } from 'node:fs/promises';

/** Linux's folder that lives in memory, for everybody. */
const place = '/dev/shm';
/** `f_type` of tmpfs (statfs(2)). */
const tmpfs = 0x01021994;
/** Free bytes, of the folder and of the machine, below which data belong on the disk: several times what a sandbox may fill. */
const enough = 4 * 2 ** 30;

/**
 * A folder in memory for data that are thrown away: a server is a few thousand small files, and making and removing them is most of what starting one
 * costs on a disk. `undefined` where there is none, where memory is short, or where TMPDIR says where temporary data go.
 */
export async function memoryFolder(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.env['TMPDIR'] !== undefined || process.availableMemory() < enough) return undefined;
  try {
    const { type, bavail, bsize } = await statfs(place);
    await access(place, constants.W_OK | constants.X_OK);
    return type === tmpfs && bavail * bsize >= enough ? place : undefined;
  } catch {
    return undefined;
  }
}
