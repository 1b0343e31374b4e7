import { parseArgs } from 'node:util';

/** What can be measured, each loaded only when asked for. Every entry prints its figures beside their targets and says whether all are met. */
const benchmarks: Readonly<Record<string, () => Promise<(options: BenchOptions) => Promise<boolean>>>> = {
  access: async () => (await import('./access/run.ts')).benchAccess,
  audit: async () => (await import('./audit.ts')).benchAudit,
  edge: async () => (await import('./edge/run.ts')).benchEdge,
  database: async () => (await import('./database/run.ts')).benchDatabase,
  speed: async () => (await import('./speed.ts')).benchSpeed,
};

export interface BenchOptions {
  /** Folder with the checked-out repos of the corpus, each in `owner__name`. */
  readonly corpus?: string;
  /** Folder with JSON files of verdicts to take into the corpus. */
  readonly verdicts?: string;
  /** Only the repos of the corpus whose name holds this text. */
  readonly match?: string;
  /** Lists the false alarms that are still made and the right findings that are not made any more. */
  readonly list: boolean;
  /** Writes what was found back to `bench/corpus.json`. */
  readonly write: boolean;
  /** Leaves the other tools out. */
  readonly rivals: boolean;
  /** Which parts to run; all when absent. */
  readonly only?: string;
  /** A real repo to measure the speed on, instead of the generated ones. */
  readonly repo?: string;
  /** The kind of sandbox: `postgresql` or `pglite`. */
  readonly engine?: string;
  /** Applies all corrections of a repo together and proves it again. */
  readonly corrections: boolean;
  /** Walks through the apps in Chromium as well. */
  readonly browser: boolean;
  /** Measurements of each kind. */
  readonly rounds?: number;
}

const usage = `Usage: npm run bench -- NAME [OPTIONS]

  access    trying a running app as several people: requests a second and memory; or real apps, beside what is known of them
    --corpus DIR                 the apps of bench/access-lab.json, each in DIR/APP with a start.sh that takes a port
    --match TEXT                 only the apps whose name holds TEXT, or one of several with commas between
    --list                       name what was found, what was not tried and what is left, and what other tools' rules say of each try
    --browser                    walk through the apps in a browser as well
    --write                      write the figures to bench/access-lab.json

  audit     precision and recall of the audit on the example apps with and without flaws, beside other tools, and on real repos
    --only twins|rivals|corpus   one part only
    --no-rivals                  without the other tools, which are installed into bench/.rivals
    --corpus DIR                 audit the repos checked out in DIR (owner__name) again and say which findings nobody judged
    --match TEXT                 only the repos whose name holds TEXT
    --list                       name the false alarms still made, and the right findings not made any more
    --verdicts DIR               take the verdicts of the JSON files in DIR as well
    --write                      write the result to bench/corpus.json

  database  the proof of isolation: how much of the SQL is applied, of the tables filled and of the tries decided, what leaks, and the time it takes;
            on the example app, clean and with each flaw of its database, or on real repos
    --corpus DIR                 the repos of bench/database-corpus.json, checked out in DIR (owner__name) at the commits named there
    --match TEXT                 only the repos (or flaws) whose name holds TEXT
    --list                       name the statements that failed, and the findings recorded as wrong
    --verdicts DIR               take the verdicts of the JSON files in DIR as well
    --write                      write the result to bench/database-corpus.json
    --corrections                apply all corrections of a repo together to a copy of it, and prove that again
    --engine postgresql|pglite   kind of sandbox (postgresql)

  edge      the stages edge and email on the example domain: seconds where every answer is 50 ms late, questions and requests, testssl.sh on the
            same host; each flaw of the example; and the test suite of RFC 7208
    --match TEXT                 only the flaws whose name holds TEXT
    --list                       what turned red with each flaw
    --no-rivals                  without testssl.sh

  speed     time and memory of the audit on a generated repo of 5,000 source files, beside reading and parsing the same files once
    --repo DIR                   on this repo instead
    --rounds N                   measurements of each kind (3)`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      corpus: { type: 'string' },
      verdicts: { type: 'string' },
      match: { type: 'string' },
      list: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      rivals: { type: 'boolean', default: true },
      only: { type: 'string' },
      repo: { type: 'string' },
      rounds: { type: 'string' },
      engine: { type: 'string' },
      corrections: { type: 'boolean', default: false },
      browser: { type: 'boolean', default: false },
    },
  });
  const load = benchmarks[positionals[0] ?? ''];
  if (positionals.length !== 1 || load === undefined) {
    console.error(usage);
    return 2;
  }
  const { rounds, ...rest } = values;
  const benchmark = await load();
  return (await benchmark({ ...rest, ...(rounds !== undefined && { rounds: Number(rounds) }) })) ? 0 : 1;
}

process.exitCode = await main();
