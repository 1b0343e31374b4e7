import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { placement } from '../../evidence/placement.ts';
import { placementSample } from '../../evidence/placement-samples.ts';
import { providerOf } from '../../evidence/providers.ts';

export const wildcardRecord = defineCheck({
  id: 'edge/wildcard-record',
  severity: 'high',
  covers: ['S3-C1'],
  doc: {
    title: 'A wildcard record hands names of the domain to whoever takes them',
    why: 'With a record for *.example.com to a service where hosts are set up by account, anybody may set up login.example.com there and ask your customers for passwords.',
    fix: 'Remove the wildcard record, and add a record for each host that is used. Where every customer has a name of his own, let the wildcard lead to a server that is yours alone.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc4592'],
  },
  needs: { placed: placement },
  examples: {
    fails: [
      {
        name: 'it leads to a service with accounts',
        given: {
          placed: placementSample([], {
            is: 'records',
            chain: ['acme.github.io'],
            provider: 'github-pages',
            addresses: ['185.199.108.153'],
          }),
        },
      },
      { name: 'mail to any name is taken', given: { placed: placementSample([], { is: 'records', mail: ['mx.example.net'] }) } },
    ],
    passes: [
      { name: 'none', given: { placed: placementSample([]) } },
      { name: 'it leads to a server of its own', given: { placed: placementSample([], { is: 'records', addresses: ['192.0.2.7'] }) } },
    ],
    unknowns: [
      { name: 'it leads nowhere', given: { placed: placementSample([], { is: 'records', chain: ['gone.example.net'] }) } },
      { name: 'nobody could ask', given: { placed: placementSample([], { is: 'failed', why: '192.0.2.53 answered SERVFAIL' }) } },
    ],
  },
  *evaluate({ placed: { apex, wildcard } }) {
    const { is, asked, chain, addresses, mail, why } = wildcard;
    if (asked.length === 0) return;
    const about = {
      subject: apex,
      place: { name: `*.${apex}` },
      proof: [
        {
          kind: 'step' as const,
          text: `asked for ${andList(asked)}, a name made up: ${[...chain, ...addresses, ...mail].join(', ') || why || 'there is none'}`,
        },
      ],
    };
    const service = providerOf(wildcard.provider);
    if (is === 'failed')
      yield {
        ...about,
        outcome: 'unknown',
        message: `Nobody could tell whether any name below ${apex} is answered: ${why || 'no answer came'}.`,
        toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
      };
    else if (service && service.claim !== 'none')
      yield {
        ...about,
        outcome: 'fail',
        message: `Any name below ${apex} leads to ${service.name}, where anybody with an account may set it up.`,
      };
    else if (mail.length > 0)
      yield {
        ...about,
        outcome: 'fail',
        severity: 'medium',
        message: `Mail to any name below ${apex} goes to ${andList(mail)}, which is seldom meant: a template may have set it.`,
      };
    else if (is === 'records' && addresses.length === 0)
      yield {
        ...about,
        outcome: 'unknown',
        message: `Any name below ${apex} leads to ${andList(chain)}, and nobody could tell whose that is.`,
        toKnow: 'Look at the record *, and remove it if it is not used.',
      };
    else
      yield {
        ...about,
        outcome: 'pass',
        message:
          is === 'none' ? `Names below ${apex} that nobody set up are not there.` : `Any name below ${apex} leads to a server of its own.`,
      };
  },
});
