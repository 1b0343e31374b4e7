import { defineCheck } from '../../core/check.ts';
import { edgeMixed, type MixedContent, type MixedItem } from '../../evidence/edge-mixed.ts';

export const mixedContent = defineCheck({
  id: 'edge/mixed-content',
  severity: 'high',
  mendedIn: 'code',
  covers: ['S3-C4', 'RM-use-https'],
  doc: {
    title: 'An https page asks for something over http',
    why: 'Browsers block scripts, styles, frames and calls that come without encryption: parts of the page stay dead, for customers only, since on localhost they work. What people type into such a form can be read on the way.',
    fix: 'Write https:// (or an address without scheme and host) wherever http:// stands, in environment variables of the build too. Until all is found, Content-Security-Policy: upgrade-insecure-requests lets browsers ask by https.',
    effort: 'minutes',
    references: ['https://developer.mozilla.org/en-US/docs/Web/Security/Mixed_content'],
  },
  needs: { mixed: edgeMixed },
  examples: {
    fails: [
      { name: 'a script over http', given: { mixed: mixedWith([{ kind: 'active', what: 'script', url: 'http://cdn.example.net/a.js' }]) } },
      {
        name: 'a form that sends to http',
        given: { mixed: mixedWith([{ kind: 'form', what: 'form', url: 'http://app.example.com/login' }]) },
      },
      { name: 'a picture over http', given: { mixed: mixedWith([{ kind: 'passive', what: 'img', url: 'http://app.example.com/a.png' }]) } },
    ],
    passes: [
      { name: 'nothing over http', given: { mixed: mixedWith([]) } },
      {
        name: 'the page tells browsers to ask by https',
        given: { mixed: mixedWith([{ kind: 'active', what: 'script', url: 'http://cdn.example.net/a.js' }], true) },
      },
    ],
    unknowns: [
      {
        name: 'the page could not be read',
        given: { mixed: { pages: [], unread: [{ name: 'app.example.com', why: 'app.example.com took too long to answer.' }] } },
      },
    ],
  },
  *evaluate({ mixed: { pages, unread, noBrowser } }) {
    for (const { url, upgrades, items } of pages) {
      const about = { subject: url, place: { url } };
      // A browser that was told to upgrade, and complains still, knows better.
      const real = upgrades ? items.filter(({ tried, kind }) => tried === true && kind !== 'passive') : items;
      const worst = (['form', 'active', 'passive'] as const).flatMap((kind) => real.filter((one) => one.kind === kind));
      const [first] = worst;
      if (first)
        yield {
          ...about,
          outcome: 'fail',
          severity: first.kind === 'passive' ? 'low' : 'high',
          message: `${url} ${said[first.kind]} ${first.url}${worst.length > 1 ? ` and ${worst.length - 1} more` : ''}.`,
          proof: worst.slice(0, 6).map((one) => ({
            kind: 'step',
            place: { url: one.from ?? url },
            text: `${one.what}: ${one.url}${one.tried === true ? ', as Chromium reports' : ''}`,
          })),
        };
      else yield { ...about, outcome: 'pass', message: `${url} asks for nothing over http.` };
    }
    for (const { name, why } of unread)
      yield {
        outcome: 'unknown',
        subject: name,
        place: { name },
        message: `The pages of ${name} could not be read: ${why}`,
        toKnow: 'Mend what keeps it from answering, or let this machine through, and run it again.',
      };
    if (noBrowser !== undefined)
      yield {
        outcome: 'unknown',
        severity: 'low',
        subject: 'browser',
        message: `The pages were not opened in a browser: ${noBrowser}`,
        toKnow: 'Install Chromium, and run it again with --browser.',
      };
  },
});

const said: Readonly<Record<MixedItem['kind'], string>> = {
  form: 'sends what people type, without encryption, to',
  active: 'needs something that browsers block, because it comes without encryption:',
  passive: 'asks for a picture or a sound without encryption:',
};

function mixedWith(items: readonly MixedItem[], upgrades = false): MixedContent {
  return { pages: [{ url: 'https://app.example.com/', upgrades, items }], unread: [] };
}
