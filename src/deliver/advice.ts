import { type Estimate, hoursFor, hoursText } from '../core/estimate.ts';
import type { VerdictStatus } from '../core/gate.ts';
import type { Ranked } from '../core/rank.ts';
import { plural } from '../core/wording.ts';

/** Whether to do it oneself: `yourself`, `mixed` (some of it with help), `help`, or `nothing` to do. */
export type AdviceKind = 'nothing' | 'find-out' | 'yourself' | 'mixed' | 'help';

export interface Advice {
  readonly kind: AdviceKind;
  readonly text: string;
}

/** Upper end of the work, in hours, that one person gets through beside running a company: about a week. */
const aWeek = 40;

/**
 * The honest line about getting help, from what stops the launch. Help is advised where a mistake would expose customers without anyone
 * noticing (rules about who sees which rows, work of days), never for what a prompt and the replay command settle.
 */
export function advise(status: VerdictStatus, blocking: readonly Ranked[], work: Estimate): Advice {
  if (blocking.length === 0) {
    if (status === 'cannot-tell')
      return {
        kind: 'find-out',
        text: 'Pay nobody yet: first let the open questions be answered, most of that costs nothing but a second run.',
      };
    return { kind: 'nothing', text: 'You need no help to launch. What is left can be mended after the first customers are in.' };
  }
  const hard = blocking.filter(isHard);
  const easy = blocking.length - hard.length;
  const total = hoursText(work.hours);
  if (work.hours.high > aWeek && hard.length > 0)
    return {
      kind: 'help',
      text: `Get help: ${plural(hard.length, 'problem')} of ${blocking.length} ${hard.length === 1 ? 'decides' : 'decide'} who sees whose data, and with ${total} of work a mistake would stay unnoticed. ${easy > 0 ? `Do the other ${easy} yourself first.` : 'Hand over this list as it is.'}`,
    };
  if (hard.length === 0)
    return {
      kind: 'yourself',
      text: `You can do this yourself: ${plural(blocking.length, 'fix', 'fixes')}, ${total}. Paste one prompt at a time and run its replay command after each.`,
    };
  return {
    kind: 'mixed',
    text: `${easy > 0 ? `Do ${easy} of the ${blocking.length} yourself with the prompts. ` : ''}For the ${hard.length === 1 ? 'one' : hard.length} about who sees whose data, let somebody who has done it before read the change (${hoursText(sumOf(hard))} of work): it can look right and still leave a gap.`,
  };
}

/** Changes in who sees whose data that touch many places or take days: a wrong one looks like a right one. */
const isHard = (group: Ranked): boolean =>
  group.lead.effort === 'days' || (group.harm === 'exposure' && group.lead.effort !== 'minutes' && group.also.length >= 5);

const sumOf = (groups: readonly Ranked[]): { low: number; high: number } =>
  groups.map(hoursFor).reduce((sum, item) => ({ low: sum.low + item.low, high: sum.high + item.high }), { low: 0, high: 0 });
