import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { collectors } from '../../collect/index.ts';
import { evidenceStore } from '../../core/evidence-store.ts';
import { createVault } from '../../core/vault.ts';
import { type Stack, sourceStack } from '../../evidence/source.ts';
import type { Command, Session } from '../command.ts';
import { configTemplate, foundText, workflowTemplate } from '../config-template.ts';
import { reasonOf } from '../file-error.ts';
import { checkFolder } from '../output.ts';
import { teller } from '../progress.ts';
import { aimAt } from '../target.ts';
import { UsageError } from '../usage-error.ts';

/** `launch-ready init [FOLDER]`: looks what the project is and writes a commented config and a workflow. Overwrites only with --force. */
export const init: Command = async (args, session) => {
  const { root } = aimAt(args.operands.length > 0 ? args.operands : ['.']);
  if (root === undefined) throw new UsageError('init needs a folder, not an address.');
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const stack = await stackOf(root, session, tell.progress);
  tell.end();
  session.signal.throwIfAborted();
  const detected = { ...(stack && { stack }), branch: branchOf(root) };
  process.stdout.write(`Found: ${foundText(stack)}\n`);

  const files: [string, string][] = [[join(root, 'launch-ready.yaml'), configTemplate(detected)]];
  const top = repoAbove(root);
  if (top === undefined) files.push([join(root, '.github/workflows/launch-ready.yml'), workflowTemplate(detected)]);
  else
    process.stdout.write(
      `No workflow: it belongs to the top of the repo. Run launch-ready init in ${relative(process.cwd(), top) || '.'} for it.\n`,
    );

  let kept = 0;
  for (const [file, content] of files) {
    const shown = relative(process.cwd(), file) || file;
    if (existsSync(file) && !args.on('force')) {
      kept += 1;
      process.stdout.write(`Kept:  ${shown} exists; --force overwrites it\n`);
      continue;
    }
    checkFolder(dirname(file));
    write(file, content);
    process.stdout.write(`Wrote: ${shown}\n`);
  }
  const next = (command: string, why: string): string => `${`launch-ready ${command} ${args.operands[0] ?? ''}`.trimEnd()}   ${why}\n`;
  process.stdout.write(`Next:  ${next('audit', 'what stops you from letting customers in')}`);
  process.stdout.write(`       ${next('access', "whether one customer reaches another's data: tried in a sandbox")}`);
  return kept === files.length ? 2 : 0;
};

async function stackOf(
  root: string,
  session: Session,
  onProgress: Parameters<typeof evidenceStore>[0]['onProgress'],
): Promise<Stack | undefined> {
  const target = { root, scope: { hosts: [], requests: 0, history: false } };
  const store = evidenceStore({ collectors, target, signal: session.signal, ...(onProgress && { onProgress }) }, createVault());
  const result = await store.get(sourceStack);
  return result.ok ? (result.value as Stack) : undefined;
}

/** The branch that is checked out; `main` when that cannot be told. */
function branchOf(root: string): string {
  try {
    return /^ref: refs\/heads\/([\w./-]+)\s*$/.exec(readFileSync(join(root, '.git/HEAD'), 'utf8').slice(0, 300))?.[1] ?? 'main';
  } catch {
    return 'main';
  }
}

/** The folder above that is the top of a git checkout, when `root` itself is not. */
function repoAbove(root: string): string | undefined {
  if (existsSync(join(root, '.git'))) return undefined;
  for (let folder = resolve(root, '..'); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function write(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${reasonOf(error)}.`);
  }
}
