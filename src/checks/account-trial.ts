import type { Trial } from '../core/check.ts';
import type { Observation } from '../core/finding.ts';
import { linkAgainName } from '../evidence/access-names.ts';
import type { LinkPurpose } from '../evidence/mail-link.ts';
import type { AccountFlow, AccountQuestion, AccountTrial } from '../evidence/live-accounts.ts';
import { placeNamed } from '../evidence/live-chart.ts';
import { noLiveAccess, type LiveAccess } from '../evidence/live-access.ts';
import { toldTrial } from './told-trial.ts';

/** What came of one question about getting into accounts, an observation for each way that it was asked of; nothing where the app has nothing of the kind. */
export function* tellAccounts(live: LiveAccess, question: AccountQuestion): Generator<Observation> {
  for (const trial of live.accounts) {
    if (trial.question !== question || trial.outcome === 'none') continue;
    yield toldTrial(trial, {
      subject: `${trial.flow}, ${question}`,
      place: placeNamed(live, [trial.text, ...trial.steps].join('\n')),
      tried: `Tried on the running app: ${trial.text}.`,
      untried: `Could not try it on the running app (${trial.flow}): ${trial.text}.`,
      // One mailbox, or one account, answers them all.
      cause: trial.toKnow ?? 'an account',
      toKnow: trial.toKnow ?? 'Name a mailbox under access.mail, mark an account as expendable, and let us try it with --allow-writes.',
    });
  }
}

/** What came of using a mailed link twice, for checks that see the same of single mails. */
export function* linkTrials(live: LiveAccess, question: AccountQuestion): Generator<Trial> {
  for (const { question: asked, flow, outcome } of live.accounts)
    if (asked === question && isMailed(flow) && (outcome === 'broken' || outcome === 'holds'))
      yield { access: linkAgainName(flow), outcome: outcome === 'broken' ? 'worked' : 'refused', subject: `${flow}, ${question}` };
}

const isMailed = (flow: AccountFlow): flow is AccountFlow & LinkPurpose =>
  flow === 'password reset' || flow === 'sign-in by mail' || flow === 'invitation';

/** A running app in which one question was asked. */
export const sampleAccounts = (
  question: AccountQuestion,
  flow: AccountFlow,
  outcome: AccountTrial['outcome'],
  text: string,
): LiveAccess => ({
  ...noLiveAccess,
  origin: 'http://localhost:3000',
  accounts: [{ question, flow, outcome, text, steps: ['asked for a mail', text] }],
});
