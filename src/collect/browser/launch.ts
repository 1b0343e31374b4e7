import type { Browser, BrowserType } from 'playwright-core';
import { findBrowser } from './find.ts';

/** Why no browser can be used, in words, and what to do. */
export class NoBrowser extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

export interface LaunchOptions {
  /** All that the browser asks for goes through here, what is on this machine included. */
  readonly proxy: string;
  readonly headless: boolean;
}

/** What a browser asks for on its own, and the ways past a proxy. */
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--disable-quic',
  '--dns-prefetch-disable',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
];

/** Starts the installed browser. Throws `NoBrowser` where there is none, or playwright-core is missing; nothing is downloaded. */
export async function launchBrowser({ proxy, headless }: LaunchOptions): Promise<Browser> {
  const chromium = await driver();
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    const named = process.env['LAUNCH_READY_BROWSER'];
    throw new NoBrowser(
      named ? `LAUNCH_READY_BROWSER names ${named}, which is no program.` : 'No Chromium, Chrome or Edge is installed on this machine.',
      'Install one, e.g. "apt-get install chromium", or name it in LAUNCH_READY_BROWSER.',
    );
  }
  // The sandbox of Chromium does not run as root.
  const isRoot = process.getuid?.() === 0;
  try {
    return await chromium.launch({
      executablePath,
      headless,
      proxy: { server: proxy, bypass: '<-loopback>' },
      args: [...quiet, ...(isRoot ? ['--no-sandbox'] : [])],
      // Whoever stops the run cleans up first.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      timeout: 20_000,
    });
  } catch (error) {
    throw new NoBrowser(
      `${executablePath} does not start: ${error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)}`,
      'Start it once by hand, or name another browser in LAUNCH_READY_BROWSER.',
    );
  }
}

async function driver(): Promise<BrowserType> {
  try {
    return (await import('playwright-core')).chromium;
  } catch {
    throw new NoBrowser('The package playwright-core is not installed.', 'Run "npm install playwright-core" beside launch-ready.');
  }
}
