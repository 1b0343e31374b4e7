import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findSecrets } from '../../collect/source/secrets/scan-text.ts';
import { exitCodes } from '../../core/gate.ts';
import { inputsOf } from '../../core/target.ts';
import { createVault } from '../../core/vault.ts';
import { plural } from '../../core/wording.ts';
import { liveAccess, type LiveAccess } from '../../evidence/live-access.ts';
import type { LivePart } from '../../evidence/live-parts.ts';
import { type GeneratedFile, generateTests, isUnedited } from '../../generate/files.ts';
import { dialectOf, type Project, projectOf, type RunnerName, runners } from '../../generate/project.ts';
import type { Account } from '../../generate/support.ts';
import { sentence } from '../../report/plain.ts';
import type { Arguments } from '../arguments.ts';
import type { Command, Session } from '../command.ts';
import type { Config } from '../config.ts';
import { reasonOf } from '../file-error.ts';
import { nobodyToSignIn } from '../nobody.ts';
import { checkFolder } from '../output.ts';
import { perform } from '../perform.ts';
import { makePlan, type Plan } from '../plan.ts';
import { teller } from '../progress.ts';
import { shellQuote } from '../shell-quote.ts';
import { startedApp } from '../started-app.ts';
import { didYouMean } from '../suggest.ts';
import { UsageError } from '../usage-error.ts';

/**
 * `launch-ready generate [FOLDER] [URL]`: tests for the user's repo, made of what a run of `access` proved. Ends with 2 where files were edited and left
 * alone, with 3 where nothing was proved that a test could hold on to.
 */
export const generate: Command = async (args, session) => {
  const runner = runnerOf(args.text('runner'));
  const plan = makePlan(args, args.operands, ['access'], teller(process.stderr, args.on('quiet') ?? false).notice);
  if (!plan.evidence && !inputsOf(plan.target).has('people')) throw nobodyToSignIn(plan.target.url);
  const root = plan.target.root ?? process.cwd();
  const project = projectOf({ ...textIn(root, 'package.json', 'manifest'), ...textIn(root, 'tsconfig.json', 'tsconfig') }, runner);
  const folder =
    args.text('output') ?? join(root, ['tests', 'test', 'e2e'].find((name) => existsSync(join(root, name))) ?? 'tests', 'access');
  checkFolder(folder);
  const live = await triedApp(args, plan, session);
  const accounts = live.people.map(({ name }) => accountOf(name, plan.config));
  const { files, leftOut } = generateTests(live, project, accounts);
  for (const { route, why } of leftOut) process.stdout.write(`No test: ${sentence(route)}: ${sentence(why)}\n`);
  if (files.length === 0) {
    process.stdout.write('No tests were written: the run proved nothing that a test could hold on to.\n');
    return exitCodes['cannot-tell'];
  }
  for (const file of files) withoutSecrets(file, plan);
  const kept = files.map((file) => written(folder, file, args.on('force') === true)).filter((was) => was === 'kept').length;
  process.stdout.write(`Run:     ${commandLine(live, accounts, project, relative(process.cwd(), folder) || '.')}\n`);
  return kept > 0 ? exitCodes.usage : exitCodes.ready;
};

function runnerOf(text: string | undefined): RunnerName | undefined {
  const runner = runners.find((name) => name === text);
  if (text !== undefined && !runner)
    throw new UsageError(`There is no runner ${text}.`, didYouMean(text, runners) ?? `Runners: ${runners.join(', ')}.`);
  return runner;
}

function textIn<Name extends string>(root: string, file: string, name: Name): Partial<Record<Name, string>> {
  try {
    return { [name]: readFileSync(join(root, file), 'utf8') } as Partial<Record<Name, string>>;
  } catch {
    return {};
  }
}

/** What of a run the tests are made from. */
const parts: readonly LivePart[] = ['routes'];

/** What a run of today says of the app, or an earlier one whose facts were kept. */
async function triedApp(args: Arguments, plan: Plan, session: Session): Promise<LiveAccess> {
  if (plan.evidence) return usable(plan.evidence[liveAccess.id], 'These facts hold no run on an app that was signed in to.');
  const app = args.on('start') ? await startedApp(plan.config, plan.target.url, plan.base, session.signal) : undefined;
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const target = { ...plan.target, parts };
  const stop = (): unknown => app?.stop();
  const { evidence, run } = await perform({ ...plan, checks: [], target }, session, tell, [liveAccess]).finally(stop);
  const fault = run.evidence.find(({ id }) => id === liveAccess.id)?.fault;
  if (fault) throw new UsageError(fault.message, fault.remedy);
  return usable(evidence[liveAccess.id], 'The app could not be tried.');
}

function usable(fact: unknown, otherwise: string): LiveAccess {
  const live = fact as LiveAccess | undefined;
  const remedy = 'launch-ready access URL --allow-writes --save-evidence FOLDER keeps some.';
  if (!live || live.origin === '') throw new UsageError(otherwise, remedy);
  if (!live.recipes)
    throw new UsageError('These facts were kept by an earlier version, which did not write down how to do it again.', remedy);
  return live;
}

/** Where the tests find what somebody signs in with: as the config says, else in variables of his name. */
function accountOf(name: string, { access }: Config): Account {
  const person = access?.people?.find((one) => one.name === name);
  const variable = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d|$)/, '_');
  return {
    name,
    ...(person && { email: person.email, ...(person.username !== undefined && { username: person.username }) }),
    emailFrom: `${variable}_EMAIL`,
    passwordFrom: person?.passwordFrom ?? `${variable}_PASSWORD`,
  };
}

/** Nothing secret gets into a repo by us, whatever an app answered. */
function withoutSecrets({ name, content }: GeneratedFile, { target, config }: Plan): void {
  const vault = createVault();
  for (const { password = '', key, totp = '' } of target.people ?? [])
    for (const secret of [password, key?.value ?? '', totp]) vault.hide(secret);
  for (const { passwordFrom = '' } of config.access?.people ?? []) vault.hide(process.env[passwordFrom] ?? '');
  const [found] = findSecrets(content, { names: false, lines: false, code: true, certainOnly: false, now: Date.now() });
  if (found || vault.scrub(content) !== content)
    throw new UsageError(
      `${name} was not written: the requests that worked in the run hold ${found ? `what looks like a secret (${found.kind})` : 'a password'}.`,
      'Nothing was written. Have the app not show that to people, or write this test by hand.',
    );
}

function written(folder: string, { name, content, tests }: GeneratedFile, force: boolean): 'kept' | 'written' {
  const file = join(folder, name);
  const shown = relative(process.cwd(), file) || file;
  try {
    if (existsSync(file) && !force && !isUnedited(readFileSync(file, 'utf8'))) {
      process.stdout.write(`Kept:    ${shown} was edited; --force overwrites it\n`);
      return 'kept';
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, content);
  } catch (error) {
    throw new UsageError(`${shown} cannot be written: ${reasonOf(error)}.`);
  }
  process.stdout.write(`Wrote:   ${shown}${tests > 0 ? ` (${plural(tests, 'test')})` : ''}\n`);
  return 'written';
}

function commandLine(live: LiveAccess, accounts: readonly Account[], project: Project, folder: string): string {
  const given = live.people.filter(({ from }) => from === 'config').map(({ name }) => name);
  const variables = new Set(accounts.filter(({ name }) => given.includes(name)).map(({ passwordFrom }) => `${passwordFrom}=…`));
  const { baseUrl, command } = dialectOf(project);
  return [`${baseUrl}=${shellQuote(live.origin)}`, ...variables, command(shellQuote(folder))].join(' ');
}
