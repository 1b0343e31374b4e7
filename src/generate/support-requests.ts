import type { typed } from './typed.ts';

const sendCalling = (
  t: ReturnType<typeof typed>,
): string => `  async send(method${t(': string')}, path${t(': string')}, body${t('?: Body')})${t(': Promise<Answer>')} {
    const called = await callOf(method, path, body);
    if (!called) return this.sendAsItIs(method, path, body);
    const answer = await this.sendAsItIs(called.method, called.path, called.body === undefined ? undefined : json(called.body));
    return answered(called, answer);
  }

`;

/** The part of the shared file that sends requests; `calls`: some go to an address that many share. */
export const requests = (t: ReturnType<typeof typed>, calls: boolean): string => `${t(`interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

type Body = Blob | FormData | URLSearchParams;

interface Account {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

interface Person {
  readonly email?: string | undefined;
  readonly username?: string;
  readonly passwordFrom?: string;
  readonly signUp?: (visitor: Visitor, account: Account) => Promise<void>;
  readonly signIn: (visitor: Visitor, account: Account) => Promise<void>;
}

/** Something that a test made. */
interface Thing {
  readonly owner: Visitor;
  /** Stands in its texts and nowhere else. */
  readonly mark: string;
  /** Where it was added. */
  readonly path: string;
  readonly id: string;
}

`)}/** Whoever sends requests, with cookies and headers of his own. Redirects are not followed: where one leads says nothing of what was shown. */
class Visitor {
  ${t('readonly ')}name${t(': string')};
  ${t('readonly ')}cookies = new Map${t('<string, string>')}();
  ${t('readonly ')}headers = new Map${t('<string, string>')}();

  constructor(name${t(': string')}) {
    this.name = name;
  }

${calls ? sendCalling(t) : ''}  async ${calls ? 'sendAsItIs' : 'send'}(method${t(': string')}, path${t(': string')}, body${t('?: Body')})${t(': Promise<Answer>')} {
    const url = new URL(path, baseUrl);
    assert.equal(url.origin, new URL(baseUrl).origin, \`\${path} lies outside the app\`);
    const headers = new Headers([...this.headers]);
    headers.set('accept', 'application/json, text/html;q=0.9, */*;q=0.8');
    if (this.cookies.size > 0) headers.set('cookie', [...this.cookies].map((pair) => pair.join('=')).join('; '));
    // As a browser does on the app's own pages.
    if (method !== 'GET') headers.set('origin', url.origin);
    const response = await fetch(url, { method, headers, redirect: 'manual', ...(body && { body }) });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return { status: response.status, text: await response.text(), location: response.headers.get('location') };
  }

  ${t('private ')}keep(line${t(': string')})${t(': void')} {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const over = attributes.some((one) => /^\\s*max-age=(?:0|-\\d+)\\s*$/i.test(one) || Date.parse(/^\\s*expires=(.*)$/i.exec(one)?.[1] ?? '') < Date.now());
    if (over) this.cookies.delete(pair.slice(0, at).trim());
    else this.cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
}

/** Nobody: no cookies, no token. */
const nobody = () => new Visitor('a visitor');

/** Somebody who sends all that a session has, made up. */
function pretender(real${t(': Visitor')})${t(': Visitor')} {
  const visitor = new Visitor('somebody with a made-up session');
  for (const name of real.cookies.keys()) visitor.cookies.set(name, randomBytes(24).toString('hex'));
  visitor.headers.set('authorization', \`Bearer \${randomBytes(24).toString('hex')}\`);
  return visitor;
}

const json = (value${t(': unknown')}) => new Blob([JSON.stringify(value)], { type: 'application/json' });

const form = (fields${t(': readonly (readonly [string, unknown])[]')}) =>
  new URLSearchParams(fields.map(([name, value])${t(': [string, string]')} => [name, String(value)]));

function multipart(
  fields${t(': readonly (readonly [string, unknown])[]')},
  files${t(': readonly { field: string; name: string; type: string; text: string }[]')},
)${t(': FormData')} {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, String(value));
  for (const { field, name, type, text } of files) data.append(field, new Blob([text], { type }), name);
  return data;
}

const newMark = () => \`lr\${randomBytes(5).toString('hex')}\`;

/** \`2030-01-31\` */
const daysAhead = (days${t(': number')}) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const parsed = (text${t(': string')})${t(': unknown')} => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

${t(`type Row = Readonly<Record<string, unknown>>;

`)}/** Every record of a JSON value, the outer ones first. */
function rowsOf(value${t(': unknown')})${t(': Row[]')} {
  if (Array.isArray(value)) return value.flatMap(rowsOf);
  if (value === null || typeof value !== 'object') return [];
  return [value${t(' as Row')}, ...Object.values(value).flatMap(rowsOf)];
}

function textAt(answer${t(': Answer')}, keys${t(': readonly string[]')})${t(': string')} {
  let value = parsed(answer.text);
  for (const key of keys) value = value !== null && typeof value === 'object' ? ${t('(')}value${t(' as Row)')}[key] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What stands in a field of the first row that somebody is shown in a list of his. */
async function listedFor(visitor${t(': Visitor')}, path${t(': string')}, field${t(': string')})${t(': Promise<string | number>')} {
  const answer = await visitor.send('GET', path);
  const values = rowsOf(parsed(answer.text)).map((row) => row[field]);
  const found = values.find((value) => typeof value === 'string' || typeof value === 'number');
  assert.ok(found !== undefined, \`GET \${path} (\${answer.status}) shows \${visitor.name} no row with \${field}: the test needs one.\`);
  return found${t(' as string | number')};
}

/** The id in the first link of a page that leads to \`before…after\`. */
async function linkedFor(visitor${t(': Visitor')}, page${t(': string')}, before${t(': string')}, after${t(': string')})${t(': Promise<string>')} {
  const { status, text } = await visitor.send('GET', page);
  const links = [...text.matchAll(/href=["']([^"']+)["']/g)].map(([, link = '']) => new URL(link, new URL(page, baseUrl)).pathname);
  const ids = links.filter((link) => link.startsWith(before) && link.endsWith(after)).map((link) => link.slice(before.length, link.length - after.length));
  const id = ids.find((one) => one !== '' && /\\d/.test(one) && !one.includes('/'));
  assert.ok(id !== undefined, \`GET \${page} (\${status}) shows \${visitor.name} no link to \${before}…: the test needs one.\`);
  return decodeURIComponent(id);
}

/** An id of the same form that nothing has. */
const notThere = (id${t(': string | number')}) =>
  /^\\d+$/.test(String(id)) ? '987654321' : /^[0-9a-f]{8}-/i.test(String(id)) ? randomUUID() : randomBytes(Math.max(4, String(id).length >> 1)).toString('hex');`;
