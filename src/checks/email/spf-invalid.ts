import { defineCheck } from '../../core/check.ts';
import { type SpfFacts, spfRecords } from '../../evidence/spf.ts';

export const spfInvalid = defineCheck({
  id: 'email/spf-invalid',
  severity: 'high',
  covers: ['S5-C1'],
  doc: {
    title: 'The SPF record of the domain does not count',
    why: 'Receivers who find two records, or one with a mistake in it, treat the domain as if nobody may send for it: invitations and resets go to spam, or nowhere.',
    fix: 'Leave one TXT record that begins with v=spf1, name every service in it that sends for the domain, and end it with -all or ~all.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc7208#section-4.5'],
  },
  needs: { spf: spfRecords },
  examples: {
    fails: [
      { name: 'two records', given: { spf: [sample({ records: ['v=spf1 -all', 'v=spf1 include:_spf.example.net ~all'] })] } },
      {
        name: 'a mistake in it',
        given: { spf: [sample({ records: ['v=spf1 ip4:1.2.3 -all'], problem: '“ip4:1.2.3” is no IPv4 network' })] },
      },
    ],
    passes: [{ name: 'one record that can be read', given: { spf: [sample({})] } }],
    unknowns: [{ name: 'the name server fails', given: { spf: [sample({ records: [], fault: '192.0.2.53 answered SERVFAIL' })] } }],
  },
  *evaluate({ spf }) {
    for (const { domain, records, problem, fault } of spf) {
      const about = {
        subject: domain,
        place: { name: domain },
        proof: records.map((text) => ({ kind: 'step' as const, text: `${domain} TXT "${text}"` })),
      };
      if (fault !== undefined)
        yield {
          ...about,
          outcome: 'unknown',
          message: `The SPF record of ${domain} could not be asked for: ${fault}.`,
          toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
        };
      else if (records.length > 1)
        yield { ...about, outcome: 'fail', message: `${domain} has ${records.length} SPF records, and may have one.` };
      else if (problem !== undefined)
        yield { ...about, outcome: 'fail', message: `The SPF record of ${domain} has a mistake in it: ${problem}.` };
      else if (records.length === 1) yield { ...about, outcome: 'pass', message: `${domain} has one SPF record that can be read.` };
    }
  },
});

function sample(change: Partial<SpfFacts>): SpfFacts {
  return { domain: 'example.com', records: ['v=spf1 include:_spf.example.net ~all'], ...change };
}
