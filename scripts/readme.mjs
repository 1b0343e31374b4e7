// Renews what the README shows of a real run: `npm run readme` runs the demo, pastes the start of its screens and takes the pictures.
// Needs a Chromium; CHROMIUM names it when it is not /usr/bin/chromium.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');

const work = await mkdtemp(join(tmpdir(), 'readme-'));
const { status, stdout } = spawnSync(process.execPath, [join(root, 'dist/main.js'), 'demo', '--quiet'], { cwd: work, encoding: 'utf8' });
if (status !== 0) throw new Error(`The demo ended with ${status}.`);

const whole = stdout.replaceAll(/^ {2}/gm, '');
const [audit = '', access = '', rest = ''] = whole.split('\nAccess matrix ');
const [live = '', domain = ''] = rest.split('\nProduction domain map ');

/** The verdict of a screen and its first finding, without what is to be pasted; more would push the README below its first page. */
function excerptOf(screen) {
  const start = screen.indexOf('NOT READY');
  const [verdict = ''] = /^NOT READY\n[\s\S]*?[.](?=\n)/.exec(screen.slice(start)) ?? [];
  const first = screen.indexOf('\n1  ', start) + 1;
  const end = screen.indexOf('\n\n', first);
  if (start < 0 || verdict === '' || first < 1 || end < 0) throw new Error('The demo shows another screen than this script expects.');
  return `${verdict}\n\n...\n\n${screen
    .slice(first, end)
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('|'))
    .join('\n')}`;
}

/** The verdict of the running app, and the matrix of what leaks. */
function matrixOf(screen) {
  const start = screen.indexOf('NOT READY');
  const [verdict = ''] = /^NOT READY\n[\s\S]*?[.](?=\n)/.exec(screen.slice(start)) ?? [];
  const [, matrix = ''] = /\nWhere it leaks\n\n([\s\S]*?)\n\n/.exec(screen) ?? [];
  if (start < 0 || verdict === '' || matrix === '')
    throw new Error('The demo shows another screen of the running app than this script expects.');
  return `${verdict}\n\n...\n\n${matrix}`;
}

/** The verdict on a domain, and its map. */
function mapOf(screen) {
  const start = screen.indexOf('NOT READY');
  const end = screen.indexOf('\n1  ', start);
  if (start < 0 || end < 0) throw new Error('The demo shows another screen of the domain than this script expects.');
  return screen.slice(start, end).trim();
}

const file = join(root, 'README.md');
let readme = await readFile(file, 'utf8');
for (const [command, call, excerpt] of [
  ['audit', 'audit ./supabase-portal', excerptOf(audit)],
  ['access', 'access ./supabase-portal', excerptOf(access)],
  ['live', 'access http://localhost:3000 --allow-writes', matrixOf(live)],
  ['edge', 'edge harbourline.example', mapOf(domain)],
]) {
  const text = `$ launch-ready ${call}\n\n${excerpt}`;
  const pattern = new RegExp(`(<!-- screen ${command} -->\\n\`\`\`text)[\\s\\S]*?(\\n\`\`\`\\n<!-- /screen -->)`);
  if (!pattern.test(readme)) throw new Error(`The README has no place for the screen of ${command}.`);
  readme = readme.replace(pattern, (_, before, after) => `${before}\n${text}${after}`);
}
await writeFile(file, readme);

const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
// The matrix is what words do not show.
for (const [report, heading, picture, height] of [['supabase-portal-access', 'Where it leaks', 'report', 860]]) {
  const page = await browser.newPage({ viewport: { width: 1100, height } });
  await page.goto(`file://${join(work, `launch-ready-report/demo/${report}.html`)}`);
  await page.locator('h2', { hasText: heading }).evaluate((title) => window.scrollTo(0, title.getBoundingClientRect().top - 24));
  await page.screenshot({ path: join(root, `docs/${picture}.png`) });
  await page.close();
}
await browser.close();
await rm(work, { recursive: true });
