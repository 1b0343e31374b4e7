/** What a flag takes and says of itself; help and parsing are both made from it. */
export interface Flag {
  readonly type: 'boolean' | 'string';
  /** May be given several times. */
  readonly repeatable?: boolean;
  readonly short?: string;
  /** Shown in the help for the value. */
  readonly value?: string;
  /** Shown as `--no-x` because it is on by default. */
  readonly negative?: boolean;
  readonly help: string;
}

/** Every flag of every command. A flag means the same wherever it appears. */
export const flags = {
  format: {
    type: 'string',
    repeatable: true,
    value: 'FORMAT',
    help: 'terminal, json, markdown, html, sarif, junit, github or codeclimate; may be repeated',
  },
  output: {
    type: 'string',
    value: 'FILE|FOLDER',
    short: 'o',
    help: 'where the report goes (- is the screen), the tests, or the recording',
  },
  only: { type: 'string', repeatable: true, value: 'CHECK', help: 'run this check only; may be repeated' },
  history: { type: 'boolean', negative: true, help: 'do not search the git history for secrets' },
  'fail-on': { type: 'string', value: 'SEVERITY', help: 'blocker, high, medium or low: what counts against you (high)' },
  baseline: { type: 'string', value: 'FILE', help: 'findings in this file are known; only others count' },
  'write-baseline': { type: 'string', value: 'FILE', help: 'write what is found now as a baseline' },
  'save-evidence': { type: 'string', value: 'FOLDER', help: 'keep the facts that were collected (secrets hidden)' },
  evidence: { type: 'string', value: 'FOLDER', help: 'judge saved facts again instead of collecting' },
  timeout: { type: 'string', value: 'SECONDS', help: 'stop collecting after this time' },
  requests: {
    type: 'string',
    value: 'NUMBER',
    help: 'never send more requests than this (300; to try an app 6000, 2000 where it is not on this machine)',
  },
  config: { type: 'string', value: 'FILE', help: 'use this file instead of launch-ready.yaml' },
  stage: { type: 'string', repeatable: true, value: 'STAGE', help: 'audit or access: run the checks of this stage only; may be repeated' },
  sandbox: { type: 'string', value: 'ENGINE', help: 'postgresql or pglite: where the database is rebuilt (postgresql, where it runs)' },
  seed: { type: 'boolean', help: "apply the repo's seed.sql as well" },
  dump: { type: 'string', value: 'FILE', help: 'schema dump of the running database to start from' },
  lock: { type: 'string', value: 'FILE', help: 'the reviewed access matrix (access.lock.yaml beside the config)' },
  'write-lock': { type: 'boolean', help: 'write the access matrix as it is now, to be reviewed and committed' },
  'allow-writes': { type: 'boolean', help: 'sign up, make things and change them in the running app; it undoes what it can' },
  allow: {
    type: 'string',
    repeatable: true,
    value: "'METHOD /path'",
    help: 'also send this, although its address promises harm; may be repeated',
  },
  recording: {
    type: 'string',
    repeatable: true,
    value: 'NAME=FILE',
    help: 'a visit of this person as HAR file, of launch-ready record or a browser; may be repeated',
  },
  as: { type: 'string', value: 'NAME', help: 'whose visit it is: a name under access.people of launch-ready.yaml' },
  port: { type: 'string', value: 'PORT', help: 'where the browser opens the app on this machine (any that is free)' },
  browser: {
    type: 'boolean',
    help: 'also use an installed Chromium: click through the running app as each person, open the pages of hosts, picture mails',
  },
  watch: { type: 'boolean', help: 'ask again until every name server has all (10 minutes, or --timeout)' },
  start: { type: 'boolean', help: 'run the command under access.start of launch-ready.yaml first, and end it afterwards' },
  verbose: { type: 'boolean', help: 'show every finding, not only the first five' },
  color: { type: 'boolean', negative: true, help: 'no colours' },
  quiet: { type: 'boolean', short: 'q', help: 'no progress' },
  runner: { type: 'string', value: 'RUNNER', help: "vitest, jest, playwright or node, instead of the one in the repo's package.json" },
  reports: {
    type: 'string',
    repeatable: true,
    value: 'FILE|FOLDER',
    help: 'DMARC reports of receivers (xml, gz, zip or whole mails): says whether the policy can be made stricter; may be repeated',
  },
  'add-sender': {
    type: 'string',
    repeatable: true,
    value: 'SERVICE',
    help: 'what would SPF come to with this sender (resend, google, or a domain to include); may be repeated',
  },
  force: { type: 'boolean', help: 'overwrite files that exist, or what others changed since (edge undo)' },
  records: { type: 'boolean', help: 'print what to set up by hand, for any DNS host: records, hosts and redirects' },
  'accept-risk': {
    type: 'string',
    repeatable: true,
    value: 'RISK',
    help: 'breaks-mail, breaks-TLS, exposes-origin or opens-cache: do not hold back for it; may be repeated',
  },
  'allow-delete': { type: 'string', repeatable: true, value: 'NAME', help: 'records at this name may be deleted; may be repeated' },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;
