import { defineCheck } from '../../core/check.ts';
import { sampleSpf } from '../../evidence/mail-samples.ts';
import { spfRecords } from '../../evidence/spf.ts';

export const spfPtr = defineCheck({
  id: 'email/spf-ptr',
  severity: 'low',
  covers: ['S5-C1', 'SPF-no-ptr'],
  doc: {
    title: 'The SPF record asks for the name of the sending server',
    why: 'The mechanism ptr is slow and unreliable, and large receivers skip it: mail that passes by it alone passes only sometimes.',
    fix: 'Take ptr out, and name the servers by include, a, mx or their addresses.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc7208#section-5.5'],
  },
  needs: { spf: spfRecords },
  examples: {
    fails: [{ name: 'ptr in an include', given: { spf: [sampleSpf({ ptr: ['include:a.example.net > ptr'] })] } }],
    passes: [{ name: 'none', given: { spf: [sampleSpf()] } }],
  },
  *evaluate({ spf }) {
    for (const { domain, ptr } of spf) {
      if (!ptr) continue;
      const about = { subject: domain, place: { name: domain } };
      if (ptr.length > 0) yield { ...about, outcome: 'fail', message: `The SPF record of ${domain} uses ptr: ${ptr.join('; ')}.` };
      else yield { ...about, outcome: 'pass', message: `The SPF record of ${domain} does without ptr.` };
    }
  },
});
