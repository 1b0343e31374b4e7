import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import type { LiveRecipes } from '../evidence/live-recipes.ts';
import type { LiveAccess } from '../evidence/live-access.ts';
import { sampleCell, sampleLive } from '../evidence/live-samples.ts';
import { generateTests, isUnedited } from './files.ts';
import { comment, identifier, key, quoted, template } from './literal.ts';
import { projectOf, runners } from './project.ts';

/** Texts that end what they stand in: strings, template literals, comments, lines, regular expressions, scripts. */
const hostile = fc.oneof(
  fc.constantFrom(
    "'); process.exit(9); ('",
    '`); process.exit(9); (`',
    '${process.exit(9)}',
    '\\${process.exit(9)}',
    '*/ process.exit(9) /*',
    '\n process.exit(9) //',
    '\u2028process.exit(9)',
    '\r\nprocess.exit(9)',
    '\\',
    "\\'",
    '__proto__',
    'constructor',
    '</script><!--',
    '\ud800',
    '\u202egnirts',
    '"',
    '0',
    '',
  ),
  fc.string({ unit: 'binary' }),
);

const read = (code: string): unknown => runInThisContext(`'use strict'; ((x) => (${code}))('mark')`);

describe('text of others in source code', () => {
  it('reads back as what it was, and is one line', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        expect(read(quoted(one))).toBe(one);
        expect(read(template([one, { code: 'x' }, other]))).toBe(`${one}mark${other}`);
        const object = read(`{ ${key(one)}: 1 }`) as object;
        expect(Object.keys(object)).toEqual([one]);
        expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
        for (const text of [quoted(one), template([one, { code: 'x' }]), comment(one)])
          expect(text).not.toMatch(/[\n\r\u2028\u2029\u202e]/);
        expect(read(`1 ${comment(one)}\n + 1`)).toBe(2);
      }),
    );
  });

  it('becomes names that are apart, and never a word of the language', () => {
    const taken = new Set<string>();
    const names = ['/api/cases', '/api-cases', '//', '/*/', 'delete', 'ünïcode'].map((text) => identifier('make', text, taken));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^make[A-Za-z0-9]+$/);
  });
});

/** A run on an app that names everything as `bad` says. */
function run(bad: string): LiveAccess {
  const route = `GET /api/${bad}/{id}`;
  const own = [`/api/${bad}/`, { is: 'id' as const }];
  const marked = { is: 'marked' as const, parts: [bad, bad] };
  const recipes: LiveRecipes = {
    signIns: ['owner', 'stranger'].map((who) => ({
      who,
      entry: {
        path: `/login${bad}`,
        type: 'form',
        page: `/login?${bad}`,
        fields: [
          [bad, { account: 'email' }],
          ['p', { value: bad }],
        ],
        token: [bad],
      },
      forgeryToken: who === 'owner' ? { page: `/${bad}` } : { cookie: bad },
    })),
    makings: [
      {
        route: `POST /api/${bad}`,
        who: 'owner',
        path: [`/api/${bad}`],
        body: {
          type: 'json',
          value: {
            is: 'record',
            fields: [
              [bad, marked],
              ['list', { is: 'listed', path: bad, field: bad }],
              ['long', marked],
            ],
          },
        },
        id: [bad],
        reads: [{ route, path: own }],
        lists: [`/list/${bad}`],
        changes: [{ route: `PATCH /api/${bad}/{id}`, path: own, body: { type: 'form', fields: [[bad, marked]] } }],
        removal: own,
      },
      {
        route: `POST /below/${bad}`,
        who: 'owner',
        path: ['/api/', { is: 'made', making: 0 }, `/${bad}`],
        body: {
          type: 'multipart',
          fields: [['parent', { is: 'made', making: 0, number: true }]],
          files: [{ field: bad, name: marked, contentType: bad, text: marked }],
        },
        reads: [{ route: `GET /below/${bad}`, path: ['/api/', { is: 'made', making: 0 }, `/${bad}/`, { is: 'id' }] }],
        lists: [],
        changes: [],
      },
    ],
    found: [
      { route: `GET /found/${bad}`, who: 'owner', path: own, list: `/${bad}`, field: bad },
      { route: `GET /linked/${bad}`, who: 'owner', path: own, list: `/${bad}` },
    ],
    guarded: [{ path: `/guarded/${bad}`, who: 'owner' }],
    calls: [
      {
        is: 'graphql',
        address: `GET /graphql/${bad}/{id}`,
        route: `QUERY ${bad}`,
        at: `/${bad}`,
        document: bad,
        variables: {
          [bad]: {
            is: 'record',
            body: true,
            fields: { [bad]: { is: 'field', name: bad }, plain: { is: 'plain', value: { [bad]: [bad] } } },
          },
        },
        keys: [bad],
      },
      { is: 'trpc', address: 'POST /trpc', route: bad, at: `/${bad}`, query: true, name: bad, input: { is: 'body' }, wrapped: true },
    ],
  };
  const cells = [route, `PATCH /api/${bad}/{id}`, `GET /below/${bad}`, `GET /found/${bad}`, `GET /linked/${bad}`].map((one) =>
    sampleCell({ route: one }),
  );
  return { ...sampleLive(cells), origin: 'http://localhost:3000', recipes };
}

const accounts = ['owner', 'stranger'].map((name) => ({ name, email: 'a@example.com', emailFrom: 'A_EMAIL', passwordFrom: 'A_PASSWORD' }));
const projects = runners.flatMap((runner) =>
  [{}, { manifest: '{"type":"module"}' }, { manifest: '{}' }, { manifest: '{"scripts":{"test":"tsx --test"}}', tsconfig: '{}' }].map(
    (files) => projectOf(files, runner),
  ),
);

describe('generated tests', () => {
  it('are programs of the same shape, whatever the app calls its routes and fields', () => {
    const shape = (text: string, file: string): { readonly tests: number; readonly body: readonly string[] } => {
      const { program, errors } = parseSync(file, text, { sourceType: /\brequire\(/.test(text) ? 'script' : 'module' });
      expect(errors, `${file}\n${text}`).toEqual([]);
      return { tests: text.match(/\btest\(/g)?.length ?? 0, body: program.body.map(({ type }) => type) };
    };
    fc.assert(
      fc.property(hostile, fc.constantFrom(...projects), (bad, project) => {
        const plain = generateTests(run('plain'), project, accounts).files;
        const files = generateTests(run(bad), project, accounts).files;
        expect(files.map(({ name }) => name)).toEqual(plain.map(({ name }) => name));
        for (const [nth, { name, content }] of files.entries()) {
          expect(shape(content, name).body).toEqual(shape(plain[nth]!.content, name).body);
          expect(content).not.toMatch(/[\u2028\u2029\u202e\ud800](?![\udc00-\udfff])/);
          expect(isUnedited(content)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('say when they were edited, and not when only the line ends are others', () => {
    const [file] = generateTests(run('notes'), projectOf({}), accounts).files;
    expect(isUnedited(file!.content)).toBe(true);
    expect(isUnedited(file!.content.replaceAll('\n', '\r\n'))).toBe(true);
    expect(isUnedited(file!.content.replace('Where the app runs', 'Where it runs'))).toBe(false);
    expect(isUnedited('// a file of somebody\n')).toBe(false);
  });

  it('leave out what others got, what visitors alone were asked for, and what a secret was taken out of', () => {
    const live = run('notes');
    const leaking = {
      ...live,
      cells: [...live.cells, sampleCell({ route: 'GET /api/notes/{id}', outcome: 'got', proof: 'canary', relation: 'visitor' })],
    };
    const { files, leftOut } = generateTests(leaking, projectOf({}), accounts);
    expect(files.some(({ content }) => content.includes("test('GET /api/notes/{id} shows"))).toBe(false);
    expect(leftOut).toContainEqual({ route: 'GET /api/notes/{id}', why: 'others got it in the run: decide or mend that first' });
    const masked = JSON.parse(
      JSON.stringify(live).replaceAll('"parts":["notes","notes"]', '"parts":["sk_l…(32 characters, hidden)",""]'),
    ) as LiveAccess;
    for (const { content } of generateTests(masked, projectOf({}), accounts).files) expect(content).not.toContain('hidden)');
  });
});

describe('the runner of a repo', () => {
  it.each<[string, object, string]>([
    ['what the test script calls', { scripts: { test: 'jest' }, devDependencies: { vitest: '1', jest: '29' } }, 'jest'],
    ['what is installed', { devDependencies: { '@playwright/test': '1' } }, 'playwright'],
    ['unit tests before those in a browser', { devDependencies: { '@playwright/test': '1', vitest: '1' } }, 'vitest'],
    ["Node's own", { scripts: { test: 'node --test' } }, 'node'],
    ["Node's own where nothing is said", {}, 'node'],
  ])('is %s', (_, manifest, runner) => {
    expect(projectOf({ manifest: JSON.stringify(manifest) }).runner).toBe(runner);
  });

  it('decides how files are written', () => {
    expect(projectOf({ manifest: 'no JSON' })).toMatchObject({ runner: 'node', modules: false, ending: '.js' });
    expect(projectOf({})).toMatchObject({ modules: true, ending: '.mjs', imported: '.mjs' });
    expect(projectOf({ manifest: '{}', tsconfig: '{}' })).toMatchObject({ typescript: false });
    expect(projectOf({ manifest: '{"scripts":{"test":"tsx --test"}}', tsconfig: '{}' })).toMatchObject({
      typescript: true,
      imported: '.ts',
    });
    const strict = '{"compilerOptions":{"moduleResolution":"NodeNext"}}';
    expect(projectOf({ manifest: '{"devDependencies":{"vitest":"1"}}', tsconfig: strict })).toMatchObject({
      ending: '.ts',
      imported: '.js',
    });
  });
});
