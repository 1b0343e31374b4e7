import { quoted } from './literal.ts';
import { dialectOf, type Project } from './project.ts';
import type { Suite } from './suite.ts';
import { typed } from './typed.ts';

/** The tests that visitors are not shown what people who are signed in are, without the lines that bring in names. */
export function guardedCode({ guarded, signIns }: Pick<Suite, 'guarded' | 'signIns'>, project: Project): string {
  const dialect = dialectOf(project);
  const t = typed(project.typescript);
  const doors = signIns.flatMap(({ entry }) => (entry.page === undefined ? [] : [entry.page]));
  return [
    '// What everybody may see: it is no secret where it turns up elsewhere, such as the names in a menu.',
    `const open${t(': string[]')} = [${[...new Set(['/', ...doors, '/nothing-is-here'])].map(quoted).join(', ')}];`,
    '',
    '// Each address, and somebody who is shown something there.',
    `const routes${t(': [path: string, who: string][]')} = [`,
    ...guarded.map(({ path, who }) => `  [${quoted(path)}, ${quoted(who)}],`),
    '];',
    '',
    `${dialect.describe}('without a session, and with a made-up one', () => {`,
    '  for (const [path, who] of routes)',
    '    test(`GET ${path} is refused`, async () => {',
    '      await expectGuarded(await signedIn(who), path, open);',
    `    }${dialect.patience});`,
    '});',
    '',
  ].join('\n');
}
