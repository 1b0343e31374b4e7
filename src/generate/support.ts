import type { CallRecipe, Entry, EntryValue, SignInRecipe } from '../evidence/live-recipes.ts';
import { comment, key, quoted } from './literal.ts';
import { dialectOf, importLine, type Project } from './project.ts';
import { assertions } from './support-assertions.ts';
import { callsCode } from './support-calls.ts';
import { requests } from './support-requests.ts';
import { signInParts } from './support-sign-in.ts';
import { typed } from './typed.ts';

/** Somebody who signs in, and where the tests find what he signs in with. */
export interface Account {
  readonly name: string;
  /** Absent: it stands in an environment variable too. */
  readonly email?: string;
  readonly username?: string;
  /** Names of environment variables. */
  readonly emailFrom: string;
  readonly passwordFrom: string;
}

/** What the file that the tests share is made from. */
export interface Support {
  readonly origin: string;
  readonly signIns: readonly SignInRecipe[];
  readonly accounts: readonly Account[];
  /** Operations of GraphQL and tRPC that the tests use. */
  readonly calls: readonly CallRecipe[];
}

/** Names that the tests take from the file they share. */
export const shared = {
  people: ['signedIn', 'nobody', 'pretender'],
  things: ['newMark', 'create', 'once', 'removeWhatWasMade'],
  bodies: ['json', 'form', 'multipart', 'daysAhead', 'randomUUID', 'listedFor', 'linkedFor', 'notThere'],
  assertions: ['expectShown', 'expectHidden', 'expectNoEffect', 'expectOnlyForOwner', 'expectGuarded'],
} as const;

const allShared: readonly string[] = Object.values(shared).flat();

/** The file that the tests share: how people sign in, how requests are sent, and what is asked of the answers. */
export function supportCode({ origin, signIns, accounts, calls }: Support, project: Project): string {
  const t = typed(project.typescript);
  const { baseUrl } = dialectOf(project);
  const imports = project.modules
    ? // By its name: the default would need esModuleInterop where TypeScript writes CommonJS.
      [`import { strict as assert } from 'node:assert';`, importLine(project, ['randomBytes', 'randomUUID'], 'node:crypto')]
    : [`const assert = require('node:assert/strict');`, importLine(project, ['randomBytes', 'randomUUID'], 'node:crypto')];
  const exports = project.modules ? `export { ${allShared.join(', ')} };` : `module.exports = { ${allShared.join(', ')} };`;
  return [
    ...imports,
    '',
    `// Where the app runs. CI sets it to the address of the preview.${baseUrl === 'BASE_URL' ? '' : ' Not BASE_URL: Vitest sets that itself.'}`,
    `const baseUrl = process.env[${quoted(baseUrl)}] ?? ${quoted(origin)};`,
    '',
    requests(t, calls.length > 0),
    '',
    ...(calls.length > 0 ? [callsCode(calls, t), ''] : []),
    ...signInParts(signIns, t).flatMap((part) => [part, '']),
    entriesCode(signIns, accounts, t),
    '',
    assertions(t),
    '',
    exports,
    ...(project.typescript ? ['export type { Thing, Visitor };'] : []),
    '',
  ].join('\n');
}

type Typed = ReturnType<typeof typed>;

/** How each person gets in. People who go the same way share its function. */
function entriesCode(signIns: readonly SignInRecipe[], accounts: readonly Account[], t: Typed): string {
  const ways = new Map<string, string>();
  const functions: string[] = [];
  const wayOf = (entry: Entry, forgery: SignInRecipe['forgeryToken'], name: string): string => {
    const text = JSON.stringify([entry, forgery]);
    const known = ways.get(text);
    if (known !== undefined) return known;
    const free = `${name}${[...ways.values()].filter((way) => way.startsWith(name)).length || ''}`;
    ways.set(text, free);
    functions.push(entryFunction(free, entry, forgery, t));
    return free;
  };
  const people = signIns.map(({ who, entry, forgeryToken, signUp }): string => {
    const account = accounts.find(({ name }) => name === who);
    const signIn = wayOf(entry, forgeryToken, 'signIn');
    const given = signUp
      ? [`signUp: ${wayOf(signUp, undefined, 'signUp')}`]
      : [
          account?.email === undefined ? `email: process.env[${quoted(account?.emailFrom ?? '')}]` : `email: ${quoted(account.email)}`,
          ...(account?.username === undefined ? [] : [`username: ${quoted(account.username)}`]),
          `passwordFrom: ${quoted(account?.passwordFrom ?? '')}`,
        ];
    return `  ${key(who)}: { ${[...given, `signIn`].join(', ').replace(/signIn$/, signIn === 'signIn' ? 'signIn' : `signIn: ${signIn}`)} },`;
  });
  return [
    ...functions.flatMap((one) => [one, '']),
    ...(signIns.some(({ signUp }) => signUp)
      ? ['// Signed up anew for each run, as anybody can. An app has rarely a way to remove an account: use a database for tests.']
      : ['// Passwords stand in the environment variables that launch-ready.yaml names, never here.']),
    `const people${t(': Readonly<Record<string, Person>>')} = {`,
    ...people,
    '};',
    '',
    signedIn(
      t,
      signIns.some(({ signUp }) => signUp),
    ),
  ].join('\n');
}

const signedIn = (t: Typed, joins: boolean): string => `const sessions = new Map${t('<string, Promise<Visitor>>')}();

/** Somebody's session. One sign-in for each person and file of tests: most apps stop whoever signs in too often. */
function signedIn(name${t(': string')})${t(': Promise<Visitor>')} {
  const known = sessions.get(name);
  if (known) return known;
  const session = begin(name);
  sessions.set(name, session);
  return session;
}

async function begin(name${t(': string')})${t(': Promise<Visitor>')} {
  const person = people[name];
  assert.ok(person, \`\${name} is nobody whom these tests know\`);
  const visitor = new Visitor(name);
${joins ? signedUp : ''}  const { email, username = email, passwordFrom = '' } = person;
  const password = process.env[passwordFrom];
  assert.ok(password, \`Set the environment variable \${passwordFrom} to the password of \${name}.\`);
  assert.ok(email && username, \`Nothing says what \${name} signs in with.\`);
  await person.signIn(visitor, { email, username, password });
  return visitor;
}`;

const signedUp = `  if (person.signUp) {
    const account = newAccount();
    await person.signUp(new Visitor(name), account);
    await person.signIn(visitor, account);
    return visitor;
  }
`;

function entryFunction(name: string, { path, type, fields, page, token }: Entry, forgery: SignInRecipe['forgeryToken'], t: Typed): string {
  const pairs = fields.map(([field, value]) => [field, valueOf(value)] as const);
  const body =
    type === 'json'
      ? `json({ ${pairs.map(([field, value]) => `${key(field)}: ${value}`).join(', ')} })`
      : `form([${[...(page === undefined ? [] : ['...hidden']), ...pairs.map(([field, value]) => `[${quoted(field)}, ${value}]`)].join(', ')}])`;
  const lines = [
    ...(page === undefined
      ? []
      : [
          '  // As a browser does: the hidden fields of the form belong to this session.',
          `  const hidden = await hiddenFields(visitor, ${quoted(page)}, ${quoted(path)});`,
        ]),
    `  const answer = await visitor.send('POST', ${quoted(path)}, ${body});`,
    `  assert.ok(answer.status < 400, \`\${visitor.name} was not let in: \${answer.status} \${answer.text.slice(0, 200)}\`);`,
    ...(token ? [`  visitor.headers.set('authorization', \`Bearer \${textAt(answer, [${token.map(quoted).join(', ')}])}\`);`] : []),
    ...forgeryLines(forgery),
  ];
  return [
    comment(`POST ${path}`),
    `async function ${name}(visitor${t(': Visitor')}, account${t(': Account')})${t(': Promise<void>')} {`,
    ...lines,
    '}',
  ].join('\n');
}

function forgeryLines(forgery: SignInRecipe['forgeryToken']): string[] {
  if (!forgery) return [];
  const why = '  // The app takes changes only from its own pages, which know this token.';
  if ('page' in forgery) return [why, `  visitor.headers.set('x-csrf-token', await forgeryTokenOn(visitor, ${quoted(forgery.page)}));`];
  const cookie = `decodeURIComponent(visitor.cookies.get(${quoted(forgery.cookie)}) ?? '')`;
  return [why, ...['x-csrf-token', 'x-xsrf-token'].map((header) => `  visitor.headers.set('${header}', ${cookie});`)];
}

const valueOf = (value: EntryValue): string =>
  'account' in value ? `account.${value.account}` : typeof value.value === 'string' ? quoted(value.value) : JSON.stringify(value.value);
