import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../collect/access/app/free-port.ts';
import { keptJournals, openJournalFile } from '../collect/access/journal/folder.ts';
import type { Config } from './config.ts';
import { snapshotOf, startedApp } from './started-app.ts';
import { UsageError } from './usage-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'launch-ready-started-'));
writeFileSync(
  join(folder, 'app.mjs'),
  "import { createServer } from 'node:http'; createServer((_, response) => response.end()).listen(Number(process.argv[2]), '127.0.0.1');",
);
beforeEach(() => {
  vi.stubEnv('LAUNCH_READY_STATE', mkdtempSync(join(folder, 'state-')));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function started(restore: string | undefined) {
  const port = await freePort();
  const start = { command: `node app.mjs ${port}`, ...(restore !== undefined && { restore }) };
  const url = new URL(`http://127.0.0.1:${port}/`);
  const begin = () => startedApp({ access: { start } } as Config, url, folder, new AbortController().signal);
  const journal = (snapshot?: string): void => openJournalFile(url.origin, undefined, snapshot).close();
  return { begin, journal, own: snapshotOf(start, folder) };
}
const kept = (): (string | undefined)[] => keptJournals().map(({ snapshot }) => snapshot);

describe('an app that is started for a run', () => {
  it('has nothing left of runs before whose database was put back, nor of this one, and of others all', async () => {
    const { begin, journal, own } = await started('true');
    journal(own);
    journal();
    journal('another');
    const app = await begin();
    expect(kept().toSorted()).toEqual(['another', undefined]);
    journal(own);
    await app.stop();
    expect(kept().toSorted()).toEqual(['another', undefined]);
  });

  it('keeps what tells of a run where nothing puts its database back', async () => {
    const { begin, journal } = await started(undefined);
    journal();
    await (await begin()).stop();
    expect(kept()).toEqual([undefined]);
  });

  it('is told as no error of ours where its database could not be put back, and what was made there is not forgotten', async () => {
    const { begin, journal, own } = await started('test ! -e used && touch used || { echo no snapshot there; exit 4; }');
    const app = await begin();
    journal(own);
    const failed = await app.stop().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UsageError);
    expect((failed as UsageError).message).toBe('The command under access.start.restore ended with 4.');
    expect((failed as UsageError).remedy).toBe(
      'What was made in the app for the test may still be in its database.\nThe last it said:\nno snapshot there',
    );
    expect(kept()).toEqual([own]);
  });
});
