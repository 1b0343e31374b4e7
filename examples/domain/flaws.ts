import { certificateFlaws } from './flaws/certificates.ts';
import { delegationFlaws } from './flaws/delegation.ts';
import { dmarcFlaws } from './flaws/dmarc.ts';
import type { DomainFlaw } from './flaws/flaw.ts';
import { letterFlaws } from './flaws/letters.ts';
import { mailFlaws } from './flaws/mail.ts';
import { recordFlaws } from './flaws/records.ts';
import { spfFlaws } from './flaws/spf.ts';
import { webFlaws } from './flaws/web.ts';

/** The switches of the example. */
export const domainFlaws: readonly DomainFlaw[] = [
  ...delegationFlaws,
  ...recordFlaws,
  ...webFlaws,
  ...certificateFlaws,
  ...spfFlaws,
  ...dmarcFlaws,
  ...mailFlaws,
  ...letterFlaws,
];
