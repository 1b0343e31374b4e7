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
  const long = work.hours.high > aWeek;
  if (hard.length === 0)
    return long
      ? {
          kind: 'mixed',
          text: `You can do each of these yourself with its prompt, but all ${blocking.length} together are ${total} of work. If that is too long before your first customers, buy help for the first five.`,
        }
      : {
          kind: 'yourself',
          text: `You can do this yourself: ${plural(blocking.length, 'fix', 'fixes')}, ${total}. Paste one prompt at a time and run its replay command after each.`,
        };
  const those = hard.length === 1 ? 'one of them changes' : `${hard.length} of them change`;
  const rest = easy > 0 ? `The other ${easy} you can do yourself with the prompts.` : '';
  if (long)
    return {
      kind: 'help',
      text: `Get help: all ${blocking.length} together are ${total} of work, and ${those} who sees whose data in many places, where a mistake stays unnoticed. ${rest || 'Hand over this list as it is.'}`,
    };
  return {
    kind: 'mixed',
    text: `${rest || 'You can start with the prompts.'} ${hard.length === 1 ? 'One changes' : `${hard.length} change`} who sees whose data in many places: let somebody who has done it before read that change (${hoursText(sumOf(hard))} of work), because it can look right and still leave a gap.`,
  };
}

/** Changes in who sees whose data that touch many places or take days: a wrong one looks like a right one. */
const isHard = (group: Ranked): boolean =>
  group.lead.effort === 'days' || (group.harm === 'exposure' && group.lead.effort !== 'minutes' && group.also.length >= 5);

const sumOf = (groups: readonly Ranked[]): { low: number; high: number } =>
  groups.map(hoursFor).reduce((sum, item) => ({ low: sum.low + item.low, high: sum.high + item.high }), { low: 0, high: 0 });
