import { apex, type Draft } from '../draft.ts';
import { txt } from '../mail.ts';
import type { DomainFlaw } from './flaw.ts';

/** Writes these DMARC records in the place of the one of the domain, which counts for `mail.` as well. */
const dmarc =
  (...records: readonly string[]) =>
  ({ zone }: Draft): void =>
    void (zone[`_dmarc.${apex}`] = records.map(txt));

const rua = `rua=mailto:dmarc@${apex}`;

/** DMARC records. */
export const dmarcFlaws: readonly DomainFlaw[] = [
  {
    id: 'dmarc-missing',
    title: 'The domain has no DMARC record.',
    checks: ['email/dmarc-missing'],
    change: ({ zone }) => void delete zone[`_dmarc.${apex}`],
  },
  {
    id: 'dmarc-two-records',
    title: 'There are two DMARC records, so none counts.',
    checks: ['email/dmarc-missing'],
    change: dmarc(`v=DMARC1; p=reject; ${rua}`, `v=DMARC1; p=none; ${rua}`),
  },
  {
    id: 'dmarc-tag-mistyped',
    title: 'A tag of the DMARC record is mistyped, and receivers leave it out.',
    checks: ['email/dmarc-missing'],
    change: dmarc(`v=DMARC1; p=reject; adkm=s; ${rua}`),
  },
  {
    id: 'dmarc-policy-mistyped',
    title: 'The policy of the DMARC record is none that there is, so that it counts as none.',
    checks: ['email/dmarc-missing', 'email/dmarc-policy'],
    change: dmarc(`v=DMARC1; p=rejct; ${rua}`),
  },
  {
    id: 'dmarc-policy-none',
    title: 'Forged mail is only watched.',
    checks: ['email/dmarc-policy'],
    change: dmarc(`v=DMARC1; p=none; ${rua}`),
  },
  {
    id: 'dmarc-test-flag',
    title: 'The flag for a test was left in, so that the policy counts as none.',
    checks: ['email/dmarc-policy'],
    change: dmarc(`v=DMARC1; p=quarantine; t=y; ${rua}`),
  },
  {
    id: 'dmarc-pct',
    title: 'The DMARC record goes slowly by a tag that no longer counts.',
    checks: ['email/dmarc-obsolete'],
    change: dmarc(`v=DMARC1; p=reject; pct=20; ${rua}`),
  },
  {
    id: 'dmarc-without-reports',
    title: 'The DMARC record names nobody who gets the reports.',
    checks: ['email/dmarc-reporting'],
    change: dmarc('v=DMARC1; p=reject'),
  },
  {
    id: 'dmarc-reports-not-agreed',
    title: 'Reports are to go to a service that has not agreed to take them.',
    checks: ['email/dmarc-reporting'],
    change: dmarc('v=DMARC1; p=reject; rua=mailto:harbourline@reports.lighthouse.test'),
  },
  {
    id: 'dmarc-failure-reports-not-agreed',
    title: 'Reports about single mails are to go to a service that has not agreed to take them.',
    checks: ['email/dmarc-failure-reports'],
    change: dmarc(`v=DMARC1; p=reject; ${rua}; ruf=mailto:harbourline@reports.lighthouse.test`),
  },
  {
    id: 'dmarc-names-that-do-not-exist-unguarded',
    title: 'Names below the domain that do not exist may be forged.',
    checks: ['email/dmarc-subdomains'],
    change: dmarc(`v=DMARC1; p=reject; np=none; ${rua}`),
  },
  {
    id: 'dmarc-subdomains-unguarded',
    title: 'Names below the domain may be forged, that of the app included.',
    checks: ['email/dmarc-policy', 'email/dmarc-subdomains'],
    change: dmarc(`v=DMARC1; p=reject; sp=none; ${rua}`),
  },
];
