import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, realpath, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Stage } from '../src/core/stage.ts';

/**
 * A flaw is data: what it is, which checks must find it, and the edits that put it into the clean example. The clean
 * source never asks whether a flaw is switched on, because static checks read it.
 */
export interface Flaw {
  /** Name of the switch, unique within the example, for example "idor-invoices". */
  id: string;
  /** One sentence: what a customer or an attacker could do. */
  title: string;
  /** Stages whose checks ought to notice. */
  stages: Stage[];
  /** Ids of the checks that must fail on the twin and pass on the clean example; empty where no check reads it yet. */
  checks: string[];
  /** Ids of the checks that must fail when the twin runs and is audited by its address. */
  live?: string[];
  /** Ids of the checks that must fail when the twin runs and is tried as several of its people; test/live holds it to that. */
  tried?: string[];
  edits: Edit[];
  /** Files the flaw brings along. */
  adds?: AddedFile[];
  /** Files of the clean example that the flaw takes away. */
  removes?: string[];
  /** Files that the first commit of the repository had and a later one deleted. A twin with some is audited with its history. */
  earlier?: AddedFile[];
  /** Files that lie on the server beside the code and are not part of the repository. */
  onServer?: AddedFile[];
  /** The flaw is what runs; the repository does not have it. */
  drift?: true;
  /** Ids of flaws that cannot be switched on together with this one. Declaring it on one side is enough. */
  conflictsWith?: string[];
}

/** Replaces one piece of a file. */
export interface Edit {
  /** Relative to the example, with "/". */
  file: string;
  /** Exact text that occurs exactly once in the clean file. */
  find: string;
  replace: string;
}

/** A file that is not there in the clean example. */
export interface AddedFile {
  file: string;
  text: string;
}

/**
 * What of an example is not the product: our switches, launcher and tests, and what package managers leave. A twin holds
 * the product only, as it would lie in a founder's repository.
 */
const NOT_THE_PRODUCT = new Set(['flaws.ts', 'flaws', 'start.ts', 'start', 'test', 'node_modules', '.twins', 'dist', 'uploads']);

/** Picks flaws by id. Throws an error that lists the known ids when one is unknown, or names two that conflict. */
export function chooseFlaws(known: readonly Flaw[], ids: readonly string[]): Flaw[] {
  const chosen = [...new Set(ids)].map((id) => {
    const flaw = known.find((candidate) => candidate.id === id);
    if (flaw !== undefined) return flaw;
    const list = known.map((candidate) => `  ${candidate.id}: ${candidate.title}`).join('\n');
    throw new Error(`There is no flaw called "${id}". Known flaws:\n${list}`);
  });
  for (const flaw of chosen) {
    const other = chosen.find(({ id }) => flaw.conflictsWith?.includes(id));
    if (other !== undefined) throw new Error(`The flaws "${flaw.id}" and "${other.id}" cannot be switched on together.`);
  }
  return chosen;
}

/**
 * Writes a twin of the example with the flaws applied into a folder that is empty or not there yet. The order of the
 * flaws does not matter: every edit is looked up in the clean text.
 * @throws Error naming flaw and file when a `find` does not occur exactly once, two edits touch the same text, an
 * added file exists already, or one to remove does not. Nothing is written then.
 */
export async function materialise(exampleDir: string, flaws: readonly Flaw[], intoDir: string): Promise<void> {
  await writeTwin(applyFlaws(await readExample(exampleDir), flaws), intoDir);
}

/**
 * Makes a twin that can be run, once: `<example>/.twins/<hash>/`, where Node finds the packages of the repository, or,
 * where the example may not be written, a folder under the temporary folder with a link to those packages.
 * @returns the twin's folder. The hash is over the twin's contents, so an existing one is as good as new.
 */
export async function prepareTwin(exampleDir: string, flaws: readonly Flaw[]): Promise<string> {
  const files = applyFlaws(await readExample(exampleDir), flaws);
  for (const { file, text } of flaws.flatMap(({ onServer = [] }) => onServer)) files.set(file, Buffer.from(text));
  const hash = createHash('sha256');
  for (const [path, content] of files) hash.update(`${path}\n${content.length}\n`).update(content);
  const name = hash.digest('hex').slice(0, 12);
  const kept = join(exampleDir, '.twins', name);
  if (await exists(kept)) return markUsed(kept);
  const building = (await buildingSite(join(exampleDir, '.twins'))) ?? (await privateSite(exampleDir));
  await writeTwin(files, building);
  // mkdtemp makes it private; a twin may be read by whoever may read the example.
  await chmod(building, 0o755);
  const twin = join(dirname(building), name);
  // Another process may have finished the same twin meanwhile; its contents are the same by construction.
  await rename(building, twin).catch(() => rm(building, { recursive: true, force: true }));
  return twin;
}

/** An empty folder beside the finished twins, or `undefined` where the example may not be written. */
async function buildingSite(twins: string): Promise<string | undefined> {
  try {
    await mkdir(twins, { recursive: true });
    await removeOldTwins(twins);
    return await mkdtemp(join(twins, '.building-'));
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** An empty folder in a private place under the temporary folder: a name known beforehand could be somebody's trap. */
async function privateSite(exampleDir: string): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'launch-ready-twins-'));
  await symlink(await nodeModulesAbove(exampleDir), join(parent, 'node_modules'));
  return mkdtemp(join(parent, '.building-'));
}

async function markUsed(twin: string): Promise<string> {
  // In a read-only example nothing is ever removed, so the mark does not matter there.
  await utimes(twin, new Date(), new Date()).catch(() => {});
  return twin;
}

/** Every change of the example makes new twins; those nobody has asked for in a week are only in the way. */
async function removeOldTwins(parent: string): Promise<void> {
  const weekAgo = Date.now() - 7 * 24 * 60 * 60 * 1000;
  for (const name of await readdir(parent)) {
    const status = await lstat(join(parent, name)).catch(() => undefined);
    if (status !== undefined && status.mtimeMs < weekAgo) await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** The product's files, path to content, sorted by path. */
export async function readExample(exampleDir: string, below = ''): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = await readdir(join(exampleDir, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (path.endsWith('.test.ts') || (below === '' && NOT_THE_PRODUCT.has(entry.name))) continue;
    if (entry.isDirectory()) for (const [inner, content] of await readExample(exampleDir, path)) files.set(inner, content);
    else if (entry.isFile()) files.set(path, await readFile(join(exampleDir, path)));
  }
  return files;
}

interface Splice {
  from: number;
  to: number;
  replace: string;
  flaw: string;
}

/** The files of the twin. Pure; see `materialise` for what it throws. */
export function applyFlaws(clean: ReadonlyMap<string, Buffer>, flaws: readonly Flaw[]): Map<string, Buffer> {
  const files = new Map(clean);
  const splices = new Map<string, Splice[]>();
  for (const flaw of flaws) {
    for (const edit of flaw.edits) {
      const splice = locate(clean, flaw, edit);
      const others = splices.get(edit.file) ?? [];
      const clash = others.find((other) => splice.from < other.to && other.from < splice.to);
      if (clash !== undefined) throw new Error(`The flaws "${clash.flaw}" and "${flaw.id}" edit the same text of ${edit.file}.`);
      splices.set(edit.file, [...others, splice]);
    }
    for (const file of flaw.removes ?? []) {
      if (!files.delete(file)) throw new Error(`The flaw "${flaw.id}" removes ${file}, which does not exist.`);
    }
    for (const { file, text } of flaw.adds ?? []) {
      if (files.has(file)) throw new Error(`The flaw "${flaw.id}" adds ${file}, which exists already.`);
      files.set(file, Buffer.from(text));
    }
  }
  for (const [file, edits] of splices) {
    if (!files.has(file)) throw new Error(`The flaw "${edits[0]!.flaw}" edits ${file}, which another flaw removes.`);
    let text = clean.get(file)!.toString();
    for (const { from, to, replace } of edits.sort((a, b) => b.from - a.from)) text = text.slice(0, from) + replace + text.slice(to);
    files.set(file, Buffer.from(text));
  }
  return files;
}

function locate(clean: ReadonlyMap<string, Buffer>, flaw: Flaw, { file, find, replace }: Edit): Splice {
  const content = clean.get(file);
  if (content === undefined) throw new Error(`The flaw "${flaw.id}" edits ${file}, which does not exist.`);
  const text = content.toString();
  const occurrences = find === '' ? 0 : text.split(find).length - 1;
  if (occurrences !== 1) {
    throw new Error(`The flaw "${flaw.id}" looks for a text that occurs ${occurrences} times in ${file} instead of once:\n${find}`);
  }
  const from = text.indexOf(find);
  return { from, to: from + find.length, replace, flaw: flaw.id };
}

async function writeTwin(files: ReadonlyMap<string, Buffer>, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty.`);
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

async function nodeModulesAbove(folder: string): Promise<string> {
  for (let at = await realpath(folder); ; at = dirname(at)) {
    if (await exists(join(at, 'node_modules'))) return join(at, 'node_modules');
    if (at === dirname(at)) return fileURLToPath(new URL('../node_modules', import.meta.url));
  }
}
