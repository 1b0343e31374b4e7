import { defineCheck } from '../../core/check.ts';
import type { Severity } from '../../core/stage.ts';
import { andList, plural } from '../../core/wording.ts';
import { type Exposure, type ExposureKind, liveExposures } from '../../evidence/http.ts';

const judged: readonly ExposureKind[] = ['env', 'git', 'backup', 'config', 'source'];
const publicPrefix = /^(VITE|NEXT_PUBLIC|EXPO_PUBLIC|REACT_APP|PUBLIC|NUXT_PUBLIC|GATSBY)_/;

const rotate = 'Then replace every secret that stood in it: whoever read it keeps it.';
const fixes: Readonly<Partial<Record<ExposureKind, string>>> = {
  env: `Take the file off the server and keep the values in the host's environment settings instead. ${rotate}`,
  git: `Publish only the build output (dist, .next, build), never the project folder, and delete the .git folder from the server. ${rotate}`,
  backup: 'Delete the file from the server now and keep backups where only you can sign in. Treat what was in it as read by strangers.',
  config: `Take the file off the server. ${rotate}`,
  source:
    'Serve one folder that holds only public files, e.g. express.static("public") instead of express.static("."). Check afterwards that /package.json answers 404.',
};

function severityOf({ kind, path, names, secrets }: Exposure): Severity {
  if (secrets.some(({ sensitivity }) => sensitivity === 'secret')) return 'blocker';
  if (kind === 'env') return names.length > 0 && names.every((name) => publicPrefix.test(name)) ? 'medium' : 'blocker';
  if (kind === 'source') return path === '/package.json' ? 'medium' : 'high';
  return kind === 'config' ? 'high' : 'blocker';
}

export const exposedFile = defineCheck({
  id: 'audit/exposed-file',
  severity: 'blocker',
  covers: ['SEC-dotgit-env-exposed', 'MB-3', 'NT-1', 'S1-C4'],
  doc: {
    title: 'The server hands out a file that should not be public',
    why: 'Programs ask every new web address for /.env, /.git and backups within hours. One hit gives a stranger the passwords, the code or the whole database.',
    fix: 'Publish only the build output, keep secrets in the environment settings of the host, and remove the file.',
    effort: 'hours',
    references: [
      'https://owasp.org/www-project-web-security-testing-guide/',
      'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
    ],
  },
  needs: { exposures: liveExposures },
  examples: {
    fails: [
      {
        name: 'a .env file is served',
        given: { exposures: [exposure('/.env', 'env', 'an environment file with 2 variables', ['DATABASE_URL', 'JWT_SECRET'])] },
      },
      {
        name: 'the git folder is served',
        given: { exposures: [exposure('/.git/HEAD', 'git', 'the git folder, and with it the whole source code and its history')] },
      },
      {
        name: 'express.static(".") serves the project folder',
        given: {
          exposures: [exposure('/package.json', 'source', 'the project’s own package.json: the server hands out the folder it runs in')],
        },
      },
    ],
    passes: [
      {
        name: 'the app answers its own page for every address',
        given: {
          exposures: [
            { ...exposure('/.env', 'env', 'something else, such as the app’s own page'), outcome: 'not-exposed' },
            { ...exposure('/.git/HEAD', 'git', 'the server answered 404'), outcome: 'not-exposed' },
          ],
        },
      },
    ],
  },
  *evaluate({ exposures }) {
    const asked = exposures.filter(({ kind }) => judged.includes(kind));
    const open = asked.filter(({ outcome }) => outcome === 'exposed');
    for (const one of open) {
      const secrets = one.secrets.filter(({ sensitivity }) => sensitivity === 'secret');
      const holds = secrets.length > 0 ? `, holding ${andList(secrets.slice(0, 3).map(({ label }) => label))}` : '';
      yield {
        outcome: 'fail',
        subject: one.path,
        severity: severityOf(one),
        message: `Anybody can open ${one.path}: ${one.what}${holds}.`,
        place: { url: one.url, name: one.path },
        cause: one.kind === 'git' || one.kind === 'source' ? one.kind : one.path,
        fix: fixes[one.kind] ?? '',
        proof: [
          { kind: 'http', request: `GET ${one.url}`, response: `${one.status ?? ''} ${one.what}`.trim() },
          ...(one.names.length > 0 ? [{ kind: 'step' as const, text: `Names inside: ${one.names.slice(0, 20).join(', ')}` }] : []),
          ...secrets.slice(0, 10).map(({ label, preview, harm }) => ({ kind: 'step' as const, text: `${label} ${preview}. ${harm}` })),
        ],
      };
    }
    const unknown = asked.filter(({ outcome }) => outcome === 'unknown');
    if (unknown.length > 0) {
      const worst = unknown.some(({ kind }) => kind === 'env' || kind === 'git');
      yield {
        outcome: 'unknown',
        subject: 'not asked',
        ...(!worst && { severity: 'medium' as const }),
        message: `For ${plural(unknown.length, 'address', 'addresses')} it could not be told what the server hands out (${unknown
          .slice(0, 4)
          .map(({ path }) => path)
          .join(', ')}): ${unknown[0]?.what ?? ''}.`,
        toKnow: 'Run it again when the server answers, with a higher limit of requests if that was reached.',
      };
    }
    const closed = asked.length - open.length - unknown.length;
    if (closed > 0 && open.length === 0)
      yield {
        outcome: 'pass',
        subject: 'files',
        message: `${plural(closed, 'address', 'addresses')} of files that must not be public were asked for; none hands one out.`,
      };
  },
});

function exposure(path: string, kind: ExposureKind, what: string, names: readonly string[] = []): Exposure {
  return { path, url: `https://portal.example.com${path}`, outcome: 'exposed', kind, status: 200, what, names, secrets: [] };
}
