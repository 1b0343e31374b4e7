import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyFlaws, chooseFlaws, materialise, prepareTwin, readExample } from './flaws.ts';
import type { Flaw } from './flaws.ts';

const flaw = (id: string, changes: Partial<Flaw> = {}): Flaw => ({
  id,
  title: `The ${id} flaw`,
  stages: ['audit'],
  checks: [],
  edits: [],
  ...changes,
});

let folder: string;
let example: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launch-ready-test-'));
  example = join(folder, 'example');
  await mkdir(join(example, 'src'), { recursive: true });
  await mkdir(join(example, 'node_modules', 'left-pad'), { recursive: true });
  await writeFile(join(example, 'src', 'app.ts'), 'guard();\nserve();\nguard2();\n');
  await writeFile(join(example, 'src', 'app.test.ts'), 'test();\n');
  await writeFile(join(example, 'flaws.ts'), 'export const flaws = [];\n');
  await writeFile(join(example, 'logo.png'), Buffer.from([0x89, 0xff, 0x00, 0xfe]));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('materialise', () => {
  it('copies the product without our switches, tests and packages, byte for byte', async () => {
    const twin = join(folder, 'twin');
    await materialise(example, [], twin);
    expect((await readdir(twin, { recursive: true })).sort()).toEqual(['logo.png', 'src', 'src/app.ts']);
    expect(await readFile(join(twin, 'logo.png'))).toEqual(Buffer.from([0x89, 0xff, 0x00, 0xfe]));
  });

  it('applies edits and added files, whatever the order', async () => {
    const open = flaw('open', { edits: [{ file: 'src/app.ts', find: 'guard();\n', replace: '' }] });
    const debug = flaw('debug', {
      edits: [{ file: 'src/app.ts', find: 'serve();', replace: "serve();\nimport './debug.ts';\nguard();" }],
      adds: [{ file: 'src/debug.ts', text: 'dump();\n' }],
    });
    for (const [name, flaws] of Object.entries({ there: [open, debug], back: [debug, open] })) {
      await materialise(example, flaws, join(folder, name));
      expect(await readFile(join(folder, name, 'src', 'app.ts'), 'utf8')).toBe("serve();\nimport './debug.ts';\nguard();\nguard2();\n");
      expect(await readFile(join(folder, name, 'src', 'debug.ts'), 'utf8')).toBe('dump();\n');
    }
  });

  it.each([
    [
      'a text that is not there',
      { file: 'src/app.ts', find: 'lock();', replace: '' },
      /"f" looks for a text that occurs 0 times in src\/app\.ts/,
    ],
    [
      'a text that is there twice',
      { file: 'src/app.ts', find: 'guard', replace: '' },
      /"f" looks for a text that occurs 2 times in src\/app\.ts/,
    ],
    ['an empty text', { file: 'src/app.ts', find: '', replace: 'x' }, /occurs 0 times/],
    ['a file that is not there', { file: 'src/nowhere.ts', find: 'x', replace: '' }, /"f" edits src\/nowhere\.ts, which does not exist/],
  ])('refuses %s, and writes nothing', async (_, edit, message) => {
    await expect(materialise(example, [flaw('f', { edits: [edit] })], join(folder, 'twin'))).rejects.toThrow(message);
    expect(existsSync(join(folder, 'twin'))).toBe(false);
  });

  it('refuses two flaws that edit the same text, a file that exists, and a folder that is not empty', async () => {
    const edit = (find: string): Flaw['edits'] => [{ file: 'src/app.ts', find, replace: '' }];
    await expect(
      materialise(example, [flaw('a', { edits: edit('serve();\nguard2') }), flaw('b', { edits: edit('serve();') })], join(folder, 'twin')),
    ).rejects.toThrow('"a" and "b" edit the same text of src/app.ts');
    await expect(
      materialise(example, [flaw('a', { removes: ['src/app.ts'] }), flaw('b', { edits: edit('serve();') })], join(folder, 'twin')),
    ).rejects.toThrow('"b" edits src/app.ts, which another flaw removes');
    await expect(materialise(example, [flaw('a', { removes: ['src/nowhere.ts'] })], join(folder, 'twin'))).rejects.toThrow(
      'removes src/nowhere.ts, which does not exist',
    );
    await expect(materialise(example, [flaw('a', { adds: [{ file: 'logo.png', text: '' }] })], join(folder, 'twin'))).rejects.toThrow(
      'which exists already',
    );
    await expect(materialise(example, [], example)).rejects.toThrow('is not empty');
  });
});

describe('chooseFlaws', () => {
  it('lists the known flaws when one is unknown', () => {
    expect(() => chooseFlaws([flaw('idor'), flaw('csrf')], ['idor', 'xss'])).toThrow(
      /no flaw called "xss"[^]*idor: The idor flaw\n {2}csrf: The csrf flaw/,
    );
  });

  it('refuses flaws that conflict, on whichever side that is declared', () => {
    const known = [flaw('a', { conflictsWith: ['b'] }), flaw('b'), flaw('c')];
    expect(() => chooseFlaws(known, ['b', 'a'])).toThrow('"a" and "b" cannot be switched on together');
    expect(chooseFlaws(known, ['c', 'a', 'c']).map(({ id }) => id)).toEqual(['c', 'a']);
  });
});

describe('prepareTwin', () => {
  it('makes a twin once, under a name that depends on its contents', async () => {
    const edits = [{ file: 'src/app.ts', find: 'serve();', replace: 'serve(all);' }];
    const twin = await prepareTwin(example, [flaw('a', { edits })]);
    expect(twin.startsWith(join(example, '.twins'))).toBe(true);
    expect(await prepareTwin(example, [flaw('a', { edits })])).toBe(twin);
    expect(await prepareTwin(example, [])).not.toBe(twin);
    expect((await readdir(join(example, '.twins'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('removes twins nobody has asked for in a week', async () => {
    const edits = [{ file: 'src/app.ts', find: 'serve();', replace: 'serve(all);' }];
    const [old, used] = [await prepareTwin(example, []), await prepareTwin(example, [flaw('a', { edits })])];
    const past = new Date(Date.now() - 8 * 24 * 60 * 60 * 1000);
    for (const twin of [old, used]) await utimes(twin, past, past);
    await prepareTwin(example, [flaw('a', { edits })]);
    await prepareTwin(example, [flaw('b', { edits: [{ ...edits[0]!, replace: '' }] })]);
    expect([existsSync(old), existsSync(used)]).toEqual([false, true]);
  });

  it('uses the temporary folder, with the packages linked, where the example is read-only', async () => {
    await chmod(folder, 0o755);
    await chmod(example, 0o555);
    // Asked inside as well: Node does not believe TMPDIR while a process has stepped down.
    const [twin, temporary] = await asNobodySpecial(async () => [await prepareTwin(example, []), tmpdir()] as const);
    expect(twin.startsWith(temporary)).toBe(true);
    expect(twin.startsWith(folder)).toBe(false);
    expect(existsSync(join(twin, '..', 'node_modules', 'left-pad'))).toBe(true);
    await rm(join(twin, '..'), { recursive: true });
    await chmod(example, 0o755);
  });
});

/** Root may write everywhere, so it steps down for a moment. */
async function asNobodySpecial<T>(work: () => Promise<T>): Promise<T> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

/** Apps whose flaws are edits of their files; those of the domain are none, and domain/domain.test.ts holds them. */
const examples = (await readdir(import.meta.dirname, { withFileTypes: true }))
  .filter(
    (entry) => entry.isDirectory() && ['flaws.ts', 'package.json'].every((file) => existsSync(join(import.meta.dirname, entry.name, file))),
  )
  .map((entry) => entry.name);

describe.each(examples)('the flaws of %s', async (name) => {
  const directory = join(import.meta.dirname, name);
  const { flaws } = (await import(`./${name}/flaws.ts`)) as { flaws: Flaw[] };
  const clean = await readExample(directory);

  it('have ids of their own and conflict with known flaws only', () => {
    const ids = flaws.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(flaws.length).toBeGreaterThan(0);
    for (const { conflictsWith = [] } of flaws) for (const id of conflictsWith) expect(ids).toContain(id);
  });

  it('name checks of the stages they declare', () => {
    for (const { checks, live = [], stages } of flaws)
      for (const check of [...checks, ...live]) expect(stages).toContain(check.split('/')[0]);
  });

  it.each(flaws.map((one) => [one.id, one] as const))('%s applies alone, changes something, and parses', (_, one) => {
    const twin = applyFlaws(clean, [one]);
    const changed = [...twin].filter(([path, content]) => clean.get(path) !== content).map(([path]) => path);
    expect(changed.length + (one.removes ?? []).length + (one.earlier ?? []).length).toBeGreaterThan(0);
    for (const { file } of one.earlier ?? []) expect(twin.has(file)).toBe(false);
    expectToParse(twin, changed);
  });

  it('apply all together, as far as they do not conflict, and parse', () => {
    const chosen: Flaw[] = [];
    for (const one of flaws) {
      const conflicts = chosen.some((other) => other.conflictsWith?.includes(one.id) || one.conflictsWith?.includes(other.id));
      if (!conflicts) chosen.push(one);
    }
    const twin = applyFlaws(clean, chosen);
    expectToParse(twin, [...twin.keys()]);
  });
});

function expectToParse(files: Map<string, Buffer>, paths: string[]): void {
  for (const path of paths.filter((one) => /\.[jt]sx?$/.test(one))) {
    const { errors } = parseSync(path, files.get(path)!.toString());
    expect(errors.map(({ message }) => `${path}: ${message}`)).toEqual([]);
  }
}
