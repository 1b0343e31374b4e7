import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GivenPerson } from '../../../core/target.ts';

/** Flaws of the office, each in a drawer of its own, so that one run shows them all; without them it is right. */
export type OfficeFlaw =
  /** Whose basket an item goes into is checked by the first `basket_id` of the body, and done by the last. */
  | 'checks-the-first-key'
  | 'id-in-the-body'
  | 'several-at-once'
  | 'archives-others'
  | 'told-at-the-door'
  | 'remarks-below-private'
  | 'search-lists-all'
  | 'environment'
  | 'whose-by-query'
  | 'stored-for-anybody';

/** Right, or known only once: a file is handed to somebody else a single time, as while its rules are being changed. */
export type OfficeTrap = 'stored-once';

export const officePeople: readonly GivenPerson[] = ['anna', 'bert'].map((name) => ({
  name,
  tenant: name,
  email: `${name}@office.example`,
  password: `Lab-${name}-4711`,
}));

interface Row {
  readonly id: string;
  readonly user_id: number;
  readonly [field: string]: unknown;
}

/** What lies in each drawer, by the fields that are sent. */
const drawers: Readonly<Record<string, readonly string[]>> = {
  baskets: ['title'],
  items: ['basket_id', 'text'],
  reviews: ['message'],
  labels: ['name'],
  letters: ['subject'],
  files: ['name', 'text'],
};

const body = (...names: string[]) => ({
  requestBody: {
    content: {
      'application/json': {
        schema: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) },
      },
    },
  },
});

const described = {
  '/login': { post: body('email', 'password') },
  '/me': { get: {} },
  '/status': { get: {} },
  '/export': { get: {} },
  '/cart/{id}': { get: {} },
  ...Object.fromEntries(
    Object.entries(drawers).flatMap(([name, fields]) => [
      [
        `/${name}`,
        {
          get: {},
          post: body(...fields),
          ...(name === 'reviews' && { patch: body('id', 'message') }),
          ...(name === 'labels' && { patch: {} }),
        },
      ],
      [`/${name}/{id}`, { get: {}, delete: {} }],
    ]),
  ),
  '/letters/{id}/archive': { post: {} },
  '/letters/{id}/remarks': { get: {}, post: body('text') },
  '/products': { get: {} },
  '/products/{id}': { get: {} },
  '/products/{id}/comments': { get: {}, post: body('text') },
};

const environment = {
  PWD: '/srv/office',
  NODE_ENV: 'production',
  HOSTNAME: 'office-1',
  SHLVL: '1',
  DATABASE_URL: 'postgres://office@db/office',
  npm_package_name: 'office',
};

export interface OfficeApp {
  readonly origin: string;
  stop(): Promise<void>;
}

/**
 * An office with drawers that hold what belongs to whoever put it there, and products with comments for everybody, which are right and look like a leak:
 * who is no customer is shown what others wrote, below a thing that he is shown as well.
 */
export async function startOffice(flaws: readonly (OfficeFlaw | OfficeTrap)[] = []): Promise<OfficeApp> {
  const has = (flaw: OfficeFlaw | OfficeTrap): boolean => flaws.includes(flaw);
  let handedOut = false;
  const rows = new Map<string, Row[]>(Object.keys(drawers).map((name) => [name, []]));
  const below = new Map<string, { readonly id: string; readonly text: unknown; readonly author?: string | undefined }[]>([
    [
      'product 31',
      officePeople.map(({ email, name }) => ({ id: randomUUID(), author: email, text: `Holds ${name} very well, said ${name}` })),
    ],
  ]);
  const sessions = new Map<string, number>();
  const opened = new Date();
  const server = createServer((request, response) => void answer(request, response));
  const of = (drawer: string): Row[] => rows.get(drawer) ?? [];
  const find = (drawer: string, id: unknown): Row | undefined => of(drawer).find((row) => row.id === id);
  const put = (drawer: string, row: Row): void => void rows.set(drawer, [...of(drawer).filter(({ id }) => id !== row.id), row]);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const { pathname, searchParams } = new URL(url, 'http://office');
    const text = await textOf(request);
    const sent = parsed(text);
    const [status, value] = told(method, pathname, searchParams, text, sent, sessions.get((request.headers.authorization ?? '').slice(7)));
    response.writeHead(status, { 'content-type': 'application/json' }).end(status === 204 ? '' : JSON.stringify(value ?? {}));
  }

  function told(
    method: string,
    path: string,
    query: URLSearchParams,
    text: string,
    sent: Sent,
    me: number | undefined,
  ): [number, unknown?] {
    const [, drawer = '', id, deed, more] = path.split('/');
    if (more !== undefined) return [404];
    if (path === '/openapi.json') return [200, { openapi: '3.1.0', paths: described }];
    if (path === '/login') return signIn(sent);
    if (path === '/status') return [200, has('environment') ? { env: environment } : { is: 'well' }];
    if (drawer === 'products') return onProducts(method, id, deed, sent, me);
    if (path === '/export' && has('whose-by-query'))
      return [200, of('letters').filter(({ user_id }) => String(user_id) === query.get('user_id'))];
    if (drawer === 'stored') {
      const file = of('files').find(({ url }) => url === path);
      const isOnce = file !== undefined && file.user_id !== me && has('stored-once') && !handedOut;
      handedOut ||= isOnce;
      return file && (file.user_id === me || has('stored-for-anybody') || isOnce) ? [200, file['text']] : [404];
    }
    // A link to pass on: whoever knows it is shown the file.
    if (drawer === 'f') {
      const file = of('files').find(({ link }) => link === path);
      return file ? [200, file['text']] : [404];
    }
    if (me === undefined) return [401];
    if (path === '/me') return [200, { id: me, email: officePeople[me - 1]?.email }];
    if (path === '/export') return [200, of('letters').filter(({ user_id }) => user_id === me)];
    if (drawer === 'cart')
      return id === String(me + 70) || has('told-at-the-door')
        ? [200, { id: Number(id), createdAt: new Date(opened.getTime() + Number(id)), units: [] }]
        : [403];
    if (!rows.has(drawer)) return [404];
    return id === undefined ? onDrawer(method, drawer, text, sent, me) : onRow(method, drawer, id, deed, sent, me);
  }

  function signIn({ email, password }: Sent): [number, unknown?] {
    const nth = officePeople.findIndex((one) => one.email === email && one.password === password) + 1;
    if (nth === 0) return [401];
    const token = randomUUID();
    sessions.set(token, nth);
    return [200, { access_token: token, cid: nth + 70 }];
  }

  function onDrawer(method: string, drawer: string, text: string, sent: Sent, me: number): [number, unknown?] {
    const own = of(drawer).filter(({ user_id }) => user_id === me);
    if (method === 'GET')
      return [200, drawer === 'items' ? of('items').filter(({ basket_id }) => find('baskets', basket_id)?.user_id === me) : own];
    if (method === 'SEARCH') return [200, has('search-lists-all') && drawer === 'letters' ? of(drawer) : own];
    if (method === 'PATCH') return change(drawer, sent, me);
    if (method !== 'POST') return [405];
    const checked = has('checks-the-first-key') ? /"basket_id":"([^"]*)"/.exec(text)?.[1] : sent['basket_id'];
    if (drawer === 'items' && find('baskets', checked)?.user_id !== me) return [403];
    const id = randomUUID();
    const fields = Object.fromEntries((drawers[drawer] ?? []).map((name) => [name, sent[name]]));
    put(drawer, {
      id,
      user_id: me,
      ...fields,
      ...(drawer === 'files' && { url: `/stored/${4000 + of(drawer).length}`, link: `/f/${randomUUID()}` }),
    });
    return [201, find(drawer, id)];
  }

  /** `PATCH /reviews { id, message }`, `PATCH /labels { keys, data }`. */
  function change(drawer: string, sent: Sent, me: number): [number, unknown?] {
    const isSeveral = drawer === 'labels';
    const keys = isSeveral && Array.isArray(sent['keys']) ? (sent['keys'] as unknown[]) : [sent['id']];
    const found = keys.flatMap((id) => find(drawer, id) ?? []);
    const may = has(isSeveral ? 'several-at-once' : 'id-in-the-body') || found.every(({ user_id }) => user_id === me);
    if (!/reviews|labels/.test(drawer) || found.length === 0 || !may) return [404];
    const data = isSeveral ? { name: (sent['data'] as Sent | undefined)?.['name'] } : { message: sent['message'] };
    for (const row of found) put(drawer, { ...row, ...data });
    return [200, found];
  }

  function onRow(method: string, drawer: string, id: string, deed: string | undefined, sent: Sent, me: number): [number, unknown?] {
    const row = find(drawer, id);
    const own = row?.user_id === me;
    if (!row) return [404];
    if (deed === 'archive' && method === 'POST' && (own || has('archives-others'))) {
      put(drawer, { ...row, archived: true });
      return [204];
    }
    if (deed === 'remarks' && drawer === 'letters' && (own || (has('remarks-below-private') && method === 'GET')))
      return onTexts(method, id, sent);
    if (!own || deed !== undefined) return [404];
    if (method === 'DELETE')
      rows.set(
        drawer,
        of(drawer).filter((one) => one !== row),
      );
    return method === 'DELETE' ? [204] : [200, row];
  }

  function onProducts(
    method: string,
    id: string | undefined,
    deed: string | undefined,
    sent: Sent,
    me: number | undefined,
  ): [number, unknown?] {
    const products = [31, 32].map((nr) => ({ id: nr, name: `Chair no. ${nr}` }));
    if (id === undefined) return method === 'GET' ? [200, products] : [me === undefined ? 401 : 403];
    const one = products.find((product) => String(product.id) === id);
    if (!one || (method !== 'GET' && me === undefined)) return [one ? 401 : 404];
    return deed === 'comments' ? onTexts(method, `product ${id}`, sent) : method === 'GET' ? [200, one] : [403];
  }

  function onTexts(method: string, at: string, sent: Sent): [number, unknown?] {
    const texts = below.get(at) ?? [];
    if (method === 'GET') return [200, texts];
    const one = { id: randomUUID(), text: sent['text'] };
    below.set(at, [...texts, one]);
    return [201, one];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Sent = Readonly<Record<string, unknown>>;

function parsed(text: string): Sent {
  try {
    return JSON.parse(text || '{}') as Sent;
  } catch {
    return {};
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
