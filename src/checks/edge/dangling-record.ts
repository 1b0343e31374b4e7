import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { type Lead, leads } from '../../evidence/leads.ts';
import { providerOf } from '../../evidence/providers.ts';

export const danglingRecord = defineCheck({
  id: 'edge/dangling-record',
  severity: 'high',
  covers: ['S3-C1', 'CF-dangling-a', 'SUB-dangling'],
  doc: {
    title: 'A record leads to a host that is not there any more',
    why: 'Whoever takes the name that it leads to answers as your host: with a certificate for your domain, the cookies of your customers, and your mail.',
    fix: 'Remove the record, or set it to where the host is now. Remove the record first and the service after it, never the other way round.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc1912#section-2.4'],
  },
  needs: { leads },
  examples: {
    fails: [
      {
        name: 'anybody can take the name at the host',
        given: {
          leads: [
            sample({
              is: 'missing',
              target: 'acme.azurewebsites.net',
              end: 'acme.azurewebsites.net',
              domain: 'azurewebsites.net',
              provider: 'azure',
            }),
          ],
        },
      },
      {
        name: 'the domain of the name server can be registered',
        given: {
          leads: [
            sample({
              record: 'NS',
              owner: 'example.com',
              is: 'missing',
              target: 'ns1.gone.example',
              end: 'ns1.gone.example',
              domain: 'gone.example',
              domainIs: 'missing',
            }),
          ],
        },
      },
      { name: 'the target is gone', given: { leads: [sample({ is: 'missing' })] } },
    ],
    passes: [{ name: 'the target is there', given: { leads: [sample({})] } }],
    unknowns: [{ name: 'nobody could tell', given: { leads: [sample({ is: 'failed', why: '192.0.2.53 answered SERVFAIL' })] } }],
  },
  *evaluate({ leads: all }) {
    for (const lead of all) {
      const judged = observed(lead);
      if (judged) yield judged;
    }
  },
});

function observed(lead: Lead): Observation | undefined {
  const { record, owner, target, is, end, domain, domainIs, why, mapped } = lead;
  const about = {
    subject: `${owner} ${record} ${target}`,
    place: { name: owner },
    proof: [{ kind: 'step' as const, text: `${owner} ${record} ${target}: ${is === 'there' ? 'it is there' : why}` }],
  };
  if (is === 'there') return { ...about, outcome: 'pass', message: `${owner} leads to ${target}, which is there (${record}).` };
  if (is === 'failed')
    return {
      ...about,
      outcome: 'unknown',
      // A host that nobody wrote down is no reason to stop.
      ...(!mapped && { severity: 'low' as const }),
      message: `Nobody could tell whether ${target} is there, which ${owner} leads to (${record}): ${why}.`,
      toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
    };
  const service = providerOf(lead.provider);
  const leadsTo = `${owner} leads to ${target} (${record})${end === target ? '' : `, and on to ${end}`}`;
  if (domainIs === 'missing')
    return {
      ...about,
      outcome: 'fail',
      severity: 'blocker',
      message: `${leadsTo}, but the domain ${domain} does not exist: whoever registers it takes over ${takes(record, owner)}.`,
    };
  if (service?.claim === 'name')
    return {
      ...about,
      outcome: 'fail',
      severity: 'blocker',
      message: `${leadsTo}, a name at ${service.name} that nobody has any more: whoever takes it there answers as ${owner}.`,
    };
  return { ...about, outcome: 'fail', ...(!mapped && { severity: 'medium' as const }), message: `${leadsTo}, but there is no such name.` };
}

const takes = (record: Lead['record'], owner: string): string =>
  record === 'NS' ? `the whole of ${owner}, if only at times` : record === 'MX' ? `mail to ${owner}` : owner;

function sample(change: Partial<Lead>): Lead {
  return {
    record: 'CNAME',
    owner: 'app.example.com',
    mapped: true,
    target: 'acme.example.net',
    is: 'there',
    end: change.target ?? 'acme.example.net',
    domain: 'example.net',
    domainIs: 'there',
    provider: '',
    why: change.is === 'missing' ? `there is no ${change.target ?? 'acme.example.net'}` : '',
    ...change,
  };
}
