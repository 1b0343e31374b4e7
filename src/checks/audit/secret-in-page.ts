import { defineCheck } from '../../core/check.ts';
import type { Severity } from '../../core/stage.ts';
import { plural } from '../../core/wording.ts';
import { type Bundles, liveBundles } from '../../evidence/http.ts';
import type { Secret } from '../../evidence/secrets.ts';

const carriers: Readonly<Partial<Record<Secret['location'], string>>> = {
  page: 'the page itself',
  bundle: 'a script',
  'source-map': 'a source map',
};

/** What a visitor gets first is named first. */
const nearness = ({ location }: Secret): number => Object.keys(carriers).indexOf(location);

function severityOf({ sensitivity, power, toldBy }: Secret): Severity {
  if (sensitivity !== 'secret' || power === 'limited') return sensitivity === 'secret' ? 'medium' : 'low';
  // A name can mislead; the form of a key cannot.
  return toldBy === 'name' ? 'high' : 'blocker';
}

export const secretInPage = defineCheck({
  id: 'audit/secret-in-page',
  severity: 'blocker',
  covers: ['NT-1', 'MB-3', 'SEC-service-role', 'SEC-client-prefix', 'S1-C4'],
  doc: {
    title: 'The running app sends a secret to every visitor',
    why: 'Everything the browser downloads can be read by whoever visits. A service key in it opens the database or the bill to strangers, whatever the login page says.',
    fix: 'Replace the secret at the service that issued it, then use the new one only in code that runs on a server (an API route, an edge function), never under a VITE_, NEXT_PUBLIC_ or EXPO_PUBLIC_ name.',
    effort: 'hours',
    references: [
      'https://supabase.com/docs/guides/api/api-keys',
      'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
    ],
  },
  needs: { bundles: liveBundles },
  examples: {
    fails: [
      {
        name: 'the Supabase service_role key is in the bundle',
        given: { bundles: bundlesWith({ kind: 'supabase-service-role', label: 'Supabase service_role key', sensitivity: 'secret' }) },
      },
    ],
    passes: [
      { name: 'no secret in the scripts', given: { bundles: bundlesWith() } },
      {
        name: 'the Supabase anon key is meant to be public',
        given: { bundles: bundlesWith({ kind: 'supabase-anon', label: 'Supabase anon key', sensitivity: 'public' }) },
      },
    ],
  },
  *evaluate({ bundles }) {
    const hidden = bundles.secrets.filter(({ sensitivity }) => sensitivity !== 'public');
    for (const hash of new Set(hidden.map((secret) => secret.hash))) {
      const same = hidden.filter((secret) => secret.hash === hash).toSorted((a, b) => nearness(a) - nearness(b));
      const [secret] = same;
      if (!secret) continue;
      const places = same.flatMap((one) => one.places.map((place) => ({ place, location: one.location })));
      const first = places[0];
      yield {
        outcome: 'fail',
        subject: `${secret.kind} ${hash}`,
        severity: severityOf(secret),
        message: `${secret.label} (${secret.preview}) is in ${carriers[secret.location] ?? 'a file'} that anybody can download${secret.meaning === undefined ? '' : `: ${secret.meaning}`}.`,
        ...(first && { place: first.place }),
        fix: `${secret.rotate} Then use the new one only in code that runs on a server, never under a VITE_, NEXT_PUBLIC_ or EXPO_PUBLIC_ name.`,
        proof: [
          { kind: 'step', text: secret.harm },
          ...places
            .slice(0, 6)
            .map(({ place, location }) => ({ kind: 'step' as const, place, text: `Seen in ${carriers[location] ?? 'a file'}` })),
        ],
      };
    }
    const unread = bundles.gaps.filter(({ entry }) => entry === true);
    if (unread.length > 0)
      yield {
        outcome: 'unknown',
        subject: 'scripts of the page',
        message: `${plural(unread.length, 'script')} that the page loads could not be read whole (${unread[0]?.what ?? ''}: ${unread[0]?.why ?? ''}).`,
        toKnow: 'Run it again when the server answers, with a higher limit of requests if that was reached.',
      };
    const rest = bundles.gaps.length - unread.length;
    if (rest > 0)
      yield {
        outcome: 'unknown',
        subject: 'scripts loaded later',
        severity: 'medium',
        message: `Some scripts that are loaded later could not be read (${bundles.gaps.find(({ entry }) => entry !== true)?.what ?? ''}).`,
        toKnow: 'Run it again with a higher limit of requests.',
      };
    if (hidden.length === 0 && bundles.scripts.length > 0)
      yield {
        outcome: 'pass',
        subject: 'scripts',
        message: `${plural(bundles.scripts.length, 'script')} of the running app ${bundles.scripts.length === 1 ? 'was' : 'were'} searched; no secret in what was read.`,
      };
  },
});

function bundlesWith(secret?: Pick<Secret, 'kind' | 'label' | 'sensitivity'>): Bundles {
  const url = 'https://portal.example.com/assets/index-BxY3k9Qa.js';
  return {
    scripts: [{ url, bytes: 240_000 }],
    secrets: secret
      ? [
          {
            ...secret,
            power: 'total',
            harm: 'Whoever has it can read, change and delete every row, whatever the policies say.',
            rotate: 'In the Supabase dashboard, Project Settings, API Keys: replace it.',
            toldBy: 'form',
            location: 'bundle',
            places: [{ url }],
            preview: 'eyJh…(219 characters, hidden)',
            hash: '0f1e2d3c4b5a6978',
          },
        ]
      : [],
    endpoints: [],
    backends: [],
    tables: [],
    thirdParties: [],
    gaps: [],
  };
}
