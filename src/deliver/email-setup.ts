import type { Block, Document } from '../core/deliverable.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Verdict } from '../core/gate.ts';
import type { Run } from '../core/run.ts';
import { type SpfFacts, spfRecords } from '../evidence/mail.ts';
import { type Collected, read } from './evidence-of.ts';
import { stageParts } from './stage-findings.ts';

/** What the e-mail set-up shows: ask the engine for it, whatever is judged. */
export const emailSetupEvidence: readonly Evidence[] = [spfRecords];

/** The deliverable of stage 5: what each domain that mail is sent from says about its mail, and what came of test mails. */
export function emailSetup(run: Run, evidence: Collected, verdict: Verdict): Document {
  const spf = read(evidence, spfRecords);
  const { above, below } = stageParts(run, evidence, verdict, 'email', {
    notReady: 'Mail of this domain should not be relied on yet',
    ready: 'Mail of this domain is set up so that it arrives',
    question: 'whether mail of this domain arrives',
  });
  return { title: 'E-mail set-up', blocks: [...above, ...(spf && spf.length > 0 ? [spfTable(spf)] : []), ...below] };
}

const spfTable = (spf: readonly SpfFacts[]): Block => ({
  kind: 'table',
  columns: ['Domain', 'SPF'],
  rows: spf.map(({ domain, records, fault }) => [domain, fault ?? (records.length > 0 ? records.join(' ; ') : 'none')]),
});
