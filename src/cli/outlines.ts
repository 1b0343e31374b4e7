import type { FlagName } from './flags.ts';

/** A command as the help shows it and the parser reads it. */
export interface CommandOutline {
  readonly summary: string;
  /** After the command's name, e.g. `[FOLDER] [URL]`. */
  readonly operands: string;
  readonly maxOperands: number;
  readonly flags: readonly FlagName[];
  /** What a flag takes here, where that is less than elsewhere. */
  readonly takes?: Partial<Readonly<Record<FlagName, string>>>;
  readonly examples: readonly string[];
  readonly note?: string;
}

const collecting = ['history', 'timeout', 'requests', 'config', 'evidence'] as const;
const judging = ['only', 'fail-on', 'baseline', 'write-baseline', 'save-evidence'] as const;
const rebuilding = ['sandbox', 'seed', 'dump', 'lock'] as const;
const showing = ['format', 'output', 'verbose', 'color', 'quiet'] as const;

/** The commands in the order of the help. */
export const commands = {
  audit: {
    summary: 'find what stops you from letting customers in, and what to fix first',
    operands: '[FOLDER] [URL]',
    maxOperands: 2,
    flags: [...showing, ...judging, ...collecting],
    examples: [
      'launch-ready audit',
      'launch-ready audit ./my-app https://my-app.example.com',
      'launch-ready audit --format html --output report.html',
    ],
    note: 'Only reads. Without FOLDER and URL it looks at the current folder. Give both: what one cannot show, the other often can.',
  },
  access: {
    summary: 'try everything as other customers, in the rebuilt database or the running app',
    operands: '[FOLDER] [URL]',
    maxOperands: 2,
    flags: [
      ...showing,
      ...judging,
      ...rebuilding,
      'write-lock',
      'allow-writes',
      'allow',
      'recording',
      'browser',
      'start',
      'requests',
      'timeout',
      'config',
      'evidence',
    ],
    examples: [
      'launch-ready access',
      'launch-ready access ./my-app --format html --output access.html',
      'launch-ready access ./my-app --dump schema.sql',
      'launch-ready access http://localhost:3000 --allow-writes --browser',
      'launch-ready access --write-lock',
    ],
    note: "FOLDER: it runs the repo's SQL in a sandbox of ours and touches nothing of yours. URL: it signs in to the app, on this machine or one that is proven to be yours, as the people under access.people in launch-ready.yaml, or signs up two with --allow-writes, and tries what each gets of the others'.",
  },
  'access cleanup': {
    summary: 'remove what a run that was broken off left in the running app',
    operands: '[FOLDER]',
    maxOperands: 1,
    flags: ['config', 'color', 'quiet'],
    examples: ['launch-ready access cleanup', 'launch-ready access cleanup ./my-app'],
    note: 'What a run makes in an app is written down before it is sent. FOLDER has the launch-ready.yaml with the people of that run.',
  },
  edge: {
    summary: 'look at the domain from outside: names, redirects, certificates, caches',
    operands: '[FOLDER] [URL|DOMAIN]',
    maxOperands: 2,
    flags: ['watch', ...showing, ...judging, 'browser', 'timeout', 'requests', 'config', 'evidence'],
    examples: [
      'launch-ready edge example.com',
      'launch-ready edge . https://app.example.com',
      'launch-ready edge --format html --output domain.html',
      'launch-ready edge example.com --watch',
    ],
    note: 'Only reads. The domain map stands under domains in launch-ready.yaml; without one it is drafted from the address.',
  },
  'edge plan': {
    summary: 'say what to change at Cloudflare or another DNS host, and what may go wrong',
    operands: '[FOLDER]',
    maxOperands: 1,
    flags: ['records', 'accept-risk', 'allow-delete', 'config', 'color', 'quiet'],
    examples: ['launch-ready edge plan', 'launch-ready edge plan --allow-delete old.example.com', 'launch-ready edge plan --records'],
    note: 'Changes nothing. The zone stands under cloudflare in launch-ready.yaml, records that are meant to be there under domains.records.',
  },
  'edge apply': {
    summary: 'do what edge plan showed, and look from outside whether it is so',
    operands: '[FOLDER]',
    maxOperands: 1,
    flags: ['accept-risk', 'allow-delete', 'config', 'color', 'quiet'],
    examples: ['launch-ready edge apply', 'launch-ready edge apply --accept-risk breaks-TLS'],
    note: 'Give it the options that edge plan had. It refuses where somebody changed the zone since. Each call is written down before it is sent: after a crash the same command goes on.',
  },
  'edge undo': {
    summary: 'put the zone back to where it was before the last edge apply',
    operands: '[FOLDER]',
    maxOperands: 1,
    flags: ['force', 'config', 'color', 'quiet'],
    examples: ['launch-ready edge undo'],
    note: 'What others changed since is not overwritten, unless with --force.',
  },
  email: {
    summary: 'look whether mail of the domain arrives, and whether others can send in its name',
    operands: '[FOLDER] [URL|DOMAIN]',
    maxOperands: 2,
    flags: [
      'watch',
      ...showing,
      ...judging,
      'allow-writes',
      'browser',
      'add-sender',
      'reports',
      'timeout',
      'requests',
      'config',
      'evidence',
    ],
    examples: [
      'launch-ready email example.com',
      'launch-ready email . --format html --output email.html',
      'launch-ready email example.com --add-sender resend',
    ],
    note: 'Only reads, unless --allow-writes lets it send a test mail (email.send in launch-ready.yaml) and make the app send its own, to a mailbox of yours (access.mail). With --browser each of these mails is pictured. --watch is email verify --watch. Domains that mail is sent from stand under domains.mail.',
  },
  'email verify': {
    summary: 'look whether every name server has the records that mail needs',
    operands: '[FOLDER] [DOMAIN]',
    maxOperands: 2,
    flags: ['watch', 'format', 'timeout', 'config', 'color', 'quiet'],
    examples: [
      'launch-ready email verify example.com',
      'launch-ready email verify --watch',
      'launch-ready email verify . --watch --timeout 3600',
    ],
    note: 'Who sends, and with which DKIM selectors, stands under domains.mail in launch-ready.yaml.',
  },
  'email reports': {
    summary: 'read DMARC reports: who sends in the name of the domain, and what of it fails',
    operands: 'FILE|FOLDER...',
    maxOperands: 1_000,
    flags: ['format', 'config', 'quiet'],
    takes: { format: 'terminal or json' },
    examples: [
      'launch-ready email reports reports/',
      'launch-ready email reports google.com!example.com!1700000000!1700086400.zip --format json',
    ],
    note: 'Reads xml, gz, zip and mails with these in them. Addresses are named by the DNS. As a page: launch-ready email example.com --reports reports/ --format html',
  },
  record: {
    summary: 'record what the pages of the running app ask for while you click through it',
    operands: 'URL',
    maxOperands: 1,
    flags: ['as', 'output', 'port', 'force', 'config', 'color', 'quiet'],
    examples: [
      'launch-ready record http://localhost:3000 --as anna',
      'launch-ready record http://localhost:3000 --as bert --output recordings',
    ],
    note: 'Prints an address of this machine that stands for the app. Click through it as one of the people, end with Ctrl-C, and give the file to launch-ready access --recording.',
  },
  regress: {
    summary: 'the five points of the security regression pack on the running app',
    operands: '[FOLDER] [URL]',
    maxOperands: 2,
    flags: ['allow-writes', 'allow', 'recording', 'start', 'lock', 'color', 'quiet', 'requests', 'timeout', 'config'],
    examples: [
      'launch-ready regress http://localhost:3000 --allow-writes',
      'launch-ready regress . http://localhost:3000 --allow-writes --start',
    ],
    note: 'Requests without a session, records of other customers, sessions after signing out, unsigned webhook messages, and with --start a start without each setting under access.start.required. Ends with 1 where one is broken.',
  },
  generate: {
    summary: 'write tests of what a run proved into your repo, in its own runner',
    operands: '[FOLDER] [URL]',
    maxOperands: 2,
    flags: [
      'output',
      'runner',
      'force',
      'evidence',
      'allow-writes',
      'allow',
      'recording',
      'start',
      'requests',
      'timeout',
      'config',
      'color',
      'quiet',
    ],
    examples: [
      'launch-ready generate . http://localhost:3000 --allow-writes',
      'launch-ready generate . http://localhost:3000 --allow-writes --output tests/access --runner vitest',
      'launch-ready generate --evidence facts --output tests/access',
    ],
    note: 'Tests for protected routes and tenant isolation that need nothing of launch-ready, made of a run on the app, or of one that access --save-evidence kept. Files that somebody edited are left alone.',
  },
  explain: {
    summary: 'say what a check looks for, why it matters and how to fix it',
    operands: 'CHECK',
    maxOperands: 1,
    flags: ['color'],
    examples: ['launch-ready explain audit/webhook-unverified'],
    note: 'Without CHECK it lists all checks.',
  },
  replay: {
    summary: 'look again at one finding; says whether it is fixed',
    operands: 'ID [FOLDER] [URL]',
    maxOperands: 3,
    flags: ['color', 'quiet', ...collecting, ...rebuilding, 'allow-writes', 'allow', 'recording', 'browser'],
    examples: ["launch-ready replay 'audit/webhook-unverified#1a2b3c4d' ."],
  },
  gate: {
    summary: 'for CI: fail only on findings that are new, and say why',
    operands: '[FOLDER] [URL]',
    maxOperands: 2,
    flags: [...showing, ...judging, 'stage', ...collecting, ...rebuilding],
    examples: [
      'launch-ready gate . --write-baseline launch-ready-baseline.json',
      'launch-ready gate .',
      'launch-ready gate . --stage audit',
    ],
    note: 'Runs audit and access; --stage chooses. Known findings stand in launch-ready-baseline.json, accepted ones in launch-ready.yaml.',
  },
  init: {
    summary: 'write a commented launch-ready.yaml, with a domain map, and a GitHub workflow',
    operands: '[FOLDER] [URL or DOMAIN]',
    maxOperands: 2,
    flags: ['force', 'color', 'quiet'],
    examples: ['launch-ready init', 'launch-ready init . https://app.example.com'],
  },
  demo: {
    summary: 'audit the broken example apps that come with this package',
    operands: '',
    maxOperands: 0,
    flags: ['color', 'quiet', 'verbose'],
    examples: ['launch-ready demo'],
  },
} as const satisfies Record<string, CommandOutline>;

export type CommandName = keyof typeof commands;
