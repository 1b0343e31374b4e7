import { certificateFlaws } from './flaws/certificates.ts';
import { delegationFlaws } from './flaws/delegation.ts';
import type { DomainFlaw } from './flaws/flaw.ts';
import { mailFlaws } from './flaws/mail.ts';
import { recordFlaws } from './flaws/records.ts';
import { webFlaws } from './flaws/web.ts';

/** The switches of the example. */
export const domainFlaws: readonly DomainFlaw[] = [...delegationFlaws, ...recordFlaws, ...webFlaws, ...certificateFlaws, ...mailFlaws];
