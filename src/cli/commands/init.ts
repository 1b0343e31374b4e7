import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { collectors } from '../../collect/index.ts';
import { type EvidenceStore, evidenceStore } from '../../core/evidence-store.ts';
import { createVault } from '../../core/vault.ts';
import { type Stack, sourceStack } from '../../evidence/source.ts';
import type { Command, Session } from '../command.ts';
import type { GivenDomains, Target } from '../../core/target.ts';
import { providers } from '../../evidence/providers.ts';
import { configTemplate, draftText, foundText, workflowTemplate } from '../config-template.ts';
import { draftedDomains } from '../domains.ts';
import { candidatesOf, draftFrom } from '../draft-domains.ts';
import { shellQuote } from '../shell-quote.ts';
import { reasonOf } from '../file-error.ts';
import { checkFolder } from '../output.ts';
import { teller } from '../progress.ts';
import { aimAt } from '../target.ts';
import { UsageError } from '../usage-error.ts';

/**
 * `launch-ready init [FOLDER] [URL]`: looks what the project is and writes a commented config and a workflow; with an address, the domain map as well, as
 * DNS, the hosts and the code show it. Overwrites only with --force.
 */
export const init: Command = async (args, session) => {
  const aim = aimAt(args.operands, true);
  const root = aim.root ?? aimAt(['.']).root!;
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const stack = await stackOf(root, session, tell.progress);
  const base = aim.url && draftedDomains(aim.url);
  const draft = base && (await draftFrom(storeFor({ root, domains: candidatesOf(base) }, session, tell.progress), base));
  tell.end();
  session.signal.throwIfAborted();
  const detected = {
    ...(stack && { stack }),
    branch: branchOf(root),
    ...(aim.url && { url: aim.url }),
    ...(draft && { domains: draft.domains }),
  };
  process.stdout.write(`Found: ${foundText(stack)}\n`);
  if (draft) process.stdout.write(`Found: ${hostsText(draft.domains)}\n`);
  for (const line of draft?.unknown ?? []) process.stdout.write(`Not known: ${line}\n`);

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
      if (draft && file.endsWith('.yaml')) process.stdout.write(`The domain map, to put into it:\n\n${draftText(draft.domains)}\n`);
      continue;
    }
    checkFolder(dirname(file));
    write(file, content);
    process.stdout.write(`Wrote: ${shown}\n`);
  }
  const folder = args.operands.find((one) => aimAt([one], true).root !== undefined);
  const next = (command: string, why: string): string =>
    `launch-ready ${command}${folder === undefined ? '' : ` ${shellQuote(folder)}`}   ${why}\n`;
  process.stdout.write(`Next:  ${next('audit', 'what stops you from letting customers in')}`);
  process.stdout.write(`       ${next('access', "whether one customer reaches another's data: tried in a sandbox")}`);
  if (draft) process.stdout.write(`       ${next('edge', 'whether customers reach the app by every name of the domain')}`);
  return kept === files.length ? 2 : 0;
};

type OnProgress = Parameters<typeof evidenceStore>[0]['onProgress'];

const storeFor = (target: Pick<Target, 'root' | 'domains'>, { signal }: Session, onProgress: OnProgress): EvidenceStore =>
  evidenceStore(
    { collectors, target: { ...target, scope: { hosts: [], requests: 300, history: false } }, signal, ...(onProgress && { onProgress }) },
    createVault(),
  );

async function stackOf(root: string, session: Session, onProgress: OnProgress): Promise<Stack | undefined> {
  const result = await storeFor({ root }, session, onProgress).get(sourceStack);
  return result.ok ? (result.value as Stack) : undefined;
}

const hostsText = ({ apex, hosts }: GivenDomains): string =>
  `${apex} with ${hosts.map(({ name, redirectsTo, on }) => `${name}${redirectsTo === undefined ? '' : ` (leads to ${redirectsTo})`}${on === undefined ? '' : ` on ${providers.find(({ id }) => id === on)?.name ?? on}`}`).join(', ')}`;

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
