import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { type UnclaimedLook, wildcardLooks } from '../../evidence/leads.ts';
import { placement } from '../../evidence/placement.ts';
import { placementSample } from '../../evidence/placement-samples.ts';
import { providerOf } from '../../evidence/providers.ts';

const made: UnclaimedLook = {
  host: 'lr-0f3a9c.example.com',
  provider: 'netlify',
  url: 'https://lr-0f3a9c.example.com/',
  is: 'unclaimed',
  status: 404,
  text: 'it answered 404 as Netlify does for a host that nobody set up',
};

export const wildcardRecord = defineCheck({
  id: 'edge/wildcard-record',
  severity: 'high',
  covers: ['S3-C1', 'SUB-wildcard'],
  doc: {
    title: 'A wildcard record hands names of the domain to whoever takes them',
    why: 'With a record for *.example.com to a service where hosts are set up by account, anybody may set up login.example.com there and ask your customers for passwords.',
    fix: 'Remove the wildcard record, and add a record for each host that is used. Where every customer has a name of his own, let the wildcard lead to a server that is yours alone.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc4592'],
  },
  needs: { placed: placement, looks: wildcardLooks },
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
          looks: [],
        },
      },
      {
        name: 'nobody has set the names up at the service',
        given: {
          placed: placementSample([], { is: 'records', chain: ['acme.netlify.app'], provider: 'netlify', addresses: ['75.2.60.5'] }),
          looks: [made],
        },
      },
      { name: 'mail to any name is taken', given: { placed: placementSample([], { is: 'records', mail: ['mx.example.net'] }), looks: [] } },
    ],
    passes: [
      {
        name: 'the records that a DNS host sets for its own service',
        given: {
          placed: placementSample([], {
            is: 'records',
            chain: ['cname.vercel-dns-017.com'],
            provider: 'vercel',
            atHome: true,
            addresses: ['216.198.79.1'],
          }),
          looks: [],
        },
      },
      {
        name: 'every name is set up at the service',
        given: {
          placed: placementSample([], { is: 'records', chain: ['acme.netlify.app'], provider: 'netlify', addresses: ['75.2.60.5'] }),
          looks: [{ ...made, is: 'claimed', status: 200, text: 'it answered 200' }],
        },
      },
      { name: 'none', given: { placed: placementSample([]), looks: [] } },
      {
        name: 'it leads to a server of its own',
        given: { placed: placementSample([], { is: 'records', addresses: ['192.0.2.7'] }), looks: [] },
      },
    ],
    unknowns: [
      { name: 'it leads nowhere', given: { placed: placementSample([], { is: 'records', chain: ['gone.example.net'] }), looks: [] } },
      {
        name: 'nobody could ask',
        given: { placed: placementSample([], { is: 'failed', why: '192.0.2.53 answered SERVFAIL' }), looks: [] },
      },
    ],
  },
  *evaluate({ placed: { apex, wildcard }, looks }) {
    const { is, asked, chain, addresses, mail, why, atHome } = wildcard;
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
    const isSetUp = looks.some((look) => look.is === 'claimed');
    if (is === 'failed')
      yield {
        ...about,
        outcome: 'unknown',
        message: `Nobody could tell whether any name below ${apex} is answered: ${why || 'no answer came'}.`,
        toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
      };
    else if (service && service.claim !== 'none' && !atHome && !isSetUp)
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
          is === 'none'
            ? `Names below ${apex} that nobody set up are not there.`
            : service && atHome
              ? `Any name below ${apex} leads to ${service.name}, which serves the DNS of the domain too: nobody else can set it up there.`
              : service && isSetUp
                ? `Any name below ${apex} leads to ${service.name}, and is set up there.`
                : `Any name below ${apex} leads to a server of its own.`,
      };
  },
});
