/**
 * Renders the fixture in every format into a folder and takes screenshots of the HTML in Chromium: `tsx test/contracts/look-at-html.ts FOLDER`.
 * For eyes, not for CI; CHROMIUM names the browser.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { renderers } from '../../src/report/index.ts';
import { fixtureReport } from './fixture.ts';

const folder = process.argv[2] ?? 'launch-ready-report';
mkdirSync(folder, { recursive: true });
const reports = {
  portal: await fixtureReport(),
  hostile: await fixtureReport({ hostile: true }),
  clean: await fixtureReport({ checks: [], policy: { unknown: 'warn' } }),
};
for (const [name, report] of Object.entries(reports))
  for (const [format, renderer] of Object.entries(renderers))
    writeFileSync(join(folder, `${name}.${format}.${renderer.extension}`), renderer.render(report, { fullReport: 'report.html' }));

const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [width, height] of [
  [1280, 1400],
  [390, 844],
] as const)
  for (const colorScheme of ['light', 'dark'] as const)
    for (const name of ['portal', 'hostile'] as const) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('request', (request) => request.url().startsWith('file:') || complaints.push(`request: ${request.url()}`));
      page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
      await page.goto(pathToFileURL(join(folder, `${name}.html.html`)).href);
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
      await page.evaluate(`for (const fold of document.querySelectorAll('details')) fold.open = true`);
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}-open.png`), fullPage: name === 'portal' });
      const facts: unknown = await page.evaluate(`({
        overflow: document.documentElement.scrollWidth - innerWidth,
        scripts: document.scripts.length,
        foreign: [...document.querySelectorAll('*')].map((element) => element.localName).filter((name) => !'html head meta title style body header main footer article section span strong h1 h2 h3 p div dl dt dd small ol ul li details summary pre code br wbr table thead tbody tr th td'.split(' ').includes(name)),
      })`);
      process.stdout.write(`${name} ${width} ${colorScheme} ${JSON.stringify(facts)} ${JSON.stringify(complaints)}\n`);
      if (colorScheme === 'light' && width === 1280 && name === 'portal') {
        await page.reload();
        await page.pdf({ path: join(folder, 'portal.pdf'), format: 'A4' });
      }
      await page.close();
    }
await browser.close();
