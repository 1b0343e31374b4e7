import { defineCheck } from '../../core/check.ts';
import type { Proof } from '../../core/finding.ts';
import { sampleSpf } from '../../evidence/mail-samples.ts';
import { spfRecords, type SpfTree } from '../../evidence/spf.ts';

/** RFC 7208 §4.6.4. */
const limits = { lookups: 10, voids: 2 };

export const spfLookups = defineCheck({
  id: 'email/spf-lookups',
  severity: 'high',
  covers: ['S5-C1', 'SPF-lookups'],
  doc: {
    title: 'Receivers give up on the SPF record before they reach its end',
    why: 'Receivers ask the DNS at most ten times for one SPF record, and stop at the first include that leads nowhere. Mail of senders behind that point fails SPF, and who comes first changes with every edit.',
    fix: 'Take out includes of services that no longer send for the domain, and those that lead nowhere. Give each mail stream a subdomain of its own (mail.example.com for the app): each has ten questions of its own.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4'],
  },
  needs: { spf: spfRecords },
  examples: {
    fails: [
      { name: 'eleven terms that ask', given: { spf: [sampleSpf({ lookups: 11 })] } },
      { name: 'three names that are not there', given: { spf: [sampleSpf({ voids: 3 })] } },
      {
        name: 'an include of a domain without a record',
        given: { spf: [sampleSpf({ broken: ['include:old.example.net: old.example.net has no SPF record'] })] },
      },
    ],
    passes: [{ name: 'ten of ten', given: { spf: [sampleSpf({ lookups: 10, voids: 2 })] } }],
    unknowns: [
      {
        name: 'a part that could not be asked for',
        given: { spf: [sampleSpf({ unclear: ['include:a.example.net: 192.0.2.53 answered SERVFAIL'] })] },
      },
    ],
  },
  *evaluate({ spf }) {
    for (const { domain, tree, lookups, voids = 0, broken = [], unclear = [] } of spf) {
      if (!tree || lookups === undefined) continue;
      const about = { subject: domain, place: { name: domain }, proof: proofOf(tree) };
      if (broken.length > 0)
        yield { ...about, outcome: 'fail', message: `Receivers stop in the SPF record of ${domain}: ${firstOf(broken)}.` };
      else if (lookups > limits.lookups)
        yield {
          ...about,
          outcome: 'fail',
          message: `The SPF record of ${domain} takes ${lookups} questions to the DNS, and receivers ask at most ${limits.lookups}.`,
        };
      else if (voids > limits.voids)
        yield {
          ...about,
          outcome: 'fail',
          message: `${voids} names in the SPF record of ${domain} have nothing in the DNS, and receivers stop after ${limits.voids}.`,
        };
      else if (unclear.length > 0)
        yield {
          ...about,
          outcome: 'unknown',
          message: `What the SPF record of ${domain} takes could not be counted: ${unclear.join('; ')}.`,
          toKnow: 'Try again later; a macro that leads elsewhere with each mail can only be judged by a mail.',
        };
      else
        yield {
          ...about,
          outcome: 'pass',
          message: `The SPF record of ${domain} takes ${lookups} of ${limits.lookups} questions to the DNS.`,
        };
    }
  },
});

const firstOf = (broken: readonly string[]): string =>
  broken.length <= 2 ? broken.join('; ') : `${broken.slice(0, 2).join('; ')}; and ${broken.length - 2} more`;

/** The tree of terms, a line each: `include:_spf.google.com (4)`. */
function proofOf({ terms }: SpfTree, depth = 0): Proof[] {
  return terms.flatMap(({ term, lookups, voids, of, problem }) => {
    const cost = [
      ...(lookups > 0 ? [`asks ${lookups}`] : []),
      ...(voids > 0 ? [`${voids} empty`] : []),
      ...(problem === undefined ? [] : [problem]),
    ];
    const line = { kind: 'step' as const, text: `${'  '.repeat(depth)}${term}${cost.length > 0 ? ` (${cost.join(', ')})` : ''}` };
    return lookups === 0 ? [] : [line, ...(of ? proofOf(of, depth + 1) : [])];
  });
}
