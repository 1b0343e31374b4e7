import { defineCheck } from '../../core/check.ts';
import type { Severity } from '../../core/stage.ts';
import { plural } from '../../core/wording.ts';
import { sourceSecrets } from '../../evidence/secrets.ts';
import { filesSearched, findingOf, type LeakedSecret, leakedSecrets, nameOf, placesText, severityIn } from '../leaked-secret.ts';
import { sampleScan, sampleSecret } from '../secret-sample.ts';

// A log that stays on this computer was still sent to, or came from, somebody else's service.
function severityOf(secret: LeakedSecret): Severity {
  const severity = severityIn(secret);
  const shared = secret.lead.tracked ?? secret.lead.ignored !== true;
  return shared || severity === 'low' ? severity : 'medium';
}

export const secretInLog = defineCheck({
  id: 'audit/secret-in-log',
  severity: 'high',
  covers: ['MB-3', 'NT-1', 'SEC-logs-clean', 'SEC-ci-masked', 'RM-avoid-logging-sensitive-data'],
  doc: {
    title: 'A secret is in a log or an exported chat',
    why: 'Logs and chats are copied, shared and kept for years, and a secret pasted into a chat with an AI tool or a colleague has left your hands.',
    fix: 'Replace the secret where it was issued, take the file out of the repo, and mask the value where the log is written.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html'],
  },
  needs: { scan: sourceSecrets },
  examples: {
    fails: [
      {
        name: 'an exported chat has the service_role key',
        given: { scan: sampleScan([sampleSecret({ location: 'chat', tracked: true, places: [{ file: '.bolt/prompt', line: 12 }] })]) },
      },
    ],
    passes: [{ name: 'the logs and chats in the repo hold no secret', given: { scan: sampleScan() } }],
  },
  *evaluate({ scan }) {
    const leaked = leakedSecrets(scan).filter(({ exposure }) => exposure === 'log');
    for (const secret of leaked)
      yield findingOf(secret, {
        message: `${nameOf(secret)} is in ${secret.lead.location === 'chat' ? 'a chat or prompt file' : 'a log'}: ${placesText(secret)}.`,
        severity: severityOf(secret),
        after: 'Then delete the file or the line, and mask the value where it was written.',
      });
    const files = filesSearched(scan, 'log', 'chat');
    if (leaked.length > 0) return;
    if (files > 0)
      yield {
        outcome: 'pass',
        subject: 'logs and chats',
        message: `${plural(files, 'log, chat or prompt file')} in the folder searched; no secret in them.`,
      };
    else if (filesSearched(scan) > 0)
      yield {
        outcome: 'not-applicable',
        subject: 'logs and chats',
        message: 'The folder holds no logs and no exported chats. Put exports of them in it to have them searched.',
      };
  },
});
