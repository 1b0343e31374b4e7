import type { Block, Document } from '../core/deliverable.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Verdict } from '../core/gate.ts';
import type { Run } from '../core/run.ts';
import { dkimKeys } from '../evidence/dkim.ts';
import { dmarcRecords } from '../evidence/dmarc.ts';
import { dmarcReports } from '../evidence/dmarc-reports.ts';
import { codeMail, mailHosts } from '../evidence/mail-hosts.ts';
import { mailProof } from '../evidence/mail-proof.ts';
import { spfRecords } from '../evidence/spf.ts';
import { rotationBlocks } from './email-setup-dkim.ts';
import { domainBlocks } from './email-setup-domains.ts';
import { pictureBlocks } from './email-setup-pictures.ts';
import { proofBlocks } from './email-setup-proof.ts';
import { recordBlocks } from './email-setup-records.ts';
import { ladderBlocks, reportBlocks } from './email-setup-reports.ts';
import { seedBlocks } from './email-setup-seeds.ts';
import { type Collected, read } from './evidence-of.ts';
import { stageParts } from './stage-findings.ts';

/** What the e-mail set-up shows: ask the engine for it, whatever is judged. */
export const emailSetupEvidence: readonly Evidence[] = [spfRecords, dmarcRecords, dkimKeys, mailHosts, codeMail, dmarcReports, mailProof];

export interface EmailSetupOptions {
  /** Folder that pictures of mails are saved in, from that of the report. */
  readonly pictures?: string;
}

/** The deliverable of stage 5: what each domain that mail is sent from says about its mail, and what came of test mails. */
export function emailSetup(run: Run, evidence: Collected, verdict: Verdict, { pictures }: EmailSetupOptions = {}): Document {
  const reports = read(evidence, dmarcReports);
  const proof = read(evidence, mailProof);
  const { above, below } = stageParts(run, evidence, verdict, 'email', {
    notReady: 'Mail of this domain should not be relied on yet',
    ready: 'Mail of this domain is set up so that it arrives',
    question: 'whether mail of this domain arrives',
  });
  const blocks: Block[] = [
    ...(proof ? [...proofBlocks(proof), ...seedBlocks(proof), ...pictureBlocks(proof, pictures)] : []),
    ...recordBlocks(evidence),
    ...domainBlocks(evidence),
    ...rotationBlocks(evidence),
    ...ladderBlocks(read(evidence, dmarcRecords) ?? [], reports),
    ...(reports ? reportBlocks(reports) : []),
  ];
  return { title: 'E-mail set-up', blocks: [...above, ...blocks, ...below] };
}
