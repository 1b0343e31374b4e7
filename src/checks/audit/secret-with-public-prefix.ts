import { defineCheck } from '../../core/check.ts';
import type { Severity } from '../../core/stage.ts';
import { type PublicSecretVariable, sourceSecrets } from '../../evidence/secrets.ts';
import { filesSearched, findingOf, leakedSecrets, nameOf, searched, severityInBrowser } from '../leaked-secret.ts';
import { sampleAnonKey, sampleScan, sampleSecret } from '../secret-sample.ts';

const variable: PublicSecretVariable = {
  variable: 'VITE_OPENAI_API_KEY',
  place: { file: 'src/lib/ai.ts', line: 3 },
  places: [{ file: 'src/lib/ai.ts', line: 3 }],
  says: 'the key of an AI service, which others can use on your bill',
  usedBy: 'client',
};

// By name alone the value is not known; what the browser's code reads is delivered with it.
function severityOf({ usedBy, says }: PublicSecretVariable): Severity {
  if (usedBy !== 'client') return 'medium';
  return /administrator|database/.test(says) ? 'blocker' : 'high';
}

const howUsed = (usedBy: PublicSecretVariable['usedBy']): string => {
  if (usedBy === 'client') return "the page's code reads it, so its value is delivered to every visitor";
  if (usedBy === 'other-code') return 'so far only server code reads it, but the first page that does delivers its value to every visitor';
  return 'as soon as a page reads it, its value is delivered to every visitor';
};

export const secretWithPublicPrefix = defineCheck({
  id: 'audit/secret-with-public-prefix',
  severity: 'blocker',
  covers: ['MB-3', 'NT-1', 'S1-C4', 'S4-C1', 'SEC-client-prefix', 'SEC-service-role'],
  doc: {
    title: 'A secret has a name that makes it public',
    why: 'Build tools copy every variable that begins with VITE_, NEXT_PUBLIC_, EXPO_PUBLIC_ and the like into the files that visitors download. A secret under such a name is public the moment the app is deployed.',
    fix: 'Replace the secret where it was issued, give the new one a name without the public prefix, and use it only in code that runs on a server.',
    effort: 'hours',
    references: ['https://vite.dev/guide/env-and-mode', 'https://nextjs.org/docs/app/guides/environment-variables'],
  },
  needs: { scan: sourceSecrets },
  examples: {
    fails: [
      {
        name: 'the service_role key is set as VITE_SUPABASE_SERVICE_ROLE_KEY',
        given: {
          scan: sampleScan([
            sampleSecret({
              location: 'ignored-env-file',
              tracked: false,
              ignored: true,
              publicPrefix: true,
              variable: 'VITE_SUPABASE_SERVICE_ROLE_KEY',
              places: [{ file: '.env', line: 3 }],
            }),
          ]),
        },
      },
      { name: 'a page reads VITE_OPENAI_API_KEY', given: { scan: sampleScan([], { publicVariables: [variable] }) } },
    ],
    passes: [
      {
        name: 'the anon key may be public',
        given: { scan: sampleScan([sampleAnonKey({ publicPrefix: true, variable: 'VITE_SUPABASE_ANON_KEY', location: 'env-file' })]) },
      },
    ],
  },
  *evaluate({ scan }) {
    const leaked = leakedSecrets(scan);
    const byValue = leaked.filter(({ exposure }) => exposure === 'public-prefix');
    for (const secret of byValue)
      yield findingOf(secret, {
        message: `${nameOf(secret)} is set as ${secret.lead.variable ?? 'a public variable'}, a name that makes build tools put it into every visitor's download.`,
        severity: severityInBrowser(secret),
        after: 'Then give the new one a name without the public prefix and use it only in code that runs on a server.',
      });
    // A variable whose value was seen is judged by the value: as leaked above, or as harmless.
    const judged = new Set(scan.secrets.filter(({ publicPrefix }) => publicPrefix === true).map((secret) => secret.variable));
    const byName = scan.publicVariables.filter((item) => !judged.has(item.variable));
    for (const item of byName)
      yield {
        outcome: 'fail',
        subject: `variable ${item.variable}`,
        severity: severityOf(item),
        place: item.place,
        message: `${item.variable} is named like ${item.says}, yet its prefix makes it public: ${howUsed(item.usedBy)}.`,
        proof: item.places.slice(0, 8).map((place) => ({ kind: 'step' as const, place, text: `Named here: ${item.variable}` })),
      };
    if (byValue.length + byName.length === 0 && filesSearched(scan) > 0)
      yield {
        outcome: 'pass',
        subject: 'public variables',
        message: `${searched(scan)} searched; no variable with a public prefix is a secret by name or by value.`,
      };
  },
});
