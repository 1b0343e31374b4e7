import { evidence } from '../core/evidence.ts';
import type { DmarcPolicy } from './dmarc.ts';

/** Who sent mail in the name of a domain, out of the reports of receivers. */
export interface ReportSource {
  /** Domain of From, lower case. */
  readonly domain: string;
  readonly ip: string;
  /** What the address is called in the DNS, where that name leads back to it. */
  readonly host?: string;
  /** Service that it belongs to, by its name or by the SPF record of the domain. */
  readonly service?: string;
  /** The SPF record of the domain names it. Absent: could not be told. */
  readonly named?: boolean;
  readonly messages: number;
  /** Those that passed DMARC. */
  readonly passed: number;
  /** Those that passed by SPF, and by DKIM. */
  readonly bySpf: number;
  readonly byDkim: number;
  /** Those that the receiver kept out: quarantine or reject. */
  readonly held: number;
  /** Those that failed, and of which receivers say that somebody had passed them on. */
  readonly forwarded?: number;
  /** Domains and selectors of its signatures, `example.com/resend pass`. */
  readonly signatures: readonly string[];
}

/** A file that is no report that can be used, and why. */
export interface ReportGap {
  readonly file: string;
  readonly why: string;
}

/** All reports that were given, as one. */
export interface DmarcReports {
  /** Reports that were read; one that came twice counts once. */
  readonly reports: number;
  readonly reporters: readonly string[];
  /** Seconds since 1970 of the first and the last moment; absent without reports. */
  readonly from?: number;
  readonly until?: number;
  readonly published: readonly { readonly domain: string; readonly policy?: DmarcPolicy }[];
  readonly sources: readonly ReportSource[];
  readonly gaps: readonly ReportGap[];
}

export const dmarcReports = evidence<DmarcReports>()('mail.reports', 'the DMARC reports that receivers sent');

/** What reports say of a domain: whether its policy can be made stricter. */
export interface ReportVerdict {
  readonly days: number;
  readonly messages: number;
  /** Mail of senders that are known, and did not pass: it would be lost. */
  readonly atRisk: readonly ReportSource[];
  /** Mail of nobody that is known: what a stricter policy keeps out, or a sender that was forgotten. */
  readonly unknown: readonly ReportSource[];
}

/** Days and messages below which reports say too little. */
export const enoughReports = { days: 14, messages: 50 } as const;

/** Of the mails of a sender that is set up right, the share that fails all the same: what is passed on and changed on its way. */
const lostOnTheWay = 0.02;

/** Sums up the reports of a domain and what is below it. `services`: names of those that send for it, where the user says so. */
export function reportsOn({ from = 0, until = 0, sources }: DmarcReports, domain: string, services?: readonly string[]): ReportVerdict {
  const own = sources.filter((one) => one.domain === domain || one.domain.endsWith(`.${domain}`));
  const failing = own.filter(({ messages, passed, forwarded = 0 }) => messages - passed - forwarded > messages * lostOnTheWay);
  // A service that nobody named and that never passed is one that anybody may be a customer of.
  const isKnown = ({ service, named, passed }: ReportSource): boolean =>
    named === true || passed > 0 || (service !== undefined && (services?.includes(service) ?? true));
  return {
    days: Math.max(0, (until - from) / 86_400),
    messages: own.reduce((sum, { messages }) => sum + messages, 0),
    atRisk: failing.filter(isKnown),
    unknown: failing.filter((one) => !isKnown(one)),
  };
}
