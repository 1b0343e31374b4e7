import { plural } from '../core/wording.ts';
import type { DmarcFacts } from './dmarc.ts';
import { type DmarcReports, enoughReports, reportsOn, type ReportSource } from './dmarc-reports.ts';
import { mailSender } from './mail-senders.ts';

/** The next step up the ladder none → quarantine → reject, where the reports allow it; else what stands in its way. `undefined` at its top, and without a policy. */
export function nextStep(reports: DmarcReports, { domain, senders, policy, record }: DmarcFacts): string | undefined {
  const step = record === undefined || policy === undefined ? undefined : stepUp(policy, record.test);
  if (step === undefined) return undefined;
  if (reports.reports === 0)
    return `Read the reports first (launch-ready email --reports FOLDER): go to ${step} when ${enoughReports.days} days of them show that every sender of yours passes.`;
  const services = senders?.map((id) => mailSender(id)?.name ?? id);
  const { days, messages, atRisk, unknown } = reportsOn(reports, domain, services);
  if (atRisk.length > 0)
    return `Do not go on yet: ${plural(atRisk.length, 'sender')} of yours would be lost (${atRisk.slice(0, 3).map(named).join('; ')}). Mend ${atRisk.length === 1 ? 'it' : 'them'} first, then ${step}.`;
  if (days < enoughReports.days || messages < enoughReports.messages)
    return `So far nothing of yours fails, but ${plural(Math.round(days), 'day')} and ${plural(messages, 'mail')} are little: wait for ${enoughReports.days} days, then ${step}.`;
  return `Go to ${step} now: in ${plural(Math.round(days), 'day')} and ${plural(messages, 'mail')} every sender of yours passed${unknown.length > 0 ? `; ${plural(unknown.length, 'address', 'addresses')} that nobody knows did not, such as ${named(unknown[0]!)}: it is kept out then` : ''}.`;
}

function stepUp(policy: NonNullable<DmarcFacts['policy']>, test: boolean): string | undefined {
  if (policy === 'none') return 'p=quarantine';
  if (test) return `p=${policy} without t=y`;
  return policy === 'quarantine' ? 'p=reject' : undefined;
}

const named = ({ ip, host, service, messages, passed }: ReportSource): string =>
  `${service ?? host ?? ip}: ${messages - passed} of ${plural(messages, 'mail')} failed`;
