import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** An example app with all its flaws, as the build packed it (scripts/demo-apps.ts). */
export interface DemoApp {
  readonly name: string;
  /** What it is, after "auditing ". */
  readonly describes: string;
  /** Path to content in base64. */
  readonly files: Readonly<Record<string, string>>;
}

/** The apps of the demo. */
export const demoApps = (): DemoApp[] => JSON.parse(readFileSync(join(packageRoot(), 'dist/demo-apps.json'), 'utf8')) as DemoApp[];

/** Writes an app into a folder of its own. */
export function unpack(app: DemoApp, folder: string): void {
  for (const [path, content] of Object.entries(app.files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), Buffer.from(content, 'base64'));
  }
}
