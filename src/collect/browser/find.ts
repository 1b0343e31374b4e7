import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a browser of Chromium's kind is put, by platform. */
const usualPlaces: Readonly<Record<string, readonly string[]>> = {
  linux: ['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge', '/snap/bin/chromium'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    '/Applications/Brave Browser.app/Contents/MacOS/Brave Browser',
  ],
  win32: ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe', 'Chromium\\Application\\chrome.exe'],
};

const commands = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
  'chrome',
];

/** Finds an installed browser of Chromium's kind: the one that LAUNCH_READY_BROWSER names, else one in the path or in the usual places. */
export function findBrowser(environment: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string | undefined {
  const named = environment['LAUNCH_READY_BROWSER'];
  if (named !== undefined && named !== '') return isProgram(named) ? named : undefined;
  const usual = usualPlaces[platform] ?? [];
  if (platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => environment[name] ?? []);
    return roots.flatMap((root) => usual.map((place) => `${root}\\${place}`)).find(isProgram);
  }
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  return [...folders.flatMap((folder) => commands.map((command) => join(folder, command))), ...usual].find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
