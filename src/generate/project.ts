/** Runners of tests that files are written for. */
export const runners = ['vitest', 'jest', 'playwright', 'node'] as const;
export type RunnerName = (typeof runners)[number];

/** How tests are written in the user's repo. */
export interface Project {
  readonly runner: RunnerName;
  readonly typescript: boolean;
  /** `import` rather than `require`. */
  readonly modules: boolean;
  /** Ending of a source file, with its dot. */
  readonly ending: string;
  /** What stands behind the name of a file of ours in an import. */
  readonly imported: string;
  /** Jest's functions come from a package that the repo has; else they are globals. */
  readonly jestGlobals: boolean;
  /** What Node needs to run TypeScript, with a space behind it. */
  readonly options: string;
  /** Jest takes `import` as it stands only where Node is told so (https://jestjs.io/docs/ecmascript-modules). */
  readonly vmModules: boolean;
}

/** What of the repo tells how tests are written there. */
export interface ProjectFiles {
  /** Text of package.json; absent where there is none. */
  readonly manifest?: string;
  /** Text of tsconfig.json. */
  readonly tsconfig?: string;
}

interface Manifest {
  readonly type?: unknown;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, unknown>>;
}

const packages: Readonly<Record<RunnerName, string>> = { vitest: 'vitest', jest: 'jest', playwright: '@playwright/test', node: '' };
const called: Readonly<Record<RunnerName, RegExp>> = {
  vitest: /\bvitest\b/,
  jest: /\bjest\b|react-scripts test/,
  playwright: /\bplaywright test\b/,
  node: /\bnode\b.*--test\b|\btsx\b.*--test\b/,
};

/** Reads how tests are written: the runner that the test script calls, else one that is installed, else Node's own. */
export function projectOf({ manifest, tsconfig }: ProjectFiles, wanted?: RunnerName): Project {
  const { type, scripts = {}, dependencies, devDependencies } = manifestOf(manifest);
  const installed = { ...dependencies, ...devDependencies };
  const lines = Object.entries(scripts).toSorted(([a], [b]) => Number(/^test/.test(b)) - Number(/^test/.test(a)));
  const told = lines.flatMap(([, line]) => runners.filter((name) => called[name].test(String(line))))[0];
  const runner = wanted ?? told ?? runners.find((name) => packages[name] in installed) ?? 'node';
  const hasTypes = tsconfig !== undefined || 'typescript' in installed;
  // Node runs TypeScript by itself from version 22.18 on; before, only with what the test script says.
  const loader = lines.flatMap(([, line]) =>
    called.node.test(String(line)) ? (/\btsx\b|--experimental-strip-types/.exec(String(line))?.[0] ?? []) : [],
  )[0];
  const typescript = hasTypes && (runner !== 'node' || loader !== undefined);
  const modules = typescript || type === 'module' || runner === 'vitest' || runner === 'playwright' || manifest === undefined;
  const ending = typescript ? '.ts' : manifest === undefined ? '.mjs' : '.js';
  const asNode = /"module(?:Resolution)?"\s*:\s*"node(?:16|18|20|next)"/i.test(tsconfig ?? '') && runner !== 'jest';
  const imported = typescript ? (runner === 'node' ? '.ts' : asNode ? '.js' : '') : ending;
  const jestGlobals = '@jest/globals' in installed || (typescript && !('@types/jest' in installed));
  const options = !typescript || loader === undefined ? '' : loader === 'tsx' ? '--import tsx ' : `${loader} `;
  const vmModules =
    runner === 'jest' && ((modules && !typescript) || lines.some(([, line]) => String(line).includes('--experimental-vm-modules')));
  return { runner, typescript, modules, ending, imported, jestGlobals, options, vmModules };
}

function manifestOf(text: string | undefined): Manifest {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}

/** What a runner calls the things that tests are written with. */
export interface Dialect {
  readonly describe: string;
  readonly afterAll: string;
  /** Behind the function of a test: how long it may take. The usual five seconds are short for a sign-in that hashes a password. */
  readonly patience: string;
  /** Of a file with tests, without its ending. */
  readonly suffix: string;
  /** Environment variable that says where the app runs. Vitest sets BASE_URL itself, to the base path of the pages. */
  readonly baseUrl: 'BASE_URL' | 'TEST_BASE_URL';
  /** Shell command that runs the tests of a folder. */
  command(folder: string): string;
}

/** The words of a runner. */
export function dialectOf({ runner, options, ending, vmModules }: Project): Dialect {
  const usual = { describe: 'describe', afterAll: 'afterAll', patience: ', 30_000', suffix: '.test', baseUrl: 'BASE_URL' } as const;
  switch (runner) {
    case 'vitest':
      return { ...usual, baseUrl: 'TEST_BASE_URL', command: (folder) => `npx vitest run ${folder}` };
    case 'jest':
      return { ...usual, command: (folder) => `${vmModules ? 'NODE_OPTIONS=--experimental-vm-modules ' : ''}npx jest ${folder}` };
    case 'playwright':
      return {
        ...usual,
        describe: 'test.describe',
        afterAll: 'test.afterAll',
        patience: '',
        suffix: '.spec',
        command: (folder) => `npx playwright test ${folder}`,
      };
    case 'node':
      return {
        ...usual,
        afterAll: 'after',
        patience: '',
        command: (folder) => `node ${options}--test ${folder}/*.test${ending}`,
      };
  }
}

/** The line that brings names from a module. */
export const importLine = ({ modules }: Project, names: readonly string[], from: string): string =>
  modules ? `import { ${names.join(', ')} } from '${from}';` : `const { ${names.join(', ')} } = require('${from}');`;

/** The line that brings the runner's functions, those that `body` calls; none where they are globals. */
export function runnerLines(project: Project, body: string): readonly string[] {
  const { runner, jestGlobals } = project;
  const { describe, afterAll } = dialectOf(project);
  const used = runner === 'playwright' ? ['test'] : [afterAll, describe, 'test'].filter((name) => new RegExp(`\\b${name}\\(`).test(body));
  if (runner === 'jest') return jestGlobals ? [importLine(project, used, '@jest/globals')] : [];
  return [importLine(project, used, runner === 'node' ? 'node:test' : packages[runner])];
}

/** Tests of a server run in Node, whatever the repo's others run in: a page's own fetch keeps cookies and follows redirects. */
export const environmentLine = ({ runner }: Project): string | undefined =>
  runner === 'jest' ? '/** @jest-environment node */' : runner === 'vitest' ? '// @vitest-environment node' : undefined;
