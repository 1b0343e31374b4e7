import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { type Shop, type ShopFlaw, shopPeople, startShop } from '../../src/collect/access/walk/fixture.ts';
import { findBrowser } from '../../src/collect/browser/find.ts';
import { cleanUp, folderWith, launchReady, type Outcome } from '../command-line.ts';

afterAll(cleanUp);

const executablePath = findBrowser();
if (executablePath === undefined) process.stderr.write('skipped: recording a visit in a browser, because no Chromium is installed here\n');

const config = `access:
  people:
    - { name: anna, tenant: anna, email: anna@shop.example, passwordFrom: ANNA }
    - { name: bert, tenant: bert, email: bert@shop.example, passwordFrom: BERT }
`;
const env = { ANNA: shopPeople[0]!.password, BERT: shopPeople[1]!.password };

/** Clicks through the shop as somebody who knows its pages. */
async function clickThrough(address: string): Promise<void> {
  const { chromium } = await import('playwright-core');
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({ executablePath: executablePath!, args: isRoot ? ['--no-sandbox'] : [] });
  const page = await browser.newPage();
  const click = async (name: string): Promise<void> => {
    await page.getByRole('button', { name, exact: true }).first().click();
    await page.waitForLoadState('networkidle');
  };
  await page.goto(address);
  for (const name of ['Accept', 'Log in']) await click(name);
  await page.getByLabel('Your address').fill(shopPeople[0]!.email);
  await page.getByLabel('Secret word').fill(shopPeople[0]!.password);
  for (const name of ['Enter', 'Your basket', 'Orders', 'Show receipt']) await click(name);
  await browser.close();
}

/** A visit of anna, ended by Ctrl-C. */
function recorded(shop: Shop, folder: string, visit: (address: string) => Promise<void>): Promise<Outcome> {
  return launchReady(['record', shop.origin, '--as', 'anna', '--output', 'visits'], {
    cwd: folder,
    env,
    during(child: ChildProcess) {
      let told = '';
      child.stderr?.on('data', (text: string) => {
        const before = /Open (\S+) in/.test(told);
        told += text;
        const address = /Open (\S+) in/.exec(told)?.[1];
        if (!before && address !== undefined) void visit(address).finally(() => child.kill('SIGINT'));
      });
    },
  });
}

interface Report {
  readonly findings: readonly { readonly check: string; readonly outcome: string; readonly place?: { readonly name?: string } }[];
}

async function failed(shop: Shop, folder: string, ...more: string[]): Promise<(string | undefined)[]> {
  const { stdout, stderr } = await launchReady(['access', shop.origin, '--config', 'launch-ready.yaml', '--format', 'json', ...more], {
    cwd: folder,
    env,
  });
  expect(stdout, stderr).not.toBe('');
  return (JSON.parse(stdout) as Report).findings
    .filter(({ check, outcome }) => outcome === 'fail' && check.startsWith('access/route-'))
    .map(({ place }) => place?.name);
}

describe.skipIf(executablePath === undefined)('a visit that is recorded in a browser', () => {
  it.each<[string, readonly ShopFlaw[], readonly string[]]>([
    ['shows what only the pages ask for', ['basket', 'order-by-query'], ['GET /api/baskets/{id}', 'GET /api/order']],
    ['accuses an app that is right of nothing', [], []],
  ])(
    '%s',
    async (_, flaws, expected) => {
      const shop = await startShop(flaws);
      const folder = folderWith({ 'launch-ready.yaml': config });
      const { code, stdout, stderr } = await recorded(shop, folder, clickThrough);
      expect([code, stderr]).toEqual([0, expect.stringContaining('200  GET /api/baskets/{id}')]);
      expect(stdout).toContain('--recording');
      const file = join(folder, 'visits/anna.har');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8') + stdout + stderr).not.toContain(shopPeople[0]!.password);
      expect(await failed(shop, folder)).toEqual([]);
      expect((await failed(shop, folder, '--recording', 'anna=visits/anna.har')).toSorted()).toEqual(expected);
      await shop.stop();
    },
    120_000,
  );
});

describe('launch-ready record', () => {
  it('says what is wrong with the call, and leaves what is there alone', async () => {
    const shop = await startShop();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const folder = folderWith({ 'launch-ready.yaml': config, 'visits/anna.har': 'mine' });
    const call = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await launchReady(['record', ...args], { cwd: folder, env });
      expect(code, stderr).toBe(2);
      return stderr;
    };
    expect(await call(shop.origin)).toContain('As whom?');
    expect(await call(shop.origin, '--as', 'carl')).toContain('They are called anna, bert');
    expect(await call(shop.origin, '--as', '../anna')).toContain('a name is made of letters');
    expect(await call('http://127.0.0.1:1', '--as', 'anna')).toContain('nothing listens there');
    expect(await call(shop.origin, '--as', 'bert', '--output', 'visits', '--port', String(port))).toContain(
      'something listens there already',
    );
    expect(await call(shop.origin, '--as', 'anna', '--output', 'visits', '--force', '--port', String(port))).toContain(
      'something listens there already',
    );
    expect(await call(shop.origin, '--as', 'anna', '--output', 'visits')).toContain('there is one already');
    expect(readdirSync(join(folder, 'visits'))).toEqual(['anna.har']);
    expect(readFileSync(join(folder, 'visits/anna.har'), 'utf8')).toBe('mine');
    taken.close();
    await shop.stop();
  }, 30_000);
});
