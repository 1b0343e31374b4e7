import { defineCheck } from '../../core/check.ts';
import { sourceSecrets } from '../../evidence/secrets.ts';
import { filesSearched, findingOf, leakedSecrets, nameOf, placesText, searched, severityInBrowser } from '../leaked-secret.ts';
import { sampleAnonKey, sampleScan, sampleSecret } from '../secret-sample.ts';

export const secretInClient = defineCheck({
  id: 'audit/secret-in-client',
  severity: 'blocker',
  covers: ['MB-3', 'NT-1', 'S1-C4', 'SEC-service-role', 'SEC-sourcemaps', 'RM-only-server-side-encryption'],
  doc: {
    title: 'A secret is in code that browsers or phones download',
    why: 'Everything a browser or an app on a phone downloads can be read by whoever has it, without logging in. A service key in there opens the whole database, or your bill, to strangers.',
    fix: 'Replace the secret where it was issued. Then move the call that needs it into code that runs on a server (an edge function or API route), and let the page call that.',
    effort: 'hours',
    references: [
      'https://supabase.com/docs/guides/api/api-keys',
      'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
    ],
  },
  needs: { scan: sourceSecrets },
  examples: {
    fails: [
      {
        name: 'the service_role key is in a file that the page imports',
        given: {
          scan: sampleScan([
            sampleSecret({
              places: [{ file: 'src/lib/admin.ts', line: 3 }],
              reachedFromClient: ['src/main.tsx', 'src/App.tsx', 'src/lib/admin.ts'],
            }),
          ]),
        },
      },
      {
        name: 'it is in the built script',
        given: { scan: sampleScan([sampleSecret({ location: 'bundle', places: [{ file: 'dist/assets/index-1a2b.js', line: 1 }] })]) },
      },
    ],
    passes: [
      { name: 'no secret was found', given: { scan: sampleScan() } },
      {
        name: 'the anon key belongs into the page',
        given: { scan: sampleScan([sampleAnonKey({ reachedFromClient: ['src/main.tsx', 'src/lib/supabase.ts'] })]) },
      },
    ],
  },
  *evaluate({ scan }) {
    const leaked = leakedSecrets(scan).filter(({ exposure }) => exposure === 'client');
    for (const secret of leaked) {
      const built = secret.lead.location === 'bundle' || secret.lead.location === 'source-map';
      yield findingOf(secret, {
        message: `${nameOf(secret)} is in ${built ? 'a built file' : 'code'} that browsers or phones download: ${placesText(secret)}.`,
        severity: severityInBrowser(secret),
        after: 'Then use the new one only in code that runs on a server, and let the page ask that code.',
      });
    }
    if (leaked.length === 0 && filesSearched(scan) > 0)
      yield {
        outcome: 'pass',
        subject: 'client code',
        message: `${searched(scan)} searched; no secret in what browsers or phones download.`,
      };
  },
});
