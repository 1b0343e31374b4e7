import { spawn } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { proveLive } from '../../src/collect/access/prove.ts';
import { type ShopFlaw, type ShopTrap, startShop } from '../../src/collect/access/surface/graphql/fixture.ts';
import { type DeskFlaw, deskProcedures, type DeskTrap, startDesk } from '../../src/collect/access/surface/trpc-fixture.ts';
import { openSender } from '../../src/collect/access/wire/sender.ts';
import type { Route } from '../../src/evidence/routes.ts';
import { generateTests } from '../../src/generate/files.ts';
import { type Project, projectOf } from '../../src/generate/project.ts';
import { cleanUp, folderWith } from '../command-line.ts';

const root = join(import.meta.dirname, '../..');
const people = ['anna', 'bert'].map((name) => ({
  name,
  tenant: name === 'anna' ? 'alder' : 'birch',
  email: `${name}@example.com`,
  password: `Lab-${name}-4711!`,
  expendable: name === 'anna',
}));
const passwords = { ANNA_PASSWORD: 'Lab-anna-4711!', BERT_PASSWORD: 'Lab-bert-4711!' };
const accounts = people.map(({ name, email }) => ({
  name,
  email,
  emailFrom: `${name.toUpperCase()}_EMAIL`,
  passwordFrom: `${name.toUpperCase()}_PASSWORD`,
}));

const procedures = deskProcedures.map(([method, name]): Route => ({
  id: `trpc ${name}`,
  kind: 'trpc',
  framework: 'tRPC',
  method,
  path: `/api/trpc/${name}`,
  place: {},
  auth: 'identity',
  guards: [],
  roles: [],
  data: [],
  effects: [],
  csrf: 'none',
  purposes: [],
  unresolved: [],
}));

interface App {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Files of tests from a run on an app that is right. */
async function generated(app: App, routes: readonly Route[], project: Project = projectOf({})): Promise<string> {
  const sender = openSender({ origin: app.origin, requests: 3_000, userAgent: 'test' });
  const live = await proveLive({ sender, routes, people, writes: true, parts: ['routes'] });
  await sender.close();
  await app.stop();
  const folder = folderWith({});
  for (const { name, content } of generateTests(live, project, accounts).files) writeFileSync(join(folder, name), content);
  return folder;
}

function node(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; text: string }> {
  // A run inside a run does nothing, or something else.
  const { NODE_TEST_CONTEXT: _, VITEST: __, NODE_OPTIONS: ___, ...clean } = process.env;
  const child = spawn(process.execPath, args, { cwd, env: { ...clean, NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
}

/** Titles of tests by what came of them. */
async function results(folder: string, app: App): Promise<{ readonly passed: string[]; readonly failed: string[]; readonly text: string }> {
  const files = readdirSync(folder).filter((name) => name.includes('.test.'));
  const { text } = await node(['--test', '--test-reporter=tap', ...files], folder, { ...passwords, BASE_URL: app.origin });
  await app.stop();
  const titles = (start: string): string[] =>
    [...text.matchAll(new RegExp(`^ *${start} \\d+ - (.+)$`, 'gm'))]
      .map(([, title = '']) => title.replaceAll('\\', ''))
      .filter((title) => / (?:to nobody else|what anna made|is refused)/.test(title))
      .toSorted();
  return { passed: titles('ok'), failed: titles('not ok'), text };
}

afterAll(cleanUp);

describe('tests generated from a run on GraphQL', () => {
  it.each<readonly ShopTrap[]>([[], ['relay', 'payloads', 'hides-a-field', 'refuses-by-null']])(
    'hold where the app is right (%s), and fail for the operation whose guard is gone, and no other',
    async (...traps) => {
      const folder = await generated(await startShop(traps), []);
      const clean = await results(folder, await startShop(traps));
      expect(clean.failed, clean.text).toEqual([]);
      const expected: readonly (readonly [ShopFlaw, string])[] = [
        ['order-of-others', 'QUERY /graphql#order shows what anna made to nobody else'],
        ['orders-of-all', 'QUERY /graphql#orders lists what anna made to nobody else'],
        ['changes-others', 'MUTATION /graphql#updateOrder lets nobody else change what anna made'],
        ['deletes-others', 'MUTATION /graphql#deleteOrder lets nobody else remove what anna made'],
      ];
      expect(clean.passed).toEqual(expect.arrayContaining(expected.map(([, title]) => title)));
      for (const [flaw, title] of expected) {
        const { failed, text } = await results(folder, await startShop([flaw, ...traps]));
        expect(failed, `${flaw}\n${text}`).toEqual([title]);
      }
    },
    120_000,
  );
});

describe('tests generated from a run on tRPC', () => {
  it.each<readonly DeskTrap[]>([[], ['superjson', 'finds-nothing'], ['numbers']])(
    'hold where the app is right (%s), and fail for the procedure whose guard is gone, and no other',
    async (...traps) => {
      const folder = await generated(await startDesk(traps), procedures);
      const clean = await results(folder, await startDesk(traps));
      expect(clean.failed, clean.text).toEqual([]);
      const expected: readonly (readonly [DeskFlaw, string])[] = [
        ['tickets-of-all', 'GET /api/trpc/ticket.list lists what anna made to nobody else'],
        ['changes-others', 'POST /api/trpc/ticket.update lets nobody else change what anna made'],
        ['deletes-others', 'POST /api/trpc/ticket.delete lets nobody else remove what anna made'],
        ...(traps.includes('finds-nothing')
          ? []
          : [['ticket-of-others', 'GET /api/trpc/ticket.byId shows what anna made to nobody else'] as const]),
      ];
      expect(clean.passed).toEqual(expect.arrayContaining(expected.map(([, title]) => title)));
      for (const [flaw, title] of expected) {
        const { failed, text } = await results(folder, await startDesk([flaw, ...traps]));
        expect(failed, `${flaw}\n${text}`).toEqual([title]);
      }
    },
    120_000,
  );
});

it('their TypeScript is as strict as it gets', async () => {
  const project = projectOf({ manifest: '{"devDependencies":{"vitest":"4","typescript":"5"}}', tsconfig: '{}' });
  for (const [app, routes] of [
    [await startShop(['relay']), []],
    [await startDesk(['superjson']), procedures],
  ] as const) {
    const folder = await generated(app, routes, project);
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const compilerOptions = {
      strict: true,
      noEmit: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      noUncheckedIndexedAccess: true,
      noPropertyAccessFromIndexSignature: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      module: 'esnext',
      moduleResolution: 'bundler',
      target: 'es2020',
      types: ['node'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    expect((await node([join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], folder)).text).toBe('');
  }
}, 120_000);
