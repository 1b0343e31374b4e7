import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
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
  stop(): Promise<void>;
}

/** Starts `DIR/APP/start.sh PORT` with a fresh database and waits until it answers. Throws with its last words where it does not. */
export async function start(lab: string, { app, ready }: LabApp, port: number): Promise<RunningApp> {
  const script = join(lab, app, 'start.sh');
  if (!existsSync(script)) throw new Error(`${script} is not there`);
  const url = new URL(`http://127.0.0.1:${port}/`);
  if (await fetch(url, { redirect: 'manual' }).catch(() => undefined)) throw new Error(`something else answers at ${url.href}`);
  const begun = performance.now();
  // A group of its own: what the script starts ends with it.
  const child = spawn('bash', [script, String(port)], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-2_000)));
  for (let waited = 0; waited < 120_000; waited += 200) {
    if (child.exitCode !== null) throw new Error(`${app} ended: ${words}`);
    const answer = await fetch(new URL(ready, url), { redirect: 'manual', signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer && answer.status < 500) return { url, startedIn: performance.now() - begun, stop: () => end(child) };
    await setTimeout(200);
  }
  await end(child);
  throw new Error(`${app} did not answer at ${ready} in two minutes: ${words}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  const late = setTimeout(10_000, 'late');
  if ((await Promise.race([over, late])) === 'late') process.kill(-child.pid, 'SIGKILL');
  await over;
}
