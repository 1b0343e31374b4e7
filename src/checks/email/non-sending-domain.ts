import { defineCheck } from '../../core/check.ts';
import { dmarcRecords } from '../../evidence/dmarc.ts';
import { mailHosts } from '../../evidence/mail-hosts.ts';
import { sampleDmarc, sampleMailHosts, sampleNoDmarc, sampleSpf } from '../../evidence/mail-samples.ts';
import { spfRecords } from '../../evidence/spf.ts';

const closed = sampleSpf({
  senders: [],
  records: ['v=spf1 -all'],
  end: 'fail',
  includes: [],
  lookups: 0,
  tree: { domain: 'example.com', record: 'v=spf1 -all', terms: [{ term: '-all', lookups: 0, voids: 0 }] },
});

export const nonSendingDomain = defineCheck({
  id: 'email/non-sending-domain',
  severity: 'medium',
  covers: ['S5-C1', 'S5-C5', 'SPF-nonsending'],
  doc: {
    title: 'A domain that sends nothing does not say so',
    why: 'Forgers look for domains that nobody guards. A domain that sends no mail is the easiest to guard: two records, and nobody can write to your customers in its name.',
    fix: 'Write v=spf1 -all at the domain, and v=DMARC1; p=reject at _dmarc below it. Where it takes no mail either, one MX record with priority 0 and a dot as its server.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc7208#section-10.1.2', 'https://www.rfc-editor.org/rfc/rfc7505'],
  },
  needs: { spf: spfRecords, dmarc: dmarcRecords, hosts: mailHosts },
  examples: {
    fails: [
      {
        name: 'no SPF record',
        given: {
          spf: [{ domain: 'example.com', senders: [], records: [] }],
          dmarc: [sampleDmarc()],
          hosts: [sampleMailHosts({ mx: 'null' })],
        },
      },
      { name: 'no DMARC record', given: { spf: [closed], dmarc: [sampleNoDmarc()], hosts: [sampleMailHosts({ mx: 'null' })] } },
      {
        name: 'a service may send',
        given: { spf: [sampleSpf({ senders: [] })], dmarc: [sampleDmarc()], hosts: [sampleMailHosts({ mx: 'null' })] },
      },
    ],
    passes: [{ name: 'it says so', given: { spf: [closed], dmarc: [sampleDmarc()], hosts: [sampleMailHosts({ mx: 'null' })] } }],
    unknowns: [
      {
        name: 'the name server fails',
        given: {
          spf: [{ domain: 'example.com', senders: [], records: [], fault: 'timeout' }],
          dmarc: [sampleDmarc()],
          hosts: [sampleMailHosts({ mx: 'null' })],
        },
      },
    ],
  },
  *evaluate({ spf, dmarc, hosts }) {
    for (const { domain, senders, records, end, lookups, tree, fault } of spf) {
      if (senders?.length !== 0) continue;
      const policy = dmarc.find((one) => one.domain === domain);
      const mx = hosts.find((one) => one.domain === domain)?.mx;
      const about = { subject: domain, place: { name: domain } };
      const why = fault ?? policy?.fault;
      if (why !== undefined || !policy) {
        yield {
          ...about,
          outcome: 'unknown',
          message: `What ${domain} says of its mail could not be asked: ${why ?? 'nobody looked at its DMARC record'}.`,
          toKnow: 'Try again later.',
        };
        continue;
      }
      const isClosed = end === 'fail' && lookups === 0 && (tree?.terms.length ?? 0) === 1;
      const lacks = [
        ...(isClosed ? [] : [records.length === 0 ? 'it has no SPF record (v=spf1 -all)' : 'its SPF record lets somebody send']),
        ...(policy.effective === 'reject' ? [] : ['its DMARC policy does not ask to refuse what is sent in its name (p=reject)']),
      ];
      if (lacks.length > 0)
        yield { ...about, outcome: 'fail', message: `${domain} sends nothing and does not say so: ${lacks.join('; ')}.` };
      else if (mx === 'none')
        yield {
          ...about,
          outcome: 'fail',
          severity: 'low',
          message: `${domain} sends nothing, and has no MX record that says whether it takes mail (a null MX).`,
        };
      else yield { ...about, outcome: 'pass', message: `${domain} says that nobody sends mail from it.` };
    }
  },
});
