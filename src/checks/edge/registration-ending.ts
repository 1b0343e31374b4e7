import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { type Registration, registration } from '../../evidence/registration.ts';
import { registrationSample, registrationUnseen } from '../../evidence/registration-samples.ts';

const day = 86_400;

export const registrationEnding = defineCheck({
  id: 'edge/registration-ending',
  severity: 'high',
  covers: ['S3-C1'],
  doc: {
    title: 'The registration of the domain runs out, or is on hold',
    why: 'When it ends, the app, its mail and every link in it are gone at once; after some weeks anybody may register the domain and gets the mail of your customers.',
    fix: 'Renew it at the registrar for some years, switch automatic renewal on, and see that the card and the address of the account are those of today.',
    effort: 'minutes',
    references: ['https://www.icann.org/resources/pages/domain-renewal-2018-12-07-en'],
  },
  needs: { registered: registration },
  examples: {
    fails: [
      { name: 'three weeks are left', given: { registered: registrationSample({ days: 21 }) } },
      { name: 'it ran out', given: { registered: registrationSample({ days: -2 }) } },
      { name: 'it is on hold', given: { registered: registrationSample({ status: ['client hold'] }) } },
      {
        name: 'it is not registered',
        given: { registered: { ...registrationUnseen, is: 'missing', why: 'the registry knows no such domain' } },
      },
    ],
    passes: [{ name: 'a year is left', given: { registered: registrationSample() } }],
    unknowns: [
      { name: 'the registry does not answer', given: { registered: registrationUnseen } },
      { name: 'the registry does not say', given: { registered: registrationSample({ expires: [] }) } },
      { name: 'the registry has no such service', given: { registered: { ...registrationUnseen, is: 'unserved' } } },
    ],
  },
  *evaluate({ registered }) {
    const judged = observed(registered);
    if (judged) yield judged;
  },
});

/** States in which a domain is not, or soon not, in the DNS (RFC 8056, ICANN's EPP status codes). */
const ended = new Set(['client hold', 'server hold', 'redemption period', 'pending delete', 'inactive']);

function observed({ domain, source, is, why, askedAt, status, expires, registrar }: Registration): Observation | undefined {
  const about = {
    subject: domain,
    place: { name: domain },
    proof:
      source === ''
        ? []
        : [
            {
              kind: 'step' as const,
              place: { url: source },
              text: `asked ${source}: ${is === 'told' ? `until ${expires.map(dateOf).join(', ') || 'no date'}, ${status.join(', ') || 'no status'}` : why}`,
            },
          ],
  };
  if (is === 'not-ours') return { ...about, outcome: 'not-applicable', message: `The registration is not yours: ${why}.` };
  if (is === 'missing')
    return {
      ...about,
      outcome: 'fail',
      severity: 'blocker',
      message: `${domain} is not registered: anybody may do so.`,
      fix: 'Register it, or mend the spelling where another name is meant.',
    };
  const hold = status.filter((one) => ended.has(one));
  if (is === 'told' && hold.length > 0)
    return {
      ...about,
      outcome: 'fail',
      severity: 'blocker',
      message: `The registry has ${domain} on "${andList(hold)}": it is taken out of the DNS.`,
    };
  const [until] = expires;
  if (is !== 'told' || until === undefined)
    return {
      ...about,
      outcome: 'unknown',
      // Many registries of countries do not tell, and those that do limit how often they are asked. A domain that ended is missed in the DNS, which stops a launch.
      severity: is === 'failed' ? 'medium' : 'low',
      message: `Nobody could tell until when ${domain} is registered: ${is === 'told' ? 'the registry does not say' : why.replace(/\.$/, '') || 'no answer came'}.`,
      toKnow: 'Look at the registrar until when it is paid for, and whether it renews itself; or name an RDAP service under domains.rdap.',
    };
  const left = Math.floor((until - askedAt) / day);
  const at = registrar === '' ? '' : ` at ${registrar}`;
  if (left < 0)
    return { ...about, outcome: 'fail', severity: 'blocker', message: `The registration of ${domain}${at} ran out on ${dateOf(until)}.` };
  if (left < 30)
    return { ...about, outcome: 'fail', message: `The registration of ${domain}${at} runs out in ${left} days, on ${dateOf(until)}.` };
  return { ...about, outcome: 'pass', message: `${domain} is registered until ${dateOf(until)}.` };
}

/** `2027-11-23`; a time that is none as the number it is. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, 10);
}
