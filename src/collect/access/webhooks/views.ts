import type { Person } from '../people/person.ts';
import { type Content, contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';

/** What people see of the app at one moment, by `person path`. */
export type Views = ReadonlyMap<string, Content>;

/** Looked at for each person: enough for the lists of a small app, few enough to look five times. */
const mostPaths = 20;

/** Pages that tell of messages themselves: a refused or repeated one is meant to stand there. */
const tellsOfMessages = /webhook|hook|event|deliver|audit|activit|logs?(?:\/|$)|histor|notification/i;

/** Takes down what everybody sees. `before` absent: chosen anew; else what was chosen then. */
export async function look(sender: Sender, people: readonly Person[], before?: Views): Promise<Views> {
  const views = new Map<string, Content>();
  for (const { name, account, session, seen } of people) {
    if (!account) continue;
    const paths = [...seen.sights.values()]
      .filter(({ path, status }) => status >= 200 && status < 300 && /^\/[^#{]*$/.test(path) && !tellsOfMessages.test(path))
      .map(({ path }) => path)
      .toSorted((a, b) => a.split('/').length - b.split('/').length || a.length - b.length)
      .slice(0, mostPaths);
    for (const path of paths) {
      const key = `${name} ${path}`;
      if (before && !before.has(key)) continue;
      const answer = await sender.send({ method: 'GET', path }, session);
      if (answer.ok && answer.value.status < 300) views.set(key, contentOf(answer.value.text));
    }
  }
  return views;
}

/** The views that are the same when nothing happens, but for times and counts. */
export function steady(first: Views, second: Views): Views {
  const quiet = (content: Content | undefined): string | undefined => content?.values.map(calm).join('\n');
  return new Map([...second].filter(([key, content]) => quiet(first.get(key)) === quiet(content)));
}

/** Changes by itself: how long something is ago. */
const passing = /\b(?:ago|just now|today|yesterday|tomorrow|in \d+ (?:seconds?|minutes?|hours?|days?))\b/i;

/** An app that says it refused something has not done it. */
const ofRefusals = /refus|reject|fail|invalid|denied|signature|unverified|blocked|suspicious/i;

/** What is there now and was not before, as `person path: text`. Numbers, ids and times alone are no news: they move by themselves. */
export function newIn(before: Views, after: Views): string[] {
  const found = new Set<string>();
  for (const [key, { values }] of after) {
    const old = before.get(key);
    if (!old) continue;
    const left = new Map<string, number>();
    for (const value of old.values) left.set(value, (left.get(value) ?? 0) + 1);
    for (const value of values) {
      const count = left.get(value) ?? 0;
      if (count > 0) left.set(value, count - 1);
      else if (/\p{L}/u.test(calm(value)) && !passing.test(value) && !ofRefusals.test(value)) found.add(`${key}: ${calm(value)}`);
    }
  }
  return [...found];
}

const calm = (value: string): string =>
  value
    .replace(/\blr[0-9a-f]{10}\b/g, '…')
    .replace(/\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?/g, '…')
    .replace(/[\w-]{20,}|\d[\d.,]*/g, '…')
    .slice(0, 80);

/** What a repeated message did a second time: a row more with its mark, or a number that grew again by an amount it names. */
export function countedTwice(before: Views, once: Views, twice: Views, mark: string, amounts: readonly number[]): string[] {
  const found: string[] = [];
  for (const [key, content] of twice) {
    const [first, then] = [once.get(key), before.get(key)];
    if (!first || !then) continue;
    const rows = rowsWith(first, mark);
    if (rows > 0 && rowsWith(content, mark) > rows) found.push(`${key}: once ${rows} with its mark, then ${rowsWith(content, mark)}`);
    const [zero, one, two] = [numbersOf(then.json), numbersOf(first.json), numbersOf(content.json)];
    for (const [at, value] of two) {
      const [a, b] = [zero.get(at), one.get(at)];
      if (a !== undefined && b !== undefined && b - a === value - b && amounts.some((amount) => Math.abs(b - a) === amount))
        found.push(`${key}: ${at} went from ${a} to ${b} and on to ${value}`);
    }
  }
  return found;
}

/** Whether the mark of a message is seen at all. */
export const shows = (views: Views, mark: string): boolean => [...views.values()].some((content) => rowsWith(content, mark) > 0);

const rowsWith = ({ json, values }: Content, mark: string): number =>
  // A row may name it in several fields; where there are no rows, each text counts.
  Array.isArray(json) || Array.isArray((json as { data?: unknown } | undefined)?.data)
    ? (Array.isArray(json) ? json : (json as { data: unknown[] }).data).filter((row) => JSON.stringify(row).includes(mark)).length
    : values.filter((value) => value.includes(mark)).length;

function numbersOf(value: unknown, at = '', found = new Map<string, number>()): Map<string, number> {
  if (typeof value === 'number') found.set(at === '' ? 'the number' : at, value);
  else if (value !== null && typeof value === 'object' && at.split('.').length < 8)
    for (const [name, one] of Object.entries(value)) numbersOf(one, at === '' ? name : `${at}.${name}`, found);
  return found;
}
