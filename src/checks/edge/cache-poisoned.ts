import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { edgePoison, type PoisonedHost, type PoisonTry } from '../../evidence/edge-poison.ts';

export const cachePoisoned = defineCheck({
  id: 'edge/cache-poisoned',
  severity: 'high',
  covers: ['S3-C5', 'CF-cache-deception'],
  doc: {
    title: 'A cache gives everybody what a stranger has changed by a header',
    why: 'Whoever sends one request with such a header changes the page for all who come after him: links and scripts lead to his server, or nobody gets in any more, until what is kept runs out.',
    fix: 'Let the proxy in front set X-Forwarded-Host and its like itself, or drop them; give the app a fixed address of its own instead of believing them; or put the header into the key of the cache. Then purge the cache.',
    effort: 'hours',
    references: ['https://portswigger.net/web-security/web-cache-poisoning', 'https://www.rfc-editor.org/rfc/rfc9111#section-4.1'],
  },
  needs: { poison: edgePoison },
  examples: {
    fails: [
      {
        name: 'the page names the host of the header',
        given: { poison: [sample([tryOf({ outcome: 'kept', text: 'the page names the host that the header names' })])] },
      },
    ],
    passes: [{ name: 'nothing is changed by it', given: { poison: [sample([tryOf({})])] } }],
    unknowns: [
      { name: 'no answer', given: { poison: [{ name: 'app.example.com', pages: [], why: 'app.example.com took too long to answer.' }] } },
      { name: 'too many questions', given: { poison: [sample([tryOf({ outcome: 'untold', text: 'no answer says anything' })])] } },
    ],
  },
  *evaluate({ poison }) {
    for (const { name, pages, why } of poison) {
      const about = { subject: name, place: { name, url: `https://${name}/` } };
      const all = pages.flatMap(({ url, tries }) => tries.map((one) => ({ url, ...one })));
      const kept = all.filter(({ outcome }) => outcome === 'kept');
      const step = ({ url, header, text }: (typeof all)[number]) => ({
        kind: 'http' as const,
        request: `GET ${url} with ${header}, and then without`,
        response: text,
      });
      if (kept.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          message: `A cache in front of ${name} keeps what ${andList([...new Set(kept.map(({ header }) => header))])} changed, and gives it to everybody.`,
          proof: kept.slice(0, 4).map(step),
        };
      else if (all.some(({ outcome }) => outcome === 'withstood'))
        yield { ...about, outcome: 'pass', message: `No header that was tried changes what others are given at ${name}.` };
      else
        yield {
          ...about,
          outcome: 'unknown',
          // That a cache is there at all, nothing shows.
          severity: 'medium',
          message: `Whether a header changes what others are given at ${name} could not be told: ${why ?? 'no answer says anything of it.'}`,
          toKnow: 'Mend what keeps it from answering, or let this machine through, and run it again.',
        };
    }
  },
});

function tryOf(change: Partial<PoisonTry>): PoisonTry {
  return { header: 'x-forwarded-host', outcome: 'withstood', text: 'the answer is the same with it', ...change };
}

function sample(tries: readonly PoisonTry[]): PoisonedHost {
  return { name: 'app.example.com', pages: [{ url: 'https://app.example.com/?launch-ready=…', tries }] };
}
