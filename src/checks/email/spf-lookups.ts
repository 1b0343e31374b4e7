import { defineCheck } from '../../core/check.ts';
import type { Proof } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { sampleSpf } from '../../evidence/mail-samples.ts';
import { sendersAt } from '../../evidence/mail-senders.ts';
import { type SpfFacts, spfRecords, type SpfTree } from '../../evidence/spf.ts';

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
      {
        name: 'eleven, of which own hosts could be written as addresses',
        given: { spf: [sampleSpf({ lookups: 11, senders: ['resend'], flat: { record: 'v=spf1 ip4:192.0.2.1 ~all', lookups: 9 } })] },
      },
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
    for (const facts of spf) {
      const { domain, tree, lookups, voids = 0, broken = [], unclear = [] } = facts;
      if (!tree || lookups === undefined) continue;
      const about = { subject: domain, place: { name: domain }, proof: proofOf(tree) };
      if (broken.length > 0)
        yield { ...about, outcome: 'fail', message: `Receivers stop in the SPF record of ${domain}: ${firstOf(broken)}.` };
      else if (lookups > limits.lookups)
        yield {
          ...about,
          outcome: 'fail',
          message: `The SPF record of ${domain} takes ${lookups} questions to the DNS, and receivers ask at most ${limits.lookups}.`,
          fix: shorter(facts),
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

/** What to take out, dearest first, and what may be written out as addresses (flattened). */
function shorter({ domain, tree, senders, lookups = 0, flat }: SpfFacts): string {
  const dear = (tree?.terms ?? []).filter(({ lookups: cost }) => cost > 0).toSorted((a, b) => b.lookups - a.lookups);
  const unnamed =
    senders === undefined
      ? []
      : dear.filter(({ term }) => {
          const [, target] = /^\+?include:(.+)$/i.exec(term) ?? [];
          const services = target === undefined ? [] : sendersAt(target);
          return services.length > 0 && !services.some(({ id }) => senders.includes(id));
        });
  return [
    `It goes to ${andList(dear.slice(0, 4).map(({ term, lookups: cost }) => `${term} (${cost})`))}${dear.length > 4 ? ' and others' : ''}.`,
    unnamed.length > 0
      ? `${andList(unnamed.map(({ term }) => term))} ${unnamed.length === 1 ? 'is of a service that the domain map does not name' : 'are of services that the domain map does not name'}: take out what no longer sends.`
      : 'Take out includes of services that no longer send for the domain.',
    `Give each mail stream a subdomain of its own (mail.${domain} for the app): each has ten questions of its own.`,
    flat && flat.lookups < lookups
      ? `Your own hosts may be written as addresses (flattened): "${flat.record}" takes ${flat.lookups}; write it anew whenever they move.`
      : '',
    'Do not flatten includes of services: they change their addresses without saying so, and your mail fails then.',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

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
