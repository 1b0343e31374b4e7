import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';

/** Flaws of the shop; without them it is right. */
export type ShopFlaw =
  | 'order-of-others'
  | 'node-of-others'
  | 'orders-of-all'
  | 'changes-others'
  | 'closes-others'
  | 'deletes-others'
  | 'owner-in-input'
  | 'role-in-profile'
  | 'role-for-anybody'
  | 'hashes-to-all'
  | 'customers-by-link'
  | 'buyers-by-link'
  | 'order-by-number';

/** Ways of GraphQL to be right that have misled testers. */
export type ShopTrap =
  | 'refuses-by-null'
  | 'answers-but-changes-nothing'
  | 'hides-a-field'
  | 'hides-the-notes-of-others'
  | 'payloads'
  | 'relay'
  | 'no-introspection';

interface Customer {
  readonly __typename: 'Customer';
  readonly key: number;
  readonly email: string;
  readonly password: string;
  readonly firm: string;
  role: string;
}

interface Order {
  readonly key: number;
  owner: number;
  title: string;
  note: string | null;
  closed: boolean;
  /** Whoever reads it gets no note. */
  readonly hidden?: true;
}

export interface Shop {
  readonly origin: string;
  orders(): number;
  /** Names of mutations that were run and must not be sent. */
  readonly harm: string[];
  stop(): Promise<void>;
}

const schemaText = (has: (quirk: ShopTrap) => boolean): string => {
  const list = has('relay') ? 'OrderConnection!' : '[Order!]!';
  const made = has('payloads') ? 'OrderPayload!' : 'Order';
  return `
  interface Node { id: ID! }
  enum Role { CUSTOMER ADMIN }
  type Firm implements Node { id: ID! name: String! customers: [Customer!]! }
  type Customer implements Node { id: ID! email: String! role: Role! firm: Firm! orders: [Order!]! passwordHash: String ${has('hides-a-field') ? 'taxNumber: String!' : ''} }
  type Order implements Node { id: ID! title: String! note: String closed: Boolean! owner: Customer! product: Product! }
  type Product { name: String! buyers: [Customer!]! }
  type OrderEdge { cursor: String node: Order! }
  type PageInfo { hasNextPage: Boolean! }
  type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
  type Problem { message: String! field: [String!] }
  type OrderPayload { order: Order userErrors: [Problem!]! }
  type Session { token: String! }
  input OrderInput { title: String! note: String ${has('payloads') ? '' : 'ownerId: ID'} }
  input OrderChanges { title: String note: String }
  input ProfileInput { email: String role: Role }
  type Query { me: Customer orders(first: Int): ${list} order(id: ID!): Order node(id: ID!): Node customers: [Customer!]! }
  type Mutation {
    register(email: String!, password: String!): Session
    login(email: String!, password: String!): Session
    createOrder(input: OrderInput!): ${made}
    updateOrder(id: ID!, input: OrderChanges!): ${made}
    closeOrder(id: ID!): ${made}
    deleteOrder(id: ID!): ${has('payloads') ? 'OrderPayload!' : 'Boolean!'}
    payOrder(id: ID!): Order
    updateMe(input: ProfileInput!): Customer
    setRole(customerId: ID!, role: Role!): Customer
  }`;
};

/** A shop whose only address is \`/graphql\`. Customers: anna of the firm Alder, bert of Birch, each with an order; root runs it. */
export async function startShop(quirks: readonly (ShopFlaw | ShopTrap)[] = []): Promise<Shop> {
  const has = (quirk: ShopFlaw | ShopTrap): boolean => quirks.includes(quirk);
  const customers: Customer[] = [];
  const orders = new Map<number, Order>();
  const tokens = new Map<string, Customer>();
  const harm: string[] = [];
  const add = (email: string, password: string, firm: string, role = 'CUSTOMER'): Customer => {
    const one: Customer = { __typename: 'Customer', key: customers.length + 1, email, password, firm, role };
    customers.push(one);
    return one;
  };
  let last = 40;
  const order = (owner: Customer, title: string, note: string | null): Order => {
    const one = { key: ++last, owner: owner.key, title, note, closed: false };
    orders.set(one.key, one);
    return one;
  };
  for (const [name, firm] of [
    ['anna', 'Alder Ltd'],
    ['bert', 'Birch Ltd'],
  ] as const)
    order(add(`${name}@example.com`, `Lab-${name}-4711!`, firm), `First order of ${firm}`, `ring at the door of ${name}`);
  add('root@example.com', 'Lab-root-4711!', 'The Shop', 'ADMIN');

  const idOf = (type: string, key: number | string): string =>
    has('relay') ? Buffer.from(`${type}:${key}`).toString('base64') : String(key);
  const keyOf = (type: string, id: string): number => {
    const text = has('relay') ? Buffer.from(id, 'base64').toString() : id;
    return Number(text.replace(`${type}:`, ''));
  };
  const denied = (): GraphQLError => new GraphQLError('You may not do that.', { extensions: { code: 'FORBIDDEN' } });
  const refuse = (): null => {
    if (has('refuses-by-null')) return null;
    throw denied();
  };
  const isMine = (one: Order | undefined, me: Me, flaw?: ShopFlaw): boolean =>
    one !== undefined && me !== undefined && (one.owner === me.key || me.role === 'ADMIN' || (flaw !== undefined && has(flaw)));

  const shownFirm = (name: string, me: Me) => ({
    __typename: 'Firm',
    id: idOf('Firm', name),
    name,
    customers: () => customers.filter(({ firm }) => firm === name || has('customers-by-link')).map((one) => shownCustomer(one, me)),
  });
  const shownCustomer = (one: Customer, me: Me): object => ({
    __typename: 'Customer',
    id: idOf('Customer', one.key),
    email: one.email,
    role: one.role,
    firm: () => shownFirm(one.firm, me),
    orders: () => [...orders.values()].filter((each) => each.owner === one.key && isMine(each, me)).map((each) => shown(each, me)),
    passwordHash: has('hashes-to-all') ? createHash('sha256').update(one.password).digest('hex') : null,
    taxNumber: () => {
      if (me?.role !== 'ADMIN') throw denied();
      return `DE${one.key}00`;
    },
  });
  const shown = (one: Order, me: Me) => ({
    __typename: 'Order',
    id: idOf('Order', one.key),
    title: one.title,
    closed: one.closed,
    note: () => {
      if (one.hidden) throw denied();
      return one.note;
    },
    owner: () => shownCustomer(customers[one.owner - 1]!, me),
    product: {
      name: 'Table',
      buyers: () => customers.filter(({ key }) => key === me?.key || has('buyers-by-link')).map((each) => shownCustomer(each, me)),
    },
  });
  const answered = (one: Order | null, me: Me): unknown => {
    if (!has('payloads')) return one && shown(one, me);
    return one ? { order: shown(one, me), userErrors: [] } : { order: null, userErrors: [{ message: 'Not found', field: ['id'] }] };
  };
  const change = (id: string, me: Me, flaw: ShopFlaw, deed: (one: Order) => void): unknown => {
    const one = orders.get(keyOf('Order', id));
    if (!one || !isMine(one, me, flaw)) {
      if (one && me && has('answers-but-changes-nothing')) return answered({ ...one, owner: me.key, title: 'as you say', note: null }, me);
      return has('payloads') ? answered(null, me) : refuse();
    }
    deed(one);
    return answered(one, me);
  };
  const signedIn = (customer: Customer | undefined): { token: string } | null => {
    if (!customer) throw new GraphQLError('Wrong address or password', { extensions: { code: 'UNAUTHENTICATED' } });
    const token = randomUUID();
    tokens.set(token, customer);
    return { token };
  };

  const root = {
    me: (_: object, { me }: Context) => me && shownCustomer(me, me),
    orders: (_: object, { me }: Context) => {
      if (!me) throw denied();
      const all = [...orders.values()].filter((one) => one.owner === me.key || me.role === 'ADMIN' || has('orders-of-all'));
      const list = all.map((one) => shown(one, has('orders-of-all') ? { ...me, key: one.owner } : me));
      return has('relay') ? { edges: list.map((node) => ({ node })), pageInfo: { hasNextPage: false } } : list;
    },
    order: ({ id }: ById, { me }: Context) => {
      const one = orders.get(keyOf('Order', id));
      if (one && me && has('hides-the-notes-of-others'))
        return shown(one.owner === me.key ? one : { ...one, title: 'an order', owner: me.key, hidden: true }, me);
      return one && isMine(one, me, 'order-of-others') ? shown(one, { ...me!, key: one.owner }) : refuse();
    },
    node: ({ id }: ById, { me }: Context) => {
      const one = orders.get(keyOf('Order', id));
      return one && isMine(one, me, 'node-of-others') ? shown(one, { ...me!, key: one.owner }) : null;
    },
    customers: (_: object, { me }: Context) => {
      if (me?.role !== 'ADMIN' && !has('hashes-to-all')) throw denied();
      return customers.map((one) => shownCustomer(one, me));
    },
    register: ({ email, password }: SignIn) => signedIn(add(email, password, `Firm of ${email}`)),
    login: (given: SignIn) => signedIn(customers.find((one) => one.email === given.email && one.password === given.password)),
    createOrder: ({ input }: { input: { title: string; note?: string; ownerId?: string } }, { me }: Context) => {
      if (!me) throw denied();
      const owner = has('owner-in-input') && input.ownerId ? (customers[keyOf('Customer', input.ownerId) - 1] ?? me) : me;
      return answered(order(owner, input.title, input.note ?? null), { ...me, key: owner.key });
    },
    updateOrder: ({ id, input }: ById & { input: Partial<Order> }, { me }: Context) =>
      change(id, me, 'changes-others', (one) => void Object.assign(one, input)),
    closeOrder: ({ id }: ById, { me }: Context) => change(id, me, 'closes-others', (one) => void (one.closed = true)),
    deleteOrder: ({ id }: ById, { me }: Context) => {
      const one = orders.get(keyOf('Order', id));
      const mine = isMine(one, me, 'deletes-others') ? one : undefined;
      const gone = mine !== undefined && orders.delete(mine.key);
      if (has('payloads')) return answered(mine ?? null, mine ? { ...me!, key: mine.owner } : me);
      return gone || (has('answers-but-changes-nothing') ? true : refuse());
    },
    payOrder: () => void harm.push('payOrder'),
    updateMe: ({ input }: { input: { email?: string; role?: string } }, { me }: Context) => {
      if (!me) throw denied();
      if (input.role && has('role-in-profile')) me.role = input.role;
      return shownCustomer(me, me);
    },
    setRole: ({ customerId, role }: { customerId: string; role: string }, { me }: Context) => {
      const one = customers[keyOf('Customer', customerId) - 1];
      if (!one || (me?.role !== 'ADMIN' && !has('role-for-anybody'))) throw denied();
      one.role = role;
      return shownCustomer(one, me);
    },
  };

  const handler = createHandler<Context>({
    schema: buildSchema(schemaText((quirk) => has(quirk))),
    rootValue: root,
    context: ({ headers }) => {
      const token = String((headers as Record<string, unknown>)['authorization'] ?? '').replace('Bearer ', '');
      return { me: tokens.get(token) };
    },
    ...(has('no-introspection') && { validationRules: [NoSchemaIntrospectionCustomRule] }),
  });
  const server = createServer((request, response) => {
    const number = /^\/api\/orders\/(\d+)$/.exec(request.url ?? '')?.[1];
    const me = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    const one = orders.get(Number(number));
    if (request.url?.split('?')[0] === '/graphql') void handler(request, response);
    else if (isMine(one, me, 'order-by-number')) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(one));
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    orders: () => orders.size,
    harm,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Me = Customer | undefined;
interface Context extends Record<PropertyKey, unknown> {
  readonly me: Me;
}
interface ById {
  readonly id: string;
}
interface SignIn {
  readonly email: string;
  readonly password: string;
}
