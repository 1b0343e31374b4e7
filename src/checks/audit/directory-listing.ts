import { defineCheck } from '../../core/check.ts';
import { plural } from '../../core/wording.ts';
import { type Exposure, liveExposures } from '../../evidence/http.ts';

/** Folders that hold what customers or you put there; a list of build output says little. */
const holdsFiles = /^\/(uploads|files|backups?|documents|media)\//;
/** Files that nobody means for visitors, whatever folder they lie in. */
const notForVisitors =
  /\.(?:log(?:\.[\w.-]*)?|key|pem|p12|pfx|jks|kdbx|env|bak|old|orig|sql|sqlite3?|dump)$|(?:^|\/)(?:access|error|audit)\.log\b/i;

export const directoryListing = defineCheck({
  id: 'audit/directory-listing',
  severity: 'high',
  covers: ['RM-directory-listings', 'FC-7'],
  doc: {
    title: 'The server lists the files of a folder to anybody',
    why: 'A list of uploads lets a stranger open every customer’s documents one by one, without guessing a single name.',
    fix: 'Switch the listing off (nginx: autoindex off; Apache: Options -Indexes; Express: remove serve-index) and hand out uploads only through a route that checks who is asking.',
    effort: 'hours',
  },
  needs: { exposures: liveExposures },
  examples: {
    fails: [{ name: 'the uploads are listed', given: { exposures: [folder('/uploads/', 'exposed', ['passport.pdf', 'contract.pdf'])] } }],
    passes: [{ name: 'the folder answers 404', given: { exposures: [folder('/uploads/', 'not-exposed')] } }],
  },
  *evaluate({ exposures }) {
    const asked = exposures.filter(({ kind }) => kind === 'listing');
    for (const one of asked) {
      if (one.outcome === 'exposed')
        yield {
          outcome: 'fail',
          subject: one.path,
          severity: holdsFiles.test(one.path) || one.names.some((name) => notForVisitors.test(name)) ? 'high' : 'low',
          message: `Anybody who opens ${one.path} sees ${one.what}.`,
          place: { url: one.url, name: one.path },
          proof: [
            { kind: 'http', request: `GET ${one.url}`, response: `${one.status ?? ''} ${one.what}`.trim() },
            ...(one.names.length > 0 ? [{ kind: 'step' as const, text: `Listed: ${one.names.slice(0, 10).join(', ')}` }] : []),
          ],
        };
    }
    const unknown = asked.filter(({ outcome }) => outcome === 'unknown');
    if (unknown.length > 0)
      yield {
        outcome: 'unknown',
        subject: 'not asked',
        severity: 'medium',
        message: `${plural(unknown.length, 'folder')} could not be looked at: ${unknown[0]?.what ?? ''}.`,
        toKnow: 'Run it again when the server answers.',
      };
    const closed = asked.filter(({ outcome }) => outcome === 'not-exposed').length;
    if (closed > 0 && asked.every(({ outcome }) => outcome !== 'exposed'))
      yield { outcome: 'pass', subject: 'folders', message: `${plural(closed, 'usual folder')} were asked for; none lists its files.` };
  },
});

function folder(path: string, outcome: Exposure['outcome'], names: readonly string[] = []): Exposure {
  return {
    path,
    url: `https://portal.example.com${path}`,
    outcome,
    kind: 'listing',
    status: 200,
    what: `a list of ${plural(names.length, 'file')}`,
    names,
    secrets: [],
  };
}
