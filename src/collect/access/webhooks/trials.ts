import { randomBytes, randomInt } from 'node:crypto';
import type { WebhookQuestion, WebhookTrial } from '../../../evidence/live-webhooks.ts';
import type { Journal } from '../journal/journal.ts';
import { newCanary } from '../objects/values.ts';
import type { Person } from '../people/person.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Endpoint } from './endpoints.ts';
import { extraHeaders, madeUpEvent } from './events.ts';
import { type Scheme, schemeOf } from './schemes.ts';
import { type Forgeries, judgeReplay, judgeStale, judgeUnsigned, type Old, type Tried, type Verdict } from './verdict.ts';
import { countedTwice, look, newIn, shows, steady, type Views } from './views.ts';

/** What webhooks are tried with. */
export interface WebhookGround {
  readonly sender: Sender;
  readonly people: readonly Person[];
  readonly journal: Journal;
  /** What stays behind, for whoever cleans up: a webhook has no way to take a message back. */
  readonly left: string[];
}

/** A message before it is signed. */
interface Message {
  readonly id: string;
  readonly mark: string;
  readonly text: string;
}

type Headers = Readonly<Record<string, string>>;

/** Headers that home-made signatures stand in; garbage is put in all of them where nothing tells which it is. */
const usualHeaders = ['x-signature', 'x-webhook-signature', 'x-hub-signature-256'];

/** Tries one webhook after the other. Where nothing may be written, each is named as not tried. */
export async function tryWebhooks(ground: WebhookGround, endpoints: readonly Endpoint[], writes: boolean): Promise<WebhookTrial[]> {
  const trials: WebhookTrial[] = [];
  for (const endpoint of endpoints)
    if (writes) trials.push(...(await tryWebhook(ground, endpoint)));
    else {
      const { route, provider, secret } = endpoint;
      const text = 'nothing may be written, so no message was sent';
      trials.push({ route, provider, question: 'unsigned', outcome: 'unknown', text, steps: [], signed: secret !== undefined });
    }
  return trials;
}

async function tryWebhook({ sender, people, journal, left }: WebhookGround, endpoint: Endpoint): Promise<WebhookTrial[]> {
  const { path, provider, route, secret } = endpoint;
  const scheme = schemeOf(provider, endpoint.header);
  const steps: string[] = [];
  const told = (question: WebhookQuestion, { outcome, text }: Verdict): WebhookTrial => ({
    route,
    provider,
    question,
    outcome,
    text,
    steps,
    signed: secret !== undefined,
  });
  const url = new URL(path, sender.origin).href;
  const now = (): number => Math.floor(Date.now() / 1000);
  const signedBy = (key: string, { text, id }: Message, at = now()): Headers => scheme.sign({ body: Buffer.from(text), url, at, id }, key);
  try {
    if (secret !== undefined) signedBy(secret, newMessage(endpoint));
  } catch {
    return [told('unsigned', { outcome: 'unknown', text: `the secret that was given is not of the form that ${provider} has` })];
  }

  async function send(how: string, { text, id }: Message, headers: Headers): Promise<Answer | undefined> {
    journal.about({ who: provider, method: 'POST', path });
    const raw = { contentType: scheme.contentType, bytes: Buffer.from(text) };
    const answer = await sender.send({ method: 'POST', path, raw, headers: { ...extraHeaders(provider, id), ...headers } });
    steps.push(`${route} ${how} → ${answer.ok ? answer.value.status : answer.fault.message}`);
    return answer.ok ? answer.value : undefined;
  }

  const first = await look(sender, people);
  const before = steady(first, await look(sender, people, first));
  const ways = forgeries(endpoint, scheme, signedBy);
  const forged: (Tried & { readonly mark: string })[] = [];
  for (const { how, headers } of ways) {
    const message = newMessage(endpoint);
    const answer = await send(how, message, headers(message));
    forged.push({ how, mark: message.mark, ...(answer && { answer }) });
  }
  const taken = ways.find((_, at) => isOk(forged[at]?.answer));
  // Where all were refused, whatever changed meanwhile was not their doing.
  const between = taken ? await look(sender, people, before) : before;

  const message = newMessage(endpoint);
  const signature = secret === undefined ? {} : signedBy(secret, message);
  const answer = secret === undefined ? undefined : await send('rightly signed', message, signature);
  const after = secret === undefined ? between : await look(sender, people, before);
  const odd: Forgeries['odd'][number][] = [];
  for (const one of taken ? oddOnes(newMessage(endpoint), scheme) : []) {
    const what = 'with contents that mean nothing';
    const wrong = await send(`${taken?.how}, ${what}`, one, taken?.headers(one) ?? {});
    const right = secret === undefined ? undefined : await send(`rightly signed, ${what}`, one, signedBy(secret, one));
    odd.push({ ...(wrong && { forged: wrong }), ...(right && { signed: right }) });
  }
  // What changes while nobody touches it is not to be mistaken for our doing: our mark is in it, or the user said what to look for.
  const effect = (from: Views, to: Views, marks: readonly string[]): string[] =>
    endpoint.event !== undefined || marks.some((mark) => shows(to, mark)) ? newIn(from, to) : [];
  const signed = secret === undefined ? undefined : { how: 'rightly signed', ...(answer && { answer }) };
  const unsigned = judgeUnsigned({
    forged,
    ...(signed && { signed }),
    odd,
    effects: {
      forged: effect(
        before,
        between,
        forged.map(({ mark }) => mark),
      ),
      signed: effect(between, after, [message.mark]),
    },
  });
  if (secret === undefined) {
    left.push(...newIn(before, between).map((text) => `${route} made what nothing removes: ${text}`));
    const text = 'without its secret, no message can be rightly signed';
    const rest = scheme.dated ? (['stale', 'replay'] as const) : (['replay'] as const);
    return [told('unsigned', unsigned), ...rest.map((question) => told(question, { outcome: 'unknown', text }))];
  }

  const again = isOk(answer) ? await send('the very same message again', message, signature) : undefined;
  const twice = isOk(again) ? await look(sender, people, before) : after;
  left.push(...newIn(before, twice).map((text) => `${route} made what nothing removes: ${text}`));
  const seen = { visible: shows(after, message.mark), counted: countedTwice(between, after, twice, message.mark, amountsIn(message.text)) };
  const trials = [told('unsigned', unsigned), told('replay', judgeReplay(unsigned, answer, again, seen))];
  if (scheme.dated) {
    const sendOld = async (how: string, age: number): Promise<Old> => {
      const one = newMessage(endpoint);
      const taken = await send(how, one, signedBy(secret, one, now() - age));
      return { ...(taken && { answer: taken }), shown: isOk(taken) && seen.visible && shows(await look(sender, people, before), one.mark) };
    };
    const old =
      isOk(answer) && unsigned.outcome === 'holds'
        ? { tenMinutes: await sendOld('rightly signed ten minutes ago', 600), day: await sendOld('rightly signed a day ago', 86_400) }
        : undefined;
    trials.push(told('stale', judgeStale(unsigned, { forged, ...(signed && { signed }) }, seen.visible, old)));
  }
  return trials;
}

const isOk = (answer: Answer | undefined): boolean => answer !== undefined && answer.status >= 200 && answer.status < 300;

/** Ways to send what nobody should believe. */
function forgeries(
  endpoint: Endpoint,
  scheme: Scheme,
  signedBy: (key: string, message: Message) => Headers,
): { readonly how: string; readonly headers: (message: Message) => Headers }[] {
  const { provider, header, secret } = endpoint;
  const guessed = provider.startsWith('generic') && header === undefined ? usualHeaders : [scheme.header];
  const ways = [
    { how: 'without a signature', headers: (): Headers => ({}) },
    { how: 'with garbage for a signature', headers: (): Headers => Object.fromEntries(guessed.map((name) => [name, 'garbage'])) },
    { how: 'signed with another secret', headers: (message: Message) => signedBy(scheme.otherSecret(), message) },
  ];
  if (secret === undefined) return ways;
  // Of another make: apps that take the same HMAC under several names are right to.
  const other = schemeOf(scheme.dated || provider === 'gohighlevel' || provider === 'twilio' ? 'github' : 'slack');
  return [
    ...ways,
    { how: 'with the signature of another message', headers: () => signedBy(secret, newMessage(endpoint)) },
    {
      how: 'with the right secret in the manner of another provider',
      headers: ({ text, id }) => other.sign({ body: Buffer.from(text), url: '', at: Math.floor(Date.now() / 1000), id }, secret),
    },
  ];
}

/** Messages that an app only stumbles over where it looks at them: one of nothing, and one whose insides are gone. */
function oddOnes(message: Message, { contentType }: Scheme): Message[] {
  if (!contentType.endsWith('json')) return [{ ...message, text: 'launch_ready=nothing' }];
  const nothing = { ...message, text: '{"launch_ready":"nothing"}' };
  try {
    const whole = Object.entries(JSON.parse(message.text) as Record<string, unknown>);
    const hollow = Object.fromEntries(whole.map(([name, value]) => [name, typeof value === 'object' ? null : value]));
    return [nothing, { ...message, text: JSON.stringify(hollow) }];
  } catch {
    // An event of the user's that is no JSON.
    return [nothing];
  }
}

function newMessage({ provider, event }: Endpoint): Message {
  const id = `launchready${randomBytes(8).toString('hex')}`;
  const mark = newCanary();
  const amount = randomInt(7_000, 9_000);
  return { id, mark, text: event === undefined ? madeUpEvent(provider, { id, mark, amount }) : event.replaceAll('{id}', `${id}-${mark}`) };
}

/** Amounts a message names, as they are and in hundredths. Small numbers count many things, large ones are ids and times. */
function amountsIn(text: string): number[] {
  const numbers = [...text.matchAll(/(?<=[:=\s"])\d+(?:\.\d+)?(?=[,\s"}&]|$)/g)].map(([digits]) => Number(digits));
  return numbers.filter((one) => one >= 10 && one < 1e8).flatMap((one) => (one >= 1000 ? [one, one / 100] : [one]));
}
