import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { loginRedirectsWrongly } from '../../checks/edge/login-redirects-wrongly.ts';
import { redirectLoop } from '../../checks/edge/redirect-loop.ts';
import { slashVariant } from '../../checks/edge/slash-variant.ts';
import type { GivenHost } from '../../core/target.ts';
import { type EdgeFixture, isSecure, startEdge } from './fixture.ts';
import { redirectsCollector } from './redirects.ts';

const host = 'app.example.test';
const app: GivenHost = { name: host, role: 'app', login: '/login', callbacks: ['/auth/callback', '/sso/'] };
const checks = [loginRedirectsWrongly, redirectLoop, slashVariant];

let open: EdgeFixture | undefined;
afterEach(async () => {
  await open?.stop();
  open = undefined;
});

/** What the checks say of an app whose paths answer so: a status, or where they lead. Any other path is there. */
async function told(
  answers: Readonly<Record<string, number | string>>,
  map: GivenHost = app,
): Promise<{ fails: string[]; asked: string[] }> {
  const asked: string[] = [];
  const handler: RequestListener = (request, response) => {
    const [path = '', query] = (request.url ?? '/').split('?');
    if (!isSecure(request)) return void response.writeHead(308, { location: `https://${host}${request.url ?? '/'}` }).end();
    asked.push(path);
    const answer = answers[path] ?? 200;
    if (typeof answer === 'number') response.writeHead(answer, { 'content-type': 'text/html' }).end('<title>x</title>');
    else response.writeHead(308, { location: answer.replace('QUERY', query ?? '') }).end();
  };
  open = await startEdge([map], handler);
  const redirects = await redirectsCollector.collect({ client: open.client }, {
    target: { domains: open.domains, scope: { hosts: [], requests: 500, history: false } },
    signal: new AbortController().signal,
    progress: () => undefined,
  } as never);
  const all = checks.flatMap((check) => [...check.evaluate({ redirects })].map((one) => ({ ...one, check })));
  const open_ = all.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
  return { fails: open_.map(({ check, severity, message }) => `${check.id} ${severity ?? check.severity} ${message}`), asked };
}

const says = (severity: string, path: string, why: string, usual: string): string[] => [
  `edge/slash-variant ${severity} https://${host}${path} ${why}, though ${usual} answers.`,
];

describe('the slash at the end of what customers sign in by', () => {
  it('is asked for with and without, of those that were named, and is right where both answer', async () => {
    const { fails, asked } = await told({ '/login/': '/login?QUERY', '/sso': '/sso/?QUERY' });
    expect(fails).toEqual([]);
    expect(asked).toEqual(expect.arrayContaining(['/login/', '/auth/callback/', '/sso']));
    const guessed = await told({}, { name: host, role: 'app' });
    expect(guessed.asked).not.toContain('/login/');
  });

  it.each<readonly [name: string, answers: Readonly<Record<string, number | string>>, fails: readonly string[]]>([
    [
      'loses the code',
      { '/auth/callback/': '/auth/callback' },
      says('medium', '/auth/callback/', 'loses the code that signs people in', '/auth/callback'),
    ],
    ['is not there', { '/auth/callback/': 404 }, says('low', '/auth/callback/', 'is not there (404)', '/auth/callback')],
    [
      'leads in a circle',
      { '/auth/callback/': '/auth/callback/?QUERY' },
      says('medium', '/auth/callback/', 'leads in a circle', '/auth/callback'),
    ],
    ['is missing where the path has one', { '/sso': 404 }, says('low', '/sso', 'is not there (404)', '/sso/')],
    ['is too much for the login', { '/login/': 404 }, says('low', '/login/', 'is not there (404)', '/login')],
  ])('%s', async (_, answers, fails) => {
    expect((await told(answers)).fails).toEqual(fails);
  });

  it('is not what is wrong where the plain address fails as well', async () => {
    const { fails } = await told({ '/auth/callback': 404, '/auth/callback/': 404 });
    expect(fails).toEqual([expect.stringContaining('edge/login-redirects-wrongly blocker')]);
  });

  it('added by a redirect that drops the code, breaks the sign-in itself', async () => {
    const { fails } = await told({ '/auth/callback': '/auth/callback/' });
    expect(fails).toEqual([
      expect.stringMatching(/^edge\/login-redirects-wrongly blocker .* loses the code that signs people in in a redirect/),
    ]);
  });
});
