import { createHash } from 'node:crypto';
import type { LiveAccess } from '../evidence/live-access.ts';
import { guardedCode } from './guarded.ts';
import { isolationCode } from './isolation.ts';
import { comment } from './literal.ts';
import { dialectOf, environmentLine, importLine, type Project, runnerLines } from './project.ts';
import { suiteOf } from './suite.ts';
import { type Account, shared, supportCode } from './support.ts';

/** A file for the user's repo. */
export interface GeneratedFile {
  readonly name: string;
  readonly content: string;
  /** Tests in it. */
  readonly tests: number;
}

/** What was written, and which routes have no test. */
export interface Generated {
  readonly files: readonly GeneratedFile[];
  readonly leftOut: readonly { readonly route: string; readonly why: string }[];
}

/** Name of the file that the tests share, without its ending. */
const support = 'app';

/** Makes test files of what a run proved; no files where it proved nothing that a test could hold on to. */
export function generateTests(live: LiveAccess, project: Project, accounts: readonly Account[]): Generated {
  const suite = suiteOf(live, live.recipes ?? { signIns: [], makings: [], found: [], guarded: [] });
  const { suffix, baseUrl } = dialectOf(project);
  const file = (name: string, head: readonly string[], body: string, tests: number): GeneratedFile => ({
    name: `${name}${project.ending}`,
    content: signed([...head.map(comment), ...aboutIt(live.origin, baseUrl)], tests > 0 ? environmentLine(project) : undefined, body),
    tests,
  });
  const withTests = (name: string, head: readonly string[], body: string): GeneratedFile =>
    file(`${name}${suffix}`, head, `${importsFor(body, project)}\n\n${body}`, body.match(/\btest\(/g)?.length ?? 0);
  const files: GeneratedFile[] = [];
  const isolated = suite.kinds.length + suite.found.length > 0;
  if (isolated)
    files.push(
      withTests(
        'tenant-isolation',
        [
          'Tenant isolation: what one customer has, another one, a visitor and somebody with a made-up session neither see nor change.',
          'Each test makes a thing with a random mark in it and looks for that mark, because a status says little: apps answer 200 to what they refuse,',
          'and 404 to what they did.',
        ],
        isolationCode(suite, project),
      ),
    );
  if (suite.guarded.length > 0) {
    const guarded = withTests(
      'protected-routes',
      ['Protected routes: what needs a session gives nothing without one.'],
      guardedCode(suite, project),
    );
    files.push({ ...guarded, tests: suite.guarded.length });
  }
  if (files.length > 0)
    files.unshift(
      file(
        support,
        ['What the tests beside it share: how people sign in, how requests are sent, and what is asked of the answers.'],
        supportCode({ origin: live.origin, signIns: suite.signIns, accounts, calls: suite.calls }, project),
        0,
      ),
    );
  return { files, leftOut: suite.leftOut };
}

const aboutIt = (origin: string, baseUrl: string): string[] => [
  '//',
  comment(`Written by launch-ready generate from what a run proved on ${origin}. It needs nothing of launch-ready: edit it as you like.`),
  `// ${baseUrl} says where the app runs; the tests make things there, so it should not be the one your customers use.`,
];

function importsFor(body: string, project: Project): string {
  const used = Object.values(shared)
    .flat()
    .filter((name) => new RegExp(`\\b${name}\\b`).test(body));
  const types = project.typescript ? ['Thing', 'Visitor'].filter((name) => new RegExp(`: (?:Promise<)?${name}\\b`).test(body)) : [];
  return [
    ...runnerLines(project, body),
    importLine(project, used, `./${support}${project.imported}`),
    ...(types.length > 0 ? [`import type { ${types.join(', ')} } from './${support}${project.imported}';`] : []),
  ].join('\n');
}

const mark = /^\/\/ Fingerprint: ([0-9a-f]{16})\.[^\n]*\n/m;
const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function signed(head: readonly string[], environment: string | undefined, body: string): string {
  const before = environment === undefined ? '' : `${environment}\n`;
  const text = `${before}${head.join('\n')}\n\n${body}`;
  const line = `// Fingerprint: ${fingerprint(text)}. While it fits, generate writes the file anew; an edited one only with --force.\n`;
  return `${before}${head.join('\n')}\n${line}\n${body}`;
}

/** Whether a file is as it was written by us. */
export function isUnedited(content: string): boolean {
  const text = content.replaceAll('\r\n', '\n');
  const told = mark.exec(text)?.[1];
  return told !== undefined && fingerprint(text.replace(mark, '')) === told;
}
