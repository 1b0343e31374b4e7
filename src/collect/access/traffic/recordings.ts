import { readFile, stat } from 'node:fs/promises';
import { CollectFault } from '../../../core/evidence.ts';
import type { GivenRecording } from '../../../core/target.ts';
import type { Recording } from './exchange.ts';
import { BadHar, readHar } from './har.ts';

/** Half a gigabyte of JSON is more than a string of Node holds. */
const largest = 400 * 2 ** 20;

/** Reads the recordings of the config. Throws `CollectFault` with the name of the file where one cannot be used. */
export async function readRecordings(given: readonly GivenRecording[], origin: string): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (const { person, file, path } of given) recordings.push({ who: person, exchanges: await exchangesIn(path, file, origin) });
  return recordings;
}

async function exchangesIn(path: string, file: string, origin: string): Promise<Recording['exchanges']> {
  try {
    const { size } = await stat(path);
    if (size > largest) throw new BadHar(`it has ${Math.round(size / 2 ** 20)} MB; record a shorter visit, without images`);
    return readHar(await readFile(path, 'utf8'), origin);
  } catch (error) {
    const why = error instanceof BadHar ? error.message : reasonOf(error);
    throw new CollectFault(
      'absent',
      `The recording ${file} cannot be used: ${why}.`,
      'Record it again with launch-ready record, or save it from the network tab of the browser (“Save all as HAR”).',
    );
  }
}

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'it may not be read';
  return error instanceof Error ? error.message : String(error);
};
