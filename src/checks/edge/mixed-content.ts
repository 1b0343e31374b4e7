import { defineCheck } from '../../core/check.ts';
import { edgeMixed, type MixedContent, type MixedItem, type MixedPage, type MixedUnseen } from '../../evidence/edge-mixed.ts';

export const mixedContent = defineCheck({
  id: 'edge/mixed-content',
  severity: 'high',
  mendedIn: 'code',
  covers: ['S3-C4', 'RM-use-https', 'ASVS-4.4.1'],
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
      {
        name: 'a script over http on a page that only those see who sign in',
        given: {
          mixed: {
            ...mixedWith([]),
            pages: [
              ...mixedWith([]).pages,
              {
                url: 'https://app.example.com/cases/{id}',
                as: 'anna',
                upgrades: false,
                items: [{ kind: 'active', what: 'WebSocket', url: 'ws://live.example.com/feed', tried: true }],
              },
            ],
          },
        },
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
        name: 'nobody signed in',
        given: {
          mixed: { ...mixedWith([]), unseen: [{ name: 'signed in', why: 'Nobody is there who could sign in.', toKnow: 'Name somebody.' }] },
        },
      },
      {
        name: 'the page could not be read',
        given: { mixed: { pages: [], unread: [{ name: 'app.example.com', why: 'app.example.com took too long to answer.' }] } },
      },
    ],
  },
  *evaluate({ mixed: { pages, unread, noBrowser, unseen = [], held = [] } }) {
    for (const page of pages.filter(({ as }) => as === undefined)) {
      const { url } = page;
      const about = { subject: url, place: { url } };
      const worst = worstOf(page);
      if (worst.length > 0) yield { ...about, ...told(page, worst) };
      else yield { ...about, outcome: 'pass', message: `${url} asks for nothing over http.` };
    }
    yield* behindSignIn(pages, held);
    for (const one of unseen) yield unseenAs(one);
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

/** What counts of a page, worst first. A browser that was told to upgrade, and complains still, knows better. */
function worstOf({ upgrades, items }: MixedPage): MixedItem[] {
  const real = upgrades ? items.filter(({ tried, kind }) => tried === true && kind !== 'passive') : items;
  return (['form', 'active', 'passive'] as const).flatMap((kind) => real.filter((one) => one.kind === kind));
}

function told({ url, as }: MixedPage, worst: readonly MixedItem[], further = 0) {
  const [first] = worst as readonly [MixedItem];
  const seen = as === undefined ? '' : `, as ${as} is shown it,`;
  const also = further > 0 ? `; ${further} more ${further === 1 ? 'page asks' : 'pages ask'} for it too` : '';
  return {
    outcome: 'fail' as const,
    severity: first.kind === 'passive' ? ('low' as const) : ('high' as const),
    message: `${url}${seen} ${said[first.kind]} ${first.url}${worst.length > 1 ? ` and ${worst.length - 1} more` : ''}${also}.`,
    proof: worst.slice(0, 6).map((one) => ({
      kind: 'step' as const,
      place: { url: one.from ?? url },
      text: `${one.what}: ${one.url}${one.tried === true ? ', as Chromium reports' : ''}`,
    })),
  };
}

/** Pages that only those see who sign in. What all of them have, as the frame around them, is told once, and what everybody is shown is told of there. */
function* behindSignIn(pages: readonly MixedPage[], held: MixedContent['held'] & object) {
  const isKnown = (page: MixedPage, { url }: MixedItem): boolean =>
    pages.some((other) => other.as === undefined && other.url === page.url && worstOf(other).some((one) => one.url === url));
  const groups = new Map<string, { readonly page: MixedPage; readonly worst: readonly MixedItem[]; urls: Set<string> }>();
  const steps = held.slice(0, 10).map(({ path, why }) => ({ kind: 'step' as const, text: `${path} was not opened: ${why}` }));
  let isFirst = true;
  for (const page of pages) {
    if (page.as === undefined) continue;
    const all = worstOf(page);
    const worst = all.filter((one) => !isKnown(page, one));
    const [first] = worst;
    if (first) {
      const group = groups.get(`${first.kind} ${first.url}`) ?? { page, worst, urls: new Set<string>() };
      group.urls.add(page.url);
      groups.set(`${first.kind} ${first.url}`, group);
    } else if (all.length === 0) {
      const message = `${page.url}, as ${page.as} is shown it, asks for nothing over http.`;
      yield { ...aboutShown(page), outcome: 'pass' as const, message, ...(isFirst && steps.length > 0 && { proof: steps }) };
      isFirst = false;
    }
  }
  for (const { page, worst, urls } of groups.values()) yield { ...aboutShown(page), ...told(page, worst, urls.size - 1) };
}

const aboutShown = ({ url, as }: MixedPage) => ({ subject: `${url} as ${as}`, place: { url } });

const unseenAs = ({ name, why, toKnow }: MixedUnseen) => ({
  outcome: 'unknown' as const,
  severity: 'low' as const,
  subject: name,
  message: `Not all pages were looked at for what they ask for over http: ${why}`,
  toKnow,
});

const said: Readonly<Record<MixedItem['kind'], string>> = {
  form: 'sends what people type, without encryption, to',
  active: 'needs something that browsers block, because it comes without encryption:',
  passive: 'asks for a picture or a sound without encryption:',
};

function mixedWith(items: readonly MixedItem[], upgrades = false): MixedContent {
  return { pages: [{ url: 'https://app.example.com/', upgrades, items }], unread: [] };
}
