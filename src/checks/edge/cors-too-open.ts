import { defineCheck } from '../../core/check.ts';
import { type CorsAnswer, type CorsPath, edgeCors, type Cors, type OriginKind } from '../../evidence/edge-cors.ts';
import type { Severity } from '../../core/stage.ts';

const whom: Readonly<Record<OriginKind, string>> = {
  own: 'the app itself',
  foreign: 'every site there is',
  null: 'sandboxed frames and files (Origin: null), which every site can make',
  suffix: 'sites whose name only begins as yours',
  prefix: 'sites whose name only ends as yours',
  dot: 'sites whose name is yours with another letter for a dot',
  http: 'your site without encryption, which anybody on the network can pose as',
  subdomain: 'every subdomain, those that were forgotten included',
};

/** How bad it is that they may read what cookies open. */
const severityOf: Readonly<Record<OriginKind, Severity | undefined>> = {
  own: undefined,
  foreign: 'high',
  null: 'high',
  suffix: 'high',
  prefix: 'high',
  dot: 'medium',
  http: 'medium',
  subdomain: 'low',
};

export const corsTooOpen = defineCheck({
  id: 'edge/cors-too-open',
  severity: 'high',
  mendedIn: 'code',
  covers: ['S4-C3', 'S3-C5', 'REST-cors-specific'],
  doc: {
    title: 'Pages of other sites may read what customers are shown',
    why: 'A customer who is signed in and opens a page of somebody else gives that page all that your API answers to him: the browser sends his cookies along, and your server allows it to be read.',
    fix: 'Allow a fixed list of whole origins (https://app.example.com), compared letter by letter; never send back whatever Origin came, never allow null, and answer with Vary: Origin. An API without cookies may allow * without credentials.',
    effort: 'minutes',
    references: ['https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS', 'https://portswigger.net/web-security/cors'],
  },
  needs: { cors: edgeCors },
  examples: {
    fails: [
      {
        name: 'whatever comes is let in, with cookies',
        given: { cors: corsWith([answer('foreign', { allowed: 'https://launch-ready-probe.invalid', credentials: true, varies: true })]) },
      },
      { name: 'null, with cookies', given: { cors: corsWith([answer('null', { allowed: 'null', credentials: true, varies: true })]) } },
      {
        name: 'the answer depends on who asks, and caches are not told',
        given: {
          cors: corsWith([answer('own', { allowed: 'https://app.example.com', credentials: true }), answer('foreign', {})]),
        },
      },
    ],
    passes: [
      {
        name: 'nobody else',
        given: {
          cors: corsWith([answer('own', { allowed: 'https://app.example.com', credentials: true, varies: true }), answer('foreign', {})]),
        },
      },
      { name: 'everybody, without cookies', given: { cors: corsWith([answer('foreign', { allowed: '*' })]) } },
    ],
    unknowns: [
      {
        name: 'no answer',
        given: { cors: { hosts: [{ name: 'api.example.com', role: 'api', paths: [], why: 'api.example.com took too long to answer.' }] } },
      },
    ],
  },
  *evaluate({ cors: { hosts } }) {
    for (const { name, paths, why } of hosts) {
      const about = { subject: name, place: { name } };
      const open = paths.flatMap(({ url, answers }) => answers.flatMap((one) => (isOpen(one) ? [{ url, one }] : [])));
      // Whom everybody is among need not be told apart.
      const all = open.filter(({ one }) => one.kind === 'foreign');
      const told = all.length > 0 ? all : open;
      const worst = (['high', 'medium', 'low'] as const).flatMap((severity) =>
        told.filter(({ one }) => severityOf[one.kind] === severity),
      )[0];
      const unvaried = paths.filter(dependsUntold);
      if (worst)
        yield {
          ...about,
          outcome: 'fail',
          severity: severityOf[worst.one.kind] ?? 'high',
          message: `${name} lets ${whom[worst.one.kind]} read what signed-in customers are shown.`,
          proof: told.slice(0, 5).map(({ url, one }) => ({
            kind: 'http',
            request: `${one.method} ${url} with Origin: ${one.origin}`,
            response: `${one.status}, Access-Control-Allow-Origin: ${one.allowed ?? ''}, Access-Control-Allow-Credentials: true`,
          })),
        };
      else if (unvaried[0])
        yield {
          ...about,
          outcome: 'fail',
          severity: 'low',
          message: `${name} answers each site differently, and does not tell caches so (Vary: Origin): what was kept for one is given to another, and calls of your own app fail.`,
          fix: 'Send Vary: Origin with every answer whose Access-Control-Allow-Origin depends on who asks, refusals included.',
          proof: unvaried.slice(0, 3).map(({ url }) => ({
            kind: 'step',
            text: `${url}: Access-Control-Allow-Origin is there for the app alone, and Vary does not name Origin`,
          })),
        };
      else if (paths.some(({ answers }) => answers.some(({ kind }) => kind === 'foreign')))
        yield { ...about, outcome: 'pass', message: `${name} lets no other site read what signed-in customers are shown.` };
      else
        yield {
          ...about,
          outcome: 'unknown',
          message: `Which sites may read what ${name} answers could not be told: ${why ?? 'no answer came.'}`,
          toKnow: 'Mend what keeps it from answering, or let this machine through, and run it again.',
        };
    }
  },
});

/** With a star, browsers send no cookies along, whatever the other header says. */
const isOpen = ({ kind, origin, allowed, credentials }: CorsAnswer): boolean => kind !== 'own' && credentials && allowed === origin;

/** The app is let in by name, others are not, and Vary does not say so. */
function dependsUntold({ answers, unasked }: CorsPath): boolean {
  const own = answers.find(({ kind, method }) => kind === 'own' && method === 'GET');
  const foreign = answers.find(({ kind, method }) => kind === 'foreign' && method === 'GET');
  if (!own || !foreign || own.allowed !== own.origin) return false;
  const isSame = foreign.allowed === own.allowed && (unasked === undefined || unasked === own.allowed);
  return !isSame && !own.varies;
}

function answer(kind: OriginKind, change: Partial<CorsAnswer>): CorsAnswer {
  const origin = kind === 'own' ? 'https://app.example.com' : kind === 'null' ? 'null' : 'https://launch-ready-probe.invalid';
  return { kind, origin, method: 'GET', status: 200, credentials: false, varies: false, ...change };
}

function corsWith(answers: readonly CorsAnswer[]): Cors {
  return { hosts: [{ name: 'api.example.com', role: 'api', paths: [{ url: 'https://api.example.com/', answers }] }] };
}
