import { defineCheck } from '../../core/check.ts';
import { domainRecords, type DomainRecords, type HostRecords, noSuchName } from '../../evidence/dns.ts';

export const hostNotFound = defineCheck({
  id: 'edge/host-not-found',
  severity: 'blocker',
  covers: ['S3-C1'],
  doc: {
    title: 'A host of the domain is not in the DNS',
    why: 'Whoever types the address, or clicks a link in a mail, gets an error of the browser instead of the app.',
    fix: 'Add the record that your host asks for, a CNAME or an A record, where the DNS of the domain is managed. It takes minutes to hours until it is seen everywhere.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc1034'],
  },
  needs: { records: domainRecords },
  examples: {
    fails: [
      { name: 'there is no such name', given: { records: sample({ outcome: 'none', addresses: [], why: 'there is no such name' }) } },
    ],
    passes: [{ name: 'it has an address', given: { records: sample({}) } }],
    unknowns: [
      {
        name: 'the name server fails',
        given: { records: sample({ outcome: 'failed', addresses: [], why: '192.0.2.53 answered SERVFAIL' }) },
      },
    ],
  },
  *evaluate({ records: { hosts, drafted, apex } }) {
    for (const { name, outcome, why, chain } of hosts) {
      const about = { subject: name, place: { name } };
      const proof = [
        { kind: 'step' as const, text: `asked the DNS for addresses of ${[name, ...chain].join(', then ')}: ${why ?? 'there are some'}` },
      ];
      if (outcome === 'found') yield { ...about, outcome: 'pass', message: `${name} has an address.`, proof };
      else if (outcome === 'failed')
        yield {
          ...about,
          outcome: 'unknown',
          message: `Nobody could tell whether ${name} is in the DNS: ${why ?? 'no answer came'}.`,
          toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
          proof,
        };
      // Nobody said that a drafted www is meant to be there.
      else if (!drafted || name === apex)
        yield {
          ...about,
          outcome: 'fail',
          message: `${name} cannot be reached: ${why ?? 'it has no address'}.`,
          // Where there is no domain, there is nowhere to add a record.
          ...(name === apex && why === noSuchName && { fix: unregistered }),
          proof,
        };
    }
  },
});

const unregistered =
  'Register it, or mend the spelling where another name is meant; if it is yours, see at the registrar that it is paid for and has its name servers.';

function sample(change: Partial<HostRecords>): DomainRecords {
  return {
    apex: 'example.com',
    drafted: false,
    hosts: [{ name: 'app.example.com', role: 'app', chain: [], addresses: ['192.0.2.7'], outcome: 'found', ...change }],
  };
}
