import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { initTRPC, TRPCError } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';

/** Flaws of the desk; without them it is right. */
export type DeskFlaw = 'ticket-of-others' | 'tickets-of-all' | 'changes-others' | 'closes-others' | 'deletes-others' | 'role-in-profile';
/** Ways to be right. */
export type DeskTrap = 'superjson' | 'numbers' | 'finds-nothing';

interface Member {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  role: string;
  name: string;
}

interface Ticket {
  readonly id: string | number;
  readonly ownerId: string;
  subject: string;
  closed: boolean;
}

interface Context {
  readonly me: Member | undefined;
}

export interface Desk {
  readonly origin: string;
  tickets(): number;
  stop(): Promise<void>;
}

type Fields = Readonly<Record<string, unknown>>;

/** What a schema library does: takes the fields it knows, and says in its own way what is wrong with the others. */
const taking =
  (...wanted: readonly (readonly [string, 'string' | 'number', ('optional' | undefined)?])[]) =>
  (input: unknown): Fields => {
    const given = (input !== null && typeof input === 'object' ? input : {}) as Fields;
    const issues = wanted.flatMap(([name, type, optional]) => {
      const value = given[name];
      if ((value === undefined && optional) || typeof value === type) return [];
      return [{ code: 'invalid_type', expected: type, path: [name], message: `Invalid input: expected ${type}, received ${typeof value}` }];
    });
    if (issues.length > 0) throw new Error(JSON.stringify(issues));
    return Object.fromEntries(wanted.flatMap(([name]) => (name in given ? [[name, given[name]]] : [])));
  };

/** A help desk whose procedures are at `/api/trpc`. Members: anna and bert, each with a ticket. */
export async function startDesk(quirks: readonly (DeskFlaw | DeskTrap)[] = []): Promise<Desk> {
  const has = (quirk: DeskFlaw | DeskTrap): boolean => quirks.includes(quirk);
  const t = initTRPC.context<Context>().create(has('superjson') ? { transformer: superjson } : {});
  const members: Member[] = [];
  const tickets = new Map<string, Ticket>();
  const tokens = new Map<string, Member>();
  const idType = has('numbers') ? 'number' : 'string';
  let last = 70;
  const add = (email: string, password: string): Member => {
    const one = { id: randomUUID(), email, password, role: 'member', name: '' };
    members.push(one);
    return one;
  };
  const open = (owner: Member, subject: string): Ticket => {
    const one = { id: has('numbers') ? ++last : randomUUID(), ownerId: owner.id, subject, closed: false };
    tickets.set(String(one.id), one);
    return one;
  };
  for (const name of ['anna', 'bert']) open(add(`${name}@example.com`, `Lab-${name}-4711!`), `The printer of ${name} is out of paper`);

  const signedIn = t.procedure.use(({ ctx, next }) => {
    if (!ctx.me) throw new TRPCError({ code: 'UNAUTHORIZED' });
    return next({ ctx: { me: ctx.me } });
  });
  const mine = (id: unknown, me: Member, flaw: DeskFlaw): Ticket => {
    const one = tickets.get(String(id));
    if (!one || (one.ownerId !== me.id && !has(flaw))) throw new TRPCError({ code: 'NOT_FOUND' });
    return one;
  };
  const enter = (member: Member | undefined): { token: string; email: string } => {
    if (!member) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Wrong address or password' });
    const token = randomUUID();
    tokens.set(token, member);
    return { token, email: member.email };
  };
  const shown = ({ id, email, role, name }: Member) => ({ id, email, role, name });
  const credentials = taking(['email', 'string'], ['password', 'string']);

  const router = t.router({
    auth: t.router({
      login: t.procedure
        .input(credentials)
        .mutation(({ input }) => enter(members.find((one) => one.email === input['email'] && one.password === input['password']))),
      register: t.procedure.input(credentials).mutation(({ input }) => enter(add(String(input['email']), String(input['password'])))),
    }),
    user: t.router({
      me: signedIn.query(({ ctx }) => shown(ctx.me)),
      updateMe: signedIn.input(taking(['name', 'string', 'optional'], ['role', 'string', 'optional'])).mutation(({ ctx, input }) => {
        if (input['name'] !== undefined) ctx.me.name = String(input['name']);
        if (input['role'] !== undefined && has('role-in-profile')) ctx.me.role = String(input['role']);
        return shown(ctx.me);
      }),
    }),
    ticket: t.router({
      list: signedIn.query(({ ctx }) => [...tickets.values()].filter(({ ownerId }) => ownerId === ctx.me.id || has('tickets-of-all'))),
      byId: signedIn.input(taking(['id', idType])).query(({ ctx, input }) => {
        if (has('finds-nothing') && tickets.get(String(input['id']))?.ownerId !== ctx.me.id) return null;
        return mine(input['id'], ctx.me, 'ticket-of-others');
      }),
      create: signedIn.input(taking(['subject', 'string'])).mutation(({ ctx, input }) => open(ctx.me, String(input['subject']))),
      update: signedIn.input(taking(['id', idType], ['subject', 'string'])).mutation(({ ctx, input }) => {
        const one = mine(input['id'], ctx.me, 'changes-others');
        one.subject = String(input['subject']);
        return one;
      }),
      close: signedIn.input(taking(['id', idType])).mutation(({ ctx, input }) => {
        mine(input['id'], ctx.me, 'closes-others').closed = true;
      }),
      delete: signedIn.input(taking(['id', idType])).mutation(({ ctx, input }) => {
        tickets.delete(String(mine(input['id'], ctx.me, 'deletes-others').id));
      }),
    }),
  });

  const server = createHTTPServer({
    router,
    basePath: '/api/trpc/',
    createContext: ({ req }): Context => ({ me: tokens.get(String(req.headers.authorization ?? '').replace('Bearer ', '')) }),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tickets: () => tickets.size,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What the code of the desk says of its procedures. */
export const deskProcedures: readonly (readonly ['GET' | 'POST', string])[] = [
  ['POST', 'auth.login'],
  ['POST', 'auth.register'],
  ['GET', 'user.me'],
  ['POST', 'user.updateMe'],
  ['GET', 'ticket.list'],
  ['GET', 'ticket.byId'],
  ['POST', 'ticket.create'],
  ['POST', 'ticket.update'],
  ['POST', 'ticket.close'],
  ['POST', 'ticket.delete'],
];
