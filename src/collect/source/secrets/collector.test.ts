import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretInClient } from '../../../checks/audit/secret-in-client.ts';
import { secretInEnvFile } from '../../../checks/audit/secret-in-env-file.ts';
import { secretInHistory } from '../../../checks/audit/secret-in-history.ts';
import { secretInLog } from '../../../checks/audit/secret-in-log.ts';
import { secretInSource } from '../../../checks/audit/secret-in-source.ts';
import { secretWithPublicPrefix } from '../../../checks/audit/secret-with-public-prefix.ts';
import { run } from '../../../core/engine.ts';
import { treeCollector } from '../tree.ts';
import { secretsCollector } from './collector.ts';
import { commit, folderOf, git, scan, write } from './fixtures/folder.ts';
import { awsPair, forge, privateKey, samples } from './fixtures/synthetic.ts';

const of = (kind: string, seed: number): string => samples.find((sample) => sample.kind === kind)?.make(forge(seed)) ?? '';
const role = of('supabase-service-role', 81);
const vite = { 'package.json': '{"devDependencies":{"vite":"5"}}', 'index.html': '<script type="module" src="/src/main.ts"></script>' };

describe('a repo', () => {
  it('with one key in many places has one hash and every standing', async () => {
    const root = folderOf({
      ...vite,
      '.gitignore': '.env.local\ndist\n',
      '.env': `SUPABASE_SERVICE_ROLE_KEY=${role}\n`,
      '.env.local': `VITE_SERVICE_KEY=${role}\n`,
      'src/main.ts': "import './admin'",
      'src/admin.ts': `export const key = '${role}'`,
      'scripts/reset.ts': `const k = '${role}'`,
      'dist/assets/index-1.js': `var a="${role}"`,
      'deploy.log': `using ${role}`,
      '.bolt/prompt': `the key is ${role}`,
    });
    git(root, 'init', '-q');
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'x');
    const { scan: result } = await scan(root, { history: true });
    expect(new Set(result.secrets.map(({ hash }) => hash)).size).toBe(1);
    const standing = result.secrets.map((secret) =>
      [secret.location, secret.tracked, secret.ignored, secret.publicPrefix ?? false, secret.reachedFromClient?.at(-1)].join(' '),
    );
    expect(standing.toSorted()).toEqual(
      [
        'bundle false true false ',
        'chat true  false ',
        'env-file true  false ',
        'history   false ',
        'ignored-env-file false true true ',
        'log true  false ',
        'source true  false ',
        'source true  false src/admin.ts',
      ].toSorted(),
    );
    expect(result.scanned).toMatchObject({ files: 11, commits: 1 });
  });

  it('names public variables that speak of secrets, with who reads them', async () => {
    const root = folderOf({
      ...vite,
      '.env.example': 'VITE_OPENAI_API_KEY=your-key\nVITE_DB_PASSWORD=\nNEXT_PUBLIC_JWT_SECRET=\n',
      'src/main.ts': 'const k = import.meta.env.VITE_OPENAI_API_KEY;\n// VITE_ADMIN_SECRET is mentioned only',
      'server.ts': 'const p = process.env.VITE_SMTP_PASSWORD',
    });
    const { scan: result } = await scan(root);
    expect(result.publicVariables.map(({ variable, usedBy, place }) => `${variable} ${usedBy} ${place.file}:${place.line}`)).toEqual([
      'VITE_OPENAI_API_KEY client src/main.ts:1',
      'VITE_DB_PASSWORD declared .env.example:2',
      'VITE_SMTP_PASSWORD other-code server.ts:1',
    ]);
  });

  it('that is clean says what was searched', async () => {
    const { scan: result } = await scan(folderOf({ 'a.ts': 'export {}', 'b.png': 'x', 'README.md': 'hello' }));
    expect(result).toMatchObject({
      secrets: [],
      publicVariables: [],
      gaps: [],
      history: 'not-asked',
      scanned: { files: 2, where: [{ location: 'source', files: 2 }] },
    });
  });

  it('with hostile names, links and junk is read all the same', async () => {
    const root = folderOf({
      '__proto__/constructor.ts': `"${role}"`,
      'a\nb $(x).ts': `"${role}"`,
      'junk.js': Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7) % 256)),
    });
    mkdirSync(join(root, 'loop'));
    symlinkSync('..', join(root, 'loop/again'));
    symlinkSync('/etc/passwd', join(root, 'passwd.txt'));
    const { scan: result } = await scan(root);
    expect(result.secrets.flatMap(({ places }) => places.map(({ file }) => file)).toSorted()).toEqual([
      '__proto__/constructor.ts',
      'a\nb $(x).ts',
    ]);
  });

  it('full of tokens is bounded, and says so', async () => {
    const many = Array.from({ length: 700 }, (_, seed) => `"${of('openai-key', seed + 1000)}"`).join('\n');
    const { scan: result } = await scan(folderOf({ 'dump.ts': many }));
    expect(result.gaps.map(({ why }) => why)).toEqual(['holds more than 500 things that look like secrets; the rest was not listed']);
  });
});

const checks = [secretInClient, secretWithPublicPrefix, secretInEnvFile, secretInSource, secretInLog, secretInHistory];
const audit = (root: string) =>
  run({
    checks,
    collectors: [treeCollector, secretsCollector],
    target: { root, scope: { hosts: [], requests: 0, history: true } },
    version: '0',
    targetArguments: '.',
  });

describe('no output ever holds a value', () => {
  const places = [
    'src/a.ts',
    '.env',
    'README.md',
    'deploy.log',
    'dist/assets/x.js',
    'config.yml',
    '.cursor/rules/a.mdc',
    'test/a.test.ts',
    'public/x.js',
  ] as const;
  const forms = [
    (name: string, value: string) => `const ${name} = "${value}";\n`,
    (name: string, value: string) => `${name}=${value}\n`,
    (_: string, value: string) => `Authorization: Bearer ${value}\n`,
    (name: string, value: string) => `{"${name}": "${value}"}\n`,
    (name: string, value: string) => `${name} = '${value.slice(0, 9)}' + '${value.slice(9)}'\n`,
    (name: string, value: string) => `${name}=${Buffer.from(value).toString('base64')}\n`,
  ];
  const names = ['SECRET_KEY', 'VITE_SERVICE_KEY', 'apiKey', 'DATABASE_PASSWORD', 'x'];
  const planted = fc.record({
    sample: fc.constantFrom(...samples.filter(({ sensitivity }) => sensitivity !== 'public')),
    seed: fc.nat(100_000),
    place: fc.constantFrom(...places),
    form: fc.constantFrom(...forms),
    name: fc.constantFrom(...names),
  });

  it('wherever and however secrets are written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(planted, { minLength: 1, maxLength: 6 }), fc.boolean(), async (list, committed) => {
        const files = new Map<string, string>([['package.json', '{"dependencies":{"vite":"5"}}']]);
        const values = list.map(({ sample, seed }) => sample.make(forge(seed)));
        for (const [index, { place, form, name }] of list.entries())
          files.set(place, (files.get(place) ?? '') + form(name, values[index] ?? ''));
        const root = mkdtempSync(join(tmpdir(), 'launch-ready-secrets-'));
        try {
          write(root, Object.fromEntries(files));
          if (committed) {
            git(root, 'init', '-q');
            commit(root);
          }
          const output = JSON.stringify(await audit(root));
          for (const value of values) {
            const password = /^[a-z+]+:\/\/[^:]*:([^@]+)@/.exec(value)?.[1];
            for (const raw of [value, value.slice(-18), password ?? value])
              expect(output.includes(raw), `${value.slice(0, 6)} in the output`).toBe(false);
          }
        } finally {
          rmSync(root, { recursive: true, force: true });
        }
      }),
      { numRuns: 40, seed: 20_261_123 },
    );
  });

  it('for pairs and private keys', async () => {
    const pair = awsPair(forge(91));
    const pem = privateKey();
    const root = folderOf({
      'a.ts': `const id = "${pair.id}", secret = "${pair.key}";\n`,
      'server.key': pem,
      '.env': `KEY="${pem.replaceAll('\n', '\\n')}"\n`,
    });
    const { run: result, evidence } = await audit(root);
    const output = JSON.stringify({ result, evidence });
    for (const raw of [pair.id, pair.key, ...pem.split('\n').filter((line) => line.length > 30 && !line.startsWith('-'))])
      expect(output).not.toContain(raw);
    expect(result.findings.filter(({ outcome }) => outcome === 'fail').map(({ check }) => check)).toEqual([
      'audit/secret-in-env-file',
      'audit/secret-in-source',
    ]);
  });

  it('and what they say is what they found', async () => {
    const root = folderOf({ 'src/server.ts': `const k = "${role}"` });
    const { run: result } = await audit(root);
    const [finding] = result.findings.filter(({ outcome }) => outcome === 'fail');
    expect(finding).toMatchObject({ check: 'audit/secret-in-source', severity: 'blocker', place: { file: 'src/server.ts', line: 1 } });
  });
});
