// Builds dist/: the command line as one small bundle with lazily loaded parts, the public API, its type declarations and the licences of what is bundled.
import { spawnSync } from 'node:child_process';
import { chmod, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

await rm(join(root, 'dist'), { recursive: true, force: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts', index: 'src/index.ts' },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Packages with machine code or WebAssembly stay outside; everything else is bundled. `pg` asks for its own machine code only when told to.
  external: [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies), 'pg-native'],
  // Bundled CommonJS packages (undici, yaml) ask for Node's own modules through `require`.
  banner: { js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);" },
  metafile: true,
  logLevel: 'warning',
});

const { demoApps, brokenPortal } = await demoModule();
await writeFile(join(root, 'dist/demo-apps.json'), JSON.stringify(await demoApps(join(root, 'examples'))));
const portal = await bundlePortal(await brokenPortal(join(root, 'examples')));
const domain = await bundleProgram({ entryPoints: { start: 'examples/domain/start.ts' }, outdir: 'dist/domain' });

const main = join(root, 'dist/main.js');
await writeFile(main, `#!/usr/bin/env node\n${await readFile(main, 'utf8')}`);
await chmod(main, 0o755);
await writeFile(join(root, 'dist/LICENSES.txt'), await licences([...Object.keys(metafile.inputs), ...portal, ...domain]));

const types = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = types.status ?? 1;

/** What makes the apps of the demo; TypeScript, which Node 20 does not run by itself. */
async function demoModule() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['scripts/demo-apps.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** Bundles what the demo starts into a folder of dist, each entry whole in one file; gives the files that went into it. */
async function bundleProgram({ entryPoints, outdir, ...more }) {
  const { metafile: used } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);" },
    metafile: true,
    logLevel: 'warning',
    ...more,
  });
  return Object.keys(used.inputs);
}

/** The broken portal as the demo starts it, with all it needs, in dist/portal. */
async function bundlePortal(broken) {
  const whole = join(root, 'examples/portal');
  const used = await bundleProgram({
    // The data are those of the portal without flaws.
    entryPoints: { server: join(broken, 'src/server.ts'), seed: join(whole, 'seed.ts') },
    outdir: 'dist/portal/src',
    external: ['pg-native'],
    // In one file every part would take itself for the program that was called.
    define: { 'process.argv': '[]' },
  });
  for (const name of ['public', 'migrations']) await cp(join(whole, name), join(root, 'dist/portal', name), { recursive: true });
  const { name, version } = JSON.parse(await readFile(join(whole, 'package.json'), 'utf8'));
  await writeFile(join(root, 'dist/portal/package.json'), JSON.stringify({ name, version, private: true, type: 'module' }));
  return used;
}

/** The licence texts of the bundled packages, as their licences ask. */
async function licences(inputs) {
  const names = new Set(inputs.flatMap((input) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.slice(1) ?? []));
  const parts = [];
  for (const name of [...names].sort()) {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const text =
      (await firstOf(
        ['LICENSE', 'LICENSE.md', 'LICENSE-MIT', 'LICENSE-MIT.txt', 'LICENSE.MIT', 'LICENSE.txt', 'license', 'license.md', 'License'].map(
          (file) => join(folder, file),
        ),
      )) ?? (await licenceSection(folder));
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}

async function firstOf(files) {
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Some packages (pg-types, pgpass) keep their licence at the end of the README. */
async function licenceSection(folder) {
  const readme = await readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
  const section = /^#+ *licen[sc]e\b.*\n([\s\S]+)/im.exec(readme)?.[1];
  if (!section?.includes('Permission is hereby granted')) throw new Error(`No licence text found in ${folder}`);
  return section;
}
