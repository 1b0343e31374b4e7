import { defineCheck } from '../../core/check.ts';
import { type UnclaimedLook, unclaimedLooks } from '../../evidence/leads.ts';
import { providerOf } from '../../evidence/providers.ts';

export const hostUnclaimed = defineCheck({
  id: 'edge/host-unclaimed',
  severity: 'blocker',
  covers: ['S3-C1', 'SUB-dangling'],
  doc: {
    title: 'A host leads to a service where nobody has set it up',
    why: 'Customers see an error page of the service. Worse: with some services, anybody with an account may set the host up for himself, and then answers under your name.',
    fix: 'Add the domain to the project at the service. If the project is gone, remove the DNS record.',
    effort: 'minutes',
  },
  needs: { looks: unclaimedLooks },
  examples: {
    fails: [
      {
        name: 'the service says that nobody set it up',
        given: { looks: [sample({ is: 'unclaimed', status: 404, text: 'it answered 404 as Lovable does for a host that nobody set up' })] },
      },
    ],
    passes: [{ name: 'the app answers', given: { looks: [sample({})] } }],
    unknowns: [
      {
        name: 'only browsers are let through',
        given: { looks: [sample({ is: 'challenge', status: 403, text: 'it answered 403 with a page that lets only browsers through' })] },
      },
      { name: 'no answer', given: { looks: [sample({ is: 'failed', status: 0, text: 'app.example.com did not answer in time.' })] } },
    ],
  },
  *evaluate({ looks }) {
    for (const { host, provider, url, is, text } of looks) {
      const service = providerOf(provider);
      if (!service) continue;
      const about = {
        subject: host,
        place: { name: host, url },
        proof: [{ kind: 'step' as const, place: { url }, text: `asked for ${url}: ${text}` }],
      };
      if (is === 'claimed') yield { ...about, outcome: 'pass', message: `${host} is set up at ${service.name}.` };
      else if (is === 'unclaimed')
        yield {
          ...about,
          outcome: 'fail',
          ...(service.claim === 'none' && { severity: 'high' as const }),
          message: `${host} leads to ${service.name}, where nobody has set it up${service.claim === 'none' ? '' : ': anybody with an account there may do so'}.`,
        };
      else
        yield {
          ...about,
          outcome: 'unknown',
          message: `Nobody could tell whether ${host} is set up at ${service.name}: ${text.replace(/\.$/, '')}.`,
          toKnow:
            is === 'challenge'
              ? 'Let this machine through the bot protection, or look at the dashboard of the service.'
              : 'Mend what keeps the host from answering, and run it again.',
        };
    }
  },
});

function sample(change: Partial<UnclaimedLook>): UnclaimedLook {
  return {
    host: 'app.example.com',
    provider: 'lovable',
    url: 'https://app.example.com/',
    is: 'claimed',
    status: 200,
    text: 'it answered 200',
    ...change,
  };
}
