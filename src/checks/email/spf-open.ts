import { defineCheck } from '../../core/check.ts';
import { sampleSpf } from '../../evidence/mail-samples.ts';
import { type SpfEnd, spfRecords } from '../../evidence/spf.ts';

export const spfOpen = defineCheck({
  id: 'email/spf-open',
  severity: 'medium',
  covers: ['S5-C1', 'SPF-all'],
  doc: {
    title: 'The SPF record does not say that nobody else may send',
    why: 'A record that ends in +all lets every server in the world send in the name of the domain, and pass. One that ends in ?all, or in nothing, keeps nobody out: phishing of your customers looks like mail of yours.',
    fix: 'End the record with ~all; with -all where every sender signs with DKIM and the reports show nothing unknown.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc7208#section-5.1'],
  },
  needs: { spf: spfRecords },
  examples: {
    fails: [
      { name: '+all', given: { spf: [sampleSpf({ end: 'pass' })] } },
      { name: 'an include of everybody', given: { spf: [sampleSpf({ everybody: 'include:open.example.net' })] } },
      { name: '?all', given: { spf: [sampleSpf({ end: 'neutral' })] } },
      { name: 'no all', given: { spf: [sampleSpf({ end: 'none' })] } },
    ],
    passes: [
      { name: '~all', given: { spf: [sampleSpf()] } },
      { name: '-all', given: { spf: [sampleSpf({ end: 'fail' })] } },
    ],
    unknowns: [{ name: 'a redirect that could not be followed', given: { spf: [sampleSpf({ end: 'unclear' })] } }],
  },
  *evaluate({ spf }) {
    for (const { domain, records, end, everybody } of spf) {
      if (end === undefined) continue;
      const about = {
        subject: domain,
        place: { name: domain },
        proof: [{ kind: 'step' as const, text: `${domain} TXT "${records[0] ?? ''}"` }],
      };
      const words = wrong[end];
      if (end === 'pass')
        yield {
          ...about,
          outcome: 'fail',
          severity: 'blocker',
          message: `The SPF record of ${domain} ends in +all: everybody may send in its name.`,
        };
      else if (everybody !== undefined)
        yield {
          ...about,
          outcome: 'fail',
          severity: 'blocker',
          message: `The SPF record of ${domain} lets everybody send in its name, by ${everybody}.`,
          fix: `Take ${everybody} out, or name only the networks of your own servers instead.`,
        };
      else if (words !== undefined) yield { ...about, outcome: 'fail', message: `The SPF record of ${domain} ${words}.` };
      else if (end === 'unclear')
        yield {
          ...about,
          outcome: 'unknown',
          message: `How the SPF record of ${domain} ends could not be read.`,
          toKnow: 'Its redirect leads to a record that is not there or could not be asked for.',
        };
      else yield { ...about, outcome: 'pass', message: `The SPF record of ${domain} ends in ${end === 'fail' ? '-all' : '~all'}.` };
    }
  },
});

const wrong: Partial<Record<SpfEnd, string>> = {
  neutral: 'ends in ?all, which keeps nobody out',
  none: 'has no all at its end, so it keeps nobody out',
};
