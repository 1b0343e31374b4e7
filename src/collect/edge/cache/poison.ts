import { defineCollector } from '../../../core/collector.ts';
import type { GivenHost } from '../../../core/target.ts';
import { edgePoison, type PoisonedHost, type PoisonedPage, type PoisonTry } from '../../../evidence/edge-poison.ts';
import { edgeClient, type EdgeAnswer, type EdgeClient, isBusy } from '../client.ts';
import { isHit } from './headers.ts';
import { fresh, plain, withFresh } from './ways.ts';

/** Asks with headers that few caches have in their keys and some apps believe, and then for the very same without them. */
export const poisonCollector = defineCollector({
  provides: edgePoison,
  wants: 'domain',
  needs: { client: edgeClient },
  effects: 'reads',
  timeoutMs: 120_000,
  async collect({ client }, { target, progress }) {
    const hosts = (target.domains?.hosts ?? []).filter(({ role }) => role !== 'other');
    progress('asking caches for answers that a header changed');
    return (await Promise.all(hosts.map((host) => poisonOf(client, host)))).flatMap((one) => one ?? []);
  },
});

/** Nobody's (RFC 6761), and found again in whatever it gets into. */
const stranger = (): string => `launch-ready-${fresh()}.invalid`;

/** Headers by which proxies tell an app under which name, by which scheme and for which path it was called. */
const kinds: readonly { readonly names: readonly string[]; readonly valueOf: (stranger: string) => string }[] = [
  { names: ['x-forwarded-host', 'x-host', 'x-forwarded-server', 'x-original-host'], valueOf: (name) => name },
  { names: ['forwarded'], valueOf: (name) => `host=${name}` },
  { names: ['x-forwarded-scheme', 'x-forwarded-proto'], valueOf: () => 'http' },
  { names: ['x-original-url', 'x-rewrite-url'], valueOf: (name) => `/${name}` },
];

/** `undefined` for a name that is not in the DNS, which is told of elsewhere. */
async function poisonOf(client: EdgeClient, { name, login }: GivenHost): Promise<PoisonedHost | undefined> {
  const start = await client.ask(new URL(`https://${name}/`));
  if (start.is === 'failed') return start.why === 'missing' ? undefined : { name, pages: [], why: start.text };
  if (start.bot !== undefined) return { name, pages: [], why: `${start.bot} answered with a check for humans instead of the host.` };
  const paths = [...new Set(['/', ...(login === undefined ? [] : [login])])];
  return { name, pages: await Promise.all(paths.map((path) => pageOf(client, name, path))) };
}

const nothing = (header: string): PoisonTry => ({ header, outcome: 'withstood', text: 'the answer is the same with it' });

type MakeAddress = () => URL;

async function pageOf(client: EdgeClient, name: string, path: string): Promise<PoisonedPage> {
  const byQuery: MakeAddress = () => new URL(withFresh(path), `https://${name}`);
  // Where a cache may leave the query out of its key, what is kept would be given to real visitors: there, a page is asked for that nobody knows.
  const isOwn = await hasOwnKey(client, byQuery);
  const makeAddress: MakeAddress = isOwn ? byQuery : () => new URL(`/launch-ready-${fresh()}`, `https://${name}`);
  const clean = await ask(client, makeAddress());
  const tries: PoisonTry[] = [];
  for (const { names, valueOf } of kinds) {
    const poison = { value: valueOf(stranger()), clean, makeAddress };
    // All of a kind at once first: mostly none does anything.
    const together = await tried(client, { ...poison, headers: names });
    const isAlone = names.length === 1 || together === undefined || together.outcome === 'untold';
    if (isAlone) tries.push(together ?? nothing(names.join(', ')));
    else
      for (const header of names)
        tries.push((await tried(client, { ...poison, value: valueOf(stranger()), headers: [header] })) ?? nothing(header));
  }
  return { url: plain(makeAddress().href), tries };
}

/** Sent along by itself, so that an answer is never taken from what this run remembers. */
const always = { 'cache-control': 'max-age=3600' };

/** An answer that says something; nothing else is held against another one. */
async function ask(client: EdgeClient, url: URL, more: Readonly<Record<string, string>> = {}): Promise<EdgeAnswer | undefined> {
  const answer = await client.ask(url, { headers: { ...always, ...more } });
  return answer.is === 'failed' || answer.bot !== undefined || isBusy(answer.status) ? undefined : answer;
}

/** Whether a cache in front says that it keeps an address, and that it does not take another query for the same. */
async function hasOwnKey(client: EdgeClient, makeAddress: MakeAddress): Promise<boolean> {
  const at = makeAddress();
  await ask(client, at);
  const [second, other] = [await ask(client, at), await ask(client, makeAddress())];
  return second !== undefined && other !== undefined && isHit(second.headers) === true && isHit(other.headers) === false;
}

interface Poison {
  readonly headers: readonly string[];
  readonly value: string;
  readonly clean: EdgeAnswer | undefined;
  readonly makeAddress: MakeAddress;
}

/** `undefined` where the headers change nothing. A name that nobody can guess gets into no answer by chance; a status does, where a host fails in a row: it has to be kept at another address too. */
async function tried(client: EdgeClient, poison: Poison): Promise<PoisonTry | undefined> {
  const first = await triedOnce(client, poison);
  if (first?.outcome !== 'kept' || first.text === named || first.text === ledTo) return first;
  const second = await triedOnce(client, poison);
  return second?.outcome === 'kept' ? first : { ...first, outcome: 'untold', text: `${first.text}, once and not again` };
}

async function triedOnce(client: EdgeClient, { headers, value, clean, makeAddress }: Poison): Promise<PoisonTry | undefined> {
  const told = (outcome: PoisonTry['outcome'], text: string): PoisonTry => ({ header: headers.join(', '), outcome, text });
  const at = makeAddress();
  const changed = await ask(client, at, Object.fromEntries(headers.map((name) => [name, value])));
  if (!clean || !changed) return told('untold', 'no answer says anything');
  const change = changeOf(clean, changed, value);
  if (change === undefined) return undefined;
  const next = await ask(client, at);
  // What the host answers by itself now and then is no work of the header.
  const again = await ask(client, makeAddress());
  if (!next || !again) return told('untold', `${change}; afterwards no answer says anything`);
  const isKept = changeOf(clean, next, value) === change && changeOf(clean, again, value) === undefined;
  return isKept ? told('kept', change) : told('withstood', `${change}, for whoever sends it alone`);
}

const named = 'the page names the host that the header names';
const ledTo = 'the answer leads to the host that the header names';

/** What is different, in words; `undefined` where nothing is. */
function changeOf(clean: EdgeAnswer, answer: EdgeAnswer, value: string): string | undefined {
  const isNamed = value.includes('launch-ready-');
  const name = value.replace(/^host=|^\//, '');
  if (isNamed && answer.text.includes(name)) return named;
  if (isNamed && Object.values(answer.headers).some((one) => one.includes(name))) return ledTo;
  return answer.status === clean.status ? undefined : `the answer is ${answer.status} instead of ${clean.status}`;
}
