import type { Fact } from '../core/deliverable.ts';
import { costText, defaultRates, estimate, hoursText, type Rates } from '../core/estimate.ts';
import type { Ranked } from '../core/rank.ts';
import type { Run } from '../core/run.ts';
import { coverage, risk } from '../core/score.ts';
import { plural } from '../core/wording.ts';

/** The four figures beside the verdict: risk, how much was answered, work, cost. Nothing judged gives no risk, not a risk of 0. */
export function figures(run: Run, ranked: readonly Ranked[], blocking: readonly Ranked[], rates: Rates = defaultRates): Fact[] {
  const { value, band, atLeast } = risk(run);
  const covered = coverage(run);
  const judged = covered.answered + covered.partly > 0;
  return [
    judged
      ? {
          name: 'Risk',
          value: `${atLeast && value < 100 ? 'at least ' : ''}${value} of 100`,
          note: `${band}; 0 is best, from open problems only`,
        }
      : { name: 'Risk', value: 'not known', note: 'nothing could be judged' },
    { name: 'Answered', value: `${covered.answered} of ${plural(covered.total, 'check')}`, note: coverageNote(run) },
    ...workAndCost(ranked, blocking, rates),
  ];
}

/** Of what stops the launch; of everything found where nothing does; nothing where nothing was found. */
function workAndCost(ranked: readonly Ranked[], blocking: readonly Ranked[], rates: Rates): Fact[] {
  if (ranked.length === 0) return [];
  const all = estimate(ranked, rates);
  const { hours, cost } = blocking.length > 0 ? estimate(blocking, rates) : all;
  const everything = blocking.length > 0 && ranked.length > blocking.length ? `; everything found: ${hoursText(all.hours)}` : '';
  return [
    {
      name: blocking.length > 0 ? 'Work before launch' : 'Work on what was found',
      value: hoursText(hours),
      note: `for one person who knows the code${everything}`,
    },
    {
      name: 'Cost if you buy it',
      value: costText(cost),
      note: `assuming ${rates.low} to ${rates.high} ${rates.currency} an hour; set your own rates in launch-ready.yaml`,
    },
  ];
}

function coverageNote(run: Run): string {
  const { partly, unanswered, outOfReach, off } = coverage(run);
  const parts = [
    ...(partly > 0 ? [`${partly} in part`] : []),
    ...(unanswered > 0 ? [`${unanswered} not`] : []),
    ...(outOfReach > 0 ? [`${outOfReach} not asked for want of input`] : []),
    ...(off > 0 ? [`${off} switched off`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing left open';
}
