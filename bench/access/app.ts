import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppDidNotStart, startApp } from '../../src/collect/access/app/start.ts';
import type { GivenPerson } from '../../src/core/target.ts';
import type { RivalFacts } from './replay/count.ts';

/** Kinds of flaws that the recall is about. */
export const counted: readonly string[] = ['BOLA', 'BFLA', 'unauth', 'massassign'];

/** A flaw of an app that nobody here wrote, as its authors document it or its code shows it. */
export interface KnownFlaw {
  readonly method: string;
  /** `/api/users/{id}`; how the parameter is called does not matter. */
  readonly path: string;
  /** Kinds, joined by `+` where it is several: `BOLA`, `BFLA`, `unauth`, `massassign`, `jwt`, `ratelimit`, `enum`, `session` and others. */
  readonly class: string;
  readonly note?: string;
  /** Whether it was reproduced by hand. Only those count. */
  readonly confirmed: boolean;
  /** Some would call it a feature: it counts neither way. */
  readonly ambiguous?: true;
}

/** What was read in the app's code about a finding that no known flaw explains. */
export interface ReadFinding {
  readonly check: string;
  readonly subject: string;
  readonly verdict: 'right' | 'wrong' | 'depends';
  readonly why: string;
}

/** One app of the lab. Facts only. */
export interface LabApp {
  readonly app: string;
  /** Where it comes from, and which version. */
  readonly version: string;
  /** A path that answers below 500 once it runs. */
  readonly ready: string;
  /** Folder of its code below that of the app; absent: it is tried from outside only. */
  readonly source?: string;
  /** Accounts it comes with; none: they are signed up. */
  readonly people?: readonly GivenPerson[];
  /** What its config allows by name: it is sent although its address promises harm. */
  readonly allow?: readonly string[];
  readonly flaws: readonly KnownFlaw[];
  /** Routes that give nobody what is not his, `GET /api/users/{id}`, and what tempts to say otherwise. */
  readonly clean: readonly { readonly route: string; readonly note?: string }[];
  readonly read?: readonly ReadFinding[];
  /** What the last recorded run said. */
  readonly measured?: Measured;
  /** What that run, and rules of other tools on what it tried, say of the routes that something is known of. */
  readonly rivals?: RivalFacts;
}

export interface Measured {
  readonly routes: number;
  readonly tried: number;
  readonly flaws: number;
  readonly found: number;
  readonly wrong: number;
  /** Files of its data that held a mark of ours at the end of the run, and once the data were put back. */
  readonly marked: number;
  readonly left: number;
  readonly requests: number;
  readonly seconds: number;
}

const file = join(import.meta.dirname, '../access-lab.json');

export const readLab = async (): Promise<LabApp[]> => (JSON.parse(await readFile(file, 'utf8')) as { apps: LabApp[] }).apps;

export async function writeLab(apps: readonly LabApp[]): Promise<void> {
  const about =
    'Apps that nobody here wrote, for bench access: their known flaws and clean routes, and what was read in their code. Facts only.';
  await writeFile(file, `${JSON.stringify({ about, apps }, null, 2)}\n`);
}

export interface RunningApp {
  readonly url: URL;
  /** Milliseconds until it answered. */
  readonly startedIn: number;
  /** Ends it, and puts its data back as `access.start.restore` of a config does. */
  stop(): Promise<void>;
}

/**
 * Starts `DIR/APP/start.sh PORT` as a config line does, and waits until it answers. The script keeps the app's data below the folder in `LAB_DATA`, and
 * makes them anew where there are none: emptying that folder is what restores them. Throws with its last words where it does not start.
 */
export async function start(lab: string, { app, ready }: LabApp, port: number, data: string): Promise<RunningApp> {
  const folder = join(lab, app);
  if (!existsSync(join(folder, 'start.sh'))) throw new Error(`${join(folder, 'start.sh')} is not there`);
  const url = new URL(`http://127.0.0.1:${port}/`);
  const begun = performance.now();
  try {
    const started = await startApp(
      { command: `exec bash start.sh ${port}`, ready, restore: 'rm -rf "$LAB_DATA"/*', seconds: 120 },
      { folder, url, env: { ...process.env, LAB_DATA: data } },
    );
    return { url, startedIn: performance.now() - begun, stop: started.stop };
  } catch (error) {
    throw error instanceof AppDidNotStart ? new Error(`${error.message} ${error.words}`) : error;
  }
}

/** Files of the app's data that hold a mark of ours, as everything does that is made for a test. */
export async function markedFiles(data: string): Promise<number> {
  const files = (await readdir(data, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1').catch(() => '')));
  return texts.filter((text) => /lr[0-9a-f]{10}/.test(text)).length;
}
