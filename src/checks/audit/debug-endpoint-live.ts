import { defineCheck } from '../../core/check.ts';
import type { Severity } from '../../core/stage.ts';
import { plural } from '../../core/wording.ts';
import { type Exposure, liveExposures } from '../../evidence/http.ts';

const telling = /SECRET|PASSWORD|PASSWD|TOKEN|PRIVATE|DATABASE_URL|_KEY$|_DSN$/;

function severityOf({ names, secrets, what, path }: Exposure): Severity {
  if (secrets.some(({ sensitivity }) => sensitivity === 'secret') || names.some((name) => telling.test(name)) || path === '/actuator/env')
    return 'blocker';
  if (path === '/metrics') return 'low';
  return /settings|environment|management/.test(what) ? 'high' : 'medium';
}

export const debugEndpointLive = defineCheck({
  id: 'audit/debug-endpoint-live',
  severity: 'high',
  covers: ['RM-debug-mode-off', 'ASVS-13.4.2', 'MB-3'],
  doc: {
    title: 'A debug page of the server is open to the public',
    why: 'Debug pages print settings, environment variables and what other visitors are doing. They are the first thing an attacker tries.',
    fix: 'Delete the route, or make it exist only in development: if (process.env.NODE_ENV !== "production") app.get("/debug", …). Replace every secret it printed.',
    effort: 'minutes',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html'],
  },
  needs: { exposures: liveExposures },
  examples: {
    fails: [
      {
        name: 'a debug route prints the environment',
        given: {
          exposures: [debug('/api/debug', 'environment variables of the server (NODE_ENV, DATABASE_URL …)', ['NODE_ENV', 'DATABASE_URL'])],
        },
      },
      {
        name: 'phpinfo is open',
        given: { exposures: [debug('/phpinfo.php', 'phpinfo(): settings and environment variables of the server')] },
      },
    ],
    passes: [
      {
        name: 'the debug addresses do not exist',
        given: { exposures: [{ ...debug('/api/debug', 'the server answered 404'), outcome: 'not-exposed', status: 404 }] },
      },
    ],
  },
  *evaluate({ exposures }) {
    const asked = exposures.filter(({ kind }) => kind === 'debug');
    for (const one of asked) {
      if (one.outcome !== 'exposed') continue;
      yield {
        outcome: 'fail',
        subject: one.path,
        severity: severityOf(one),
        message: `Anybody can open ${one.path}, which shows ${one.what}.`,
        place: { url: one.url, name: one.path },
        proof: [
          { kind: 'http', request: `GET ${one.url}`, response: `${one.status ?? ''} ${one.what}`.trim() },
          ...(one.names.length > 0 ? [{ kind: 'step' as const, text: `Names inside: ${one.names.slice(0, 20).join(', ')}` }] : []),
        ],
      };
    }
    const unknown = asked.filter(({ outcome }) => outcome === 'unknown');
    if (unknown.length > 0)
      yield {
        outcome: 'unknown',
        subject: 'not asked',
        severity: 'medium',
        message: `For ${plural(unknown.length, 'debug address', 'debug addresses')} it could not be told what the server answers: ${unknown[0]?.what ?? ''}.`,
        toKnow: 'Run it again when the server answers, with a higher limit of requests if that was reached.',
      };
    const closed = asked.filter(({ outcome }) => outcome === 'not-exposed').length;
    if (closed > 0 && asked.every(({ outcome }) => outcome !== 'exposed'))
      yield {
        outcome: 'pass',
        subject: 'debug pages',
        message: `${plural(closed, 'usual debug address', 'usual debug addresses')} were asked for; none is open.`,
      };
  },
});

function debug(path: string, what: string, names: readonly string[] = []): Exposure {
  return { path, url: `https://portal.example.com${path}`, outcome: 'exposed', kind: 'debug', status: 200, what, names, secrets: [] };
}
