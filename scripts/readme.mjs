// Renews what the README shows of a real run: `npm run readme` runs the demo, pastes the start of its screen and takes the picture.
// Needs a Chromium; CHROMIUM names it when it is not /usr/bin/chromium.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');
/** Findings of the screen that are shown; the rest would push the README below its first page. */
const findings = 2;

const work = await mkdtemp(join(tmpdir(), 'readme-'));
const { status, stdout } = spawnSync(process.execPath, [join(root, 'dist/main.js'), 'demo', '--quiet'], { cwd: work, encoding: 'utf8' });
if (status !== 0) throw new Error(`The demo ended with ${status}.`);

const screen = stdout.replaceAll(/^ {2}/gm, '');
const start = screen.indexOf('NOT READY');
const next = screen.indexOf(`\n${findings + 1}  `, start);
const figures = screen.indexOf('\nRisk: ', next);
const end = screen.indexOf('\n\n', figures);
if (start < 0 || next < 0 || figures < 0) throw new Error('The demo shows another screen than this script expects.');
const excerpt = `$ launch-ready audit ./supabase-portal\n\n${screen.slice(start, next).trimEnd()}\n\n...\n${screen.slice(figures, end).trimEnd()}`;

const file = join(root, 'README.md');
const readme = await readFile(file, 'utf8');
const renewed = readme.replace(
  /(<!-- screen -->\n```text\n)[\s\S]*?(\n```\n<!-- \/screen -->)/,
  (_, before, after) => `${before}${excerpt}${after}`,
);
if (renewed === readme && !readme.includes(excerpt)) throw new Error('The README has no place for the screen.');
await writeFile(file, renewed);

const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1100, height: 860 } });
await page.goto(`file://${join(work, 'launch-ready-report/demo/supabase-portal.html')}`);
await page.screenshot({ path: join(root, 'docs/report.png') });
await browser.close();
await rm(work, { recursive: true });
