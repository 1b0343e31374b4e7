import type { Group } from './group.ts';
import type { Effort } from './stage.ts';
import { thousands } from './wording.ts';

/** From the lower to the upper end, both included. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Hours to mend the first place and each further place of one cause, for one person who knows the code, testing included. */
export const hoursPer: Readonly<Record<Effort, { readonly first: Range; readonly further: Range }>> = {
  minutes: { first: { low: 0.25, high: 1 }, further: { low: 0, high: 0.1 } },
  hours: { first: { low: 1, high: 4 }, further: { low: 0.05, high: 0.3 } },
  days: { first: { low: 8, high: 24 }, further: { low: 0.25, high: 1 } },
};

/** What an hour of help costs. */
export interface Rates extends Range {
  /** ISO 4217 code. */
  readonly currency: string;
}

/** Hourly rates assumed for a freelance developer who knows access control; give your own to change them. */
export const defaultRates: Rates = { currency: 'USD', low: 60, high: 150 };

/** Hours for one cause with all its places. */
export function hoursFor(group: Group): Range {
  const { first, further } = hoursPer[group.lead.effort];
  return { low: first.low + further.low * group.also.length, high: first.high + further.high * group.also.length };
}

export interface Estimate {
  readonly hours: Range;
  readonly cost: Range & { readonly currency: string };
  readonly rates: Rates;
}

/** Work and cost of mending all the groups; both ends of the cost use both ends of the rates. */
export function estimate(groups: readonly Group[], rates: Rates = defaultRates): Estimate {
  const hours = groups.map(hoursFor).reduce((sum, item) => ({ low: sum.low + item.low, high: sum.high + item.high }), { low: 0, high: 0 });
  return { hours, cost: { low: hours.low * rates.low, high: hours.high * rates.high, currency: rates.currency }, rates };
}

/** `15 to 60 minutes`, `1 to 4 hours`, `2 to 5 days` (of 8 hours); rounded so that it does not look more exact than it is. */
export function hoursText({ low, high }: Range): string {
  if (high === 0) return 'no work';
  if (high <= 1) return span(roundTo(low * 60, 5), roundTo(high * 60, 5), 'minute');
  if (high <= 16) return span(low < 1 ? 1 : Math.round(low), Math.ceil(high), 'hour');
  return span(Math.max(1, Math.round(low / 8)), Math.ceil(high / 8), 'day');
}

/** `about 300 to 1,200 USD`. */
export function costText({ low, high, currency }: Estimate['cost']): string {
  if (high === 0) return `0 ${currency}`;
  const step = high < 1000 ? 10 : 100;
  return `about ${thousands(Math.max(step, roundTo(low, step)))} to ${thousands(roundTo(high, step))} ${currency}`;
}

const roundTo = (value: number, step: number): number => Math.round(value / step) * step;

const span = (low: number, high: number, unit: string): string =>
  low >= high ? `${high} ${unit}${high === 1 ? '' : 's'}` : `${low} to ${high} ${unit}s`;
