import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Ways in which the small app's webhook differs from what one expects. Those that begin with `flaw-` are flaws, the others are right, or at least no proof. */
export type HookQuirk =
  /** Answers 200 to everybody and ignores what it cannot verify. */
  | 'silent'
  /** Keeps what came for later, and looks at it then. */
  | 'queue'
  /** Nobody sees what messages do. */
  | 'nothing-shown'
  /** Tells its owner of each message, refused or not. */
  | 'tells-of-refused'
  /** Says that it knows a message already. */
  | 'says-duplicate'
  /** Refuses a message it has seen. */
  | 'refuses-duplicate'
  /** Has another secret than it is thought to have. */
  | 'other-secret'
  /** Takes no message about what does not exist. */
  | 'strict'
  /** Answers 200 to what it does not know, and stumbles over what it knows when something is missing in it. */
  | 'lenient'
  /** Books something by itself, again and again. */
  | 'restless'
  /** Takes three messages and no more. */
  | 'few'
  | 'flaw-unsigned'
  | 'flaw-if-present'
  | 'flaw-form-only'
  | 'flaw-no-tolerance'
  | 'flaw-rows-twice'
  | 'flaw-counts-twice';

export interface HookApp {
  readonly origin: string;
  readonly secret: string;
  stop(): Promise<void>;
}

interface Event {
  readonly id: string;
  readonly data: { readonly object: { readonly id: string; readonly amount_paid: number; readonly metadata: { readonly note: string } } };
}

/** An app that books what a payment provider tells it (`Stripe-Signature`): `GET /payments` and `GET /account` show it. */
export async function startHookApp(quirks: readonly HookQuirk[] = []): Promise<HookApp> {
  const has = (quirk: HookQuirk): boolean => quirks.includes(quirk);
  const secret = 'the-secret-of-the-small-app';
  const payments: { readonly id: string; readonly note: string }[] = [];
  const notices: string[] = [];
  const known = new Set<string>();
  let balance = 100;
  let taken = 0;

  const verified = (body: string, header: string | undefined): boolean => {
    if (has('flaw-unsigned') || (has('flaw-if-present') && header === undefined)) return true;
    const [, time = '', given = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
    if (given === '') return false;
    if (!has('flaw-no-tolerance') && Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
    const key = has('other-secret') ? 'another' : secret;
    const right = createHmac('sha256', key).update(`${time}.${body}`).digest();
    return has('flaw-form-only') || timingSafeEqual(right, Buffer.from(given, 'hex'));
  };

  function book({ id, data: { object } }: Event): 'booked' | 'known' {
    const again = known.has(id);
    known.add(id);
    if (!again || has('flaw-rows-twice')) payments.push({ id: object.id, note: object.metadata.note });
    if (!again || has('flaw-counts-twice')) balance += object.amount_paid;
    return again ? 'known' : 'booked';
  }

  function take(body: string, header: string | undefined): [number, unknown] {
    taken += 1;
    if (has('restless')) payments.push({ id: String(taken), note: `Standing order ${String.fromCodePoint(64 + taken)}` });
    if (has('few') && taken > 3) return [429, {}];
    if (has('queue')) return [200, { received: true }];
    if (!verified(body, header)) {
      if (has('tells-of-refused')) notices.push('A message was refused');
      return has('silent') ? [200, { received: true }] : [400, { error: 'wrong signature' }];
    }
    const event = JSON.parse(body) as Partial<Event>;
    if (has('lenient') && (event.id === undefined || !event.data)) return event.id === undefined ? [200, { received: true }] : [500, {}];
    if (event.id === undefined || !event.data) return [422, { error: 'no event' }];
    if (has('strict')) return [404, { error: 'no such invoice' }];
    const outcome = book(event as Event);
    if (outcome === 'known' && has('refuses-duplicate')) return [409, { error: 'seen before' }];
    return [200, outcome === 'known' && has('says-duplicate') ? { duplicate: true } : { received: true }];
  }

  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const shown = !has('nothing-shown');
      const [status, value]: [number, unknown] =
        request.url === '/hooks/payments' && request.method === 'POST'
          ? take(body, String(request.headers['stripe-signature'] ?? '') || undefined)
          : request.url === '/payments'
            ? [200, shown ? payments : []]
            : request.url === '/account'
              ? [200, { name: 'Acme', balance: shown ? balance : 0, notices, asked: Date.now() }]
              : [404, {}];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    secret,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
