import type { MakingRecipe, RecipePath } from '../evidence/live-recipes.ts';
import { comment, identifier, quoted, template } from './literal.ts';
import { dialectOf, type Project } from './project.ts';
import { bodyCode, makingsIn, pathCode } from './request.ts';
import type { Kind, Suite } from './suite.ts';
import { typed } from './typed.ts';

/** The tests that one customer neither sees nor changes what is another's, without the lines that bring in names. */
export function isolationCode({ kinds, found }: Pick<Suite, 'kinds' | 'found'>, project: Project): string {
  const dialect = dialectOf(project);
  const t = typed(project.typescript);
  const taken = new Set<string>();
  const makers = new Map(kinds.map(({ making, recipe }) => [making, identifier('make', recipe.route.replace(/^[A-Z]+ /, ''), taken)]));
  const parents = new Set(kinds.flatMap(({ recipe, changes }) => [recipe, ...changes].flatMap(({ path, body }) => makingsIn(path, body))));
  const test = (title: string, lines: readonly string[], indent: string): string[] => [
    `${indent}test(${quoted(title)}, async () => {`,
    ...lines.map((line) => `${indent}  ${line}`),
    `${indent}}${dialect.patience});`,
    '',
  ];
  return [
    ...kinds.flatMap((kind) => [makerCode(kind, makers, parents.has(kind.making), t), '']),
    ...kinds.flatMap((kind) => (tests(kind) ? describedCode(kind, makers, dialect.describe, test) : [])),
    ...(found.length > 0
      ? [comment('Nothing of these kinds could be made in the run: a thing that its owner has already is asked for.'), '']
      : []),
    ...found.flatMap(({ route, who, other, path, list, field }) => {
      const [before = '', , after = ''] = path.map((part) => (typeof part === 'string' ? part : ''));
      const from =
        field === undefined
          ? `linkedFor(owner, ${quoted(list)}, ${quoted(before)}, ${quoted(after)})`
          : `listedFor(owner, ${quoted(list)}, ${quoted(field)})`;
      const at = (id: string): string => template([before, { code: `encodeURIComponent(${id})` }, after]);
      const lines = [
        `const owner = await signedIn(${quoted(who)});`,
        `const id = await ${from};`,
        `await expectOnlyForOwner(owner, ${at('id')}, ${at('notThere(id)')}, ${outsiders(other, 'owner')});`,
      ];
      return test(`${route} gives what is ${who}'s to nobody else`, lines, '');
    }),
    `${dialect.afterAll}(removeWhatWasMade);`,
    '',
  ].join('\n');
}

const tests = ({ reads, lists, changes }: Kind): boolean => reads.length + lists.length + changes.length > 0;

const outsiders = (other: string, owner: string): string => `[await signedIn(${quoted(other)}), nobody(), pretender(${owner})]`;

type Makers = ReadonlyMap<number, string>;
type WriteTest = (title: string, lines: readonly string[], indent: string) => string[];

/** The things that something hangs on, made first: a line for each, and the names they have. */
function madeBefore(makings: readonly number[], makers: Makers): { readonly lines: string[]; readonly named: (making: number) => string } {
  const named = (making: number): string => (makers.get(making) ?? '').replace(/^make/, 'of');
  return { lines: makings.map((making) => `const ${named(making)} = await ${makers.get(making)}(owner);`), named };
}

function makerCode({ making, recipe, reads, changes }: Kind, makers: Makers, isParent: boolean, t: (type: string) => string): string {
  const { path, body, id, removal } = recipe;
  const before = madeBefore(makingsIn(path, body), makers);
  const around = { who: 'owner', mark: 'mark', thing: 'thing', made: before.named };
  const needed = reads.length + changes.length > 0 || isParent || removal !== undefined;
  const options = [
    path.length === 1 ? `path: ${pathCode(path, around)}` : 'path',
    'mark',
    `body: ${bodyCode(body, around, '    ')}`,
    ...(needed ? (id ? [`id: [${id.map(quoted).join(', ')}]`] : []) : ['id: false']),
    ...(removal ? [`removal: (id${t(': string')}) => ${itemCode(recipe, removal, 'path', 'id')}`] : []),
  ];
  return [
    comment(`One more by ${recipe.route}: the request that worked in the run, with a mark of its own in every text.`),
    ...(removal ? [] : [comment('The app has no way to remove it again: what the tests make here stays.')]),
    `async function ${makers.get(making)}(owner${t(': Visitor')})${t(': Promise<Thing>')} {`,
    ...before.lines.map((line) => `  ${line}`),
    ...(path.length === 1 ? [] : [`  const path = ${pathCode(path, around)};`]),
    '  const mark = newMark();',
    '  return create(owner, {',
    ...options.map((option) => `    ${option},`),
    '  });',
    '}',
  ].join('\n');
}

/** The address of one thing: below the list where it was added, which may itself lie below another thing. */
function itemCode({ path }: MakingRecipe, item: RecipePath, list: string, id: string): string {
  const [first = ''] = path;
  return path.length === 1 && typeof first === 'string'
    ? template(item.map((part) => (typeof part === 'string' ? part : { code: `encodeURIComponent(${id})` })))
    : template([{ code: list }, '/', { code: `encodeURIComponent(${id})` }]);
}

function describedCode(
  { making, recipe, other = '', reads, lists, changes }: Kind,
  makers: Makers,
  describe: string,
  test: WriteTest,
): string[] {
  const { who } = recipe;
  const owner = `const owner = await signedIn(${quoted(who)});`;
  const item = (path: RecipePath): string => itemCode(recipe, path, 'thing.path', 'thing.id');
  const seenAt = recipe.reads[0] ? item(recipe.reads[0].path) : quoted(recipe.lists[0] ?? '');
  const lines = [
    ...(reads.length + lists.length > 0
      ? [`  const made = once(async () => ${makers.get(making)}(await signedIn(${quoted(who)})));`, '']
      : []),
    ...reads.flatMap(({ route, path }) =>
      test(
        `${route} shows what ${who} made to nobody else`,
        [
          'const thing = await made();',
          `const path = ${item(path)};`,
          'await expectShown(thing, path);',
          `const others = ${outsiders(other, 'thing.owner')};`,
          'for (const other of others) await expectHidden(thing, path, other);',
        ],
        '  ',
      ),
    ),
    ...lists.flatMap(({ path, route, visitors }) =>
      test(
        `${route} lists what ${who} made to nobody else`,
        [
          'const thing = await made();',
          `await expectShown(thing, ${quoted(path)});`,
          `const others = ${visitors ? outsiders(other, 'thing.owner') : `[await signedIn(${quoted(other)})]`};`,
          `for (const other of others) await expectHidden(thing, ${quoted(path)}, other);`,
        ],
        '  ',
      ),
    ),
    ...changes.flatMap(({ route, method, path, body }) => {
      const before = madeBefore(body ? makingsIn([], body) : [], makers);
      const sent = body ? `, ${bodyCode(body, { who: 'owner', mark: 'mark', thing: 'thing', made: before.named }, '      ')}` : '';
      return test(
        `${route} lets nobody else ${method === 'DELETE' ? 'remove' : 'change'} what ${who} made`,
        [
          owner,
          ...before.lines,
          `const thing = await ${makers.get(making)}(owner);`,
          'await expectNoEffect(thing, {',
          `  seenAt: ${seenAt},`,
          `  others: ${outsiders(other, 'owner')},`,
          `  attempt: async (who${sent.includes('mark') ? ', mark' : ''}) => who.send(${quoted(method)}, ${item(path)}${sent}),`,
          '});',
        ],
        '  ',
      );
    }),
  ];
  while (lines.at(-1) === '') lines.pop();
  return [`${describe}(${quoted(recipe.route.replace(/^(?:POST|MUTATION) /, ''))}, () => {`, ...lines, '});', ''];
}
