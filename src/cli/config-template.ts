import { labelOf } from '../deliver/builder.ts';
import type { GivenDomains } from '../core/target.ts';
import type { Stack } from '../evidence/source.ts';
import { version } from './version.ts';

/** What `init` found out before it writes. */
export interface Detected {
  /** Absent when it could not be told. */
  readonly stack?: Stack;
  readonly branch: string;
  /** Address of the running app. */
  readonly url?: URL;
  /** The domain map as it was drafted. */
  readonly domains?: GivenDomains;
}

/**
 * A launch-ready.yaml in which every setting stands as a comment. Prose stands after `# `, settings right after `#`
 * (deeper ones after two spaces and more): taking the `#` away switches them on.
 */
export function configTemplate({ stack, url, domains }: Detected): string {
  return `# yaml-language-server: $schema=https://unpkg.com/launch-ready@${version}/schema/launch-ready.schema.json
# Settings of launch-ready. All are optional. To use one, take away the # in front of it.
#
# Found in this folder: ${foundText(stack)}

# Address of the running app. With it, what the browser gets is looked at as well. Only reads.
${url ? `url: ${url.href}` : '#url: https://app.example.com'}

# What may be touched.
#scope:
#  hosts: [api.example.com]
#  requests: 300
#  history: true

# The domain and what is meant to be on it, for launch-ready edge and email.
${domains ? draftText(domains) : domainsExample}
# The zone at Cloudflare. Its token stands in an environment variable; docs/guide/edge.md lists what it needs.
#cloudflare:
#  tokenFrom: CLOUDFLARE_API_TOKEN
#  origins: [192.0.2.7] # servers behind Cloudflare, tried whether they answer those who go around it
#  privatePaths: [/account/] # answers below it belong to one customer

# Mails to be sent and judged by launch-ready email --allow-writes; where they are read stands under access.mail.
#email:
#  send: { host: smtp.resend.com, port: 465, user: resend, passwordFrom: SMTP_PASSWORD, from: Example <app@example.com> }
#  # or: send: { api: resend, keyFrom: RESEND_API_KEY, from: Example <app@example.com> }
#  seeds: # boxes at those whom customers have theirs at: does a mail end in the inbox there, or in spam?
#    - { name: gmail, user: seed@gmail.com, passwordFrom: GMAIL_APP_PASSWORD } # an app password, with 2-Step Verification on
#    - { name: yahoo, user: seed@yahoo.com, passwordFrom: YAHOO_APP_PASSWORD }
#    - { name: outlook, user: seed@outlook.com, tokenFrom: OUTLOOK_TOKEN } # an OAuth access token: it takes no password any more
#    - { name: own, host: imap.example.net, user: seed@example.net, passwordFrom: SEED_PASSWORD }
#  mails: # those of the app that nothing finds by itself; sign-up, password reset and sign-in link are found
#    - { name: invite, request: POST /api/invites, body: '{"email":"{address}"}' }
#  waitSeconds: 60

# Accounts that launch-ready access signs in with: two of different customers, and more for what colleagues
# and administrators see. Passwords stand in environment variables, never here.
#access:
#  people:
#    - name: anna
#      tenant: Acme
#      role: owner
#      email: anna@acme.example
#      passwordFrom: ANNA_PASSWORD
#      totpFrom: ANNA_TOTP # secret of her authenticator app, where a code is asked for after the password
#    - name: bert
#      tenant: Globex
#      username: bert
#      email: bert@globex.example
#      administrator: false
#      expendable: true
#      passwordFrom: BERT_PASSWORD
#      headers: ["X-Tenant: globex"] # the app wants it with whatever bert sends
#    - name: reports
#      tenant: Globex
#      email: reports@globex.example
#      key: { from: REPORTS_KEY, header: X-Api-Key } # an API key instead of a sign-in; basic: true sends name and password along
#  recordings: # visits that a browser saved (network tab, "Save all as HAR"): what the pages ask for is tried as well
#    - person: anna
#      file: anna.har
#  allow: ['POST /api/invoices/{id}/send'] # sent although the address promises harm, on things made for the test
#  browser: true # click through the app in Chromium as each person, as with --browser
#  mail: # where mails of the app can be read: one of smtp (we take them there), mailbox (a Mailpit) and imap
#    smtp: 127.0.0.1:2525
#    address: launch-ready-{id}@example.com
#  idleSeconds: 60 # after which the app, as you started it, ends a session that nobody uses
#  identityProvider: # where people sign in elsewhere, on this machine: one of oidc, supabase and firebase (the last two with keyFrom)
#    oidc: http://localhost:9000
#  webhooks: # with their secrets in environment variables, so that rightly signed messages can be sent to them too
#    - path: /api/webhooks/stripe
#      provider: stripe
#      secretFrom: STRIPE_WEBHOOK_SECRET
#    - path: /webhooks/payments
#      provider: generic-timed
#      header: Payment-Signature
#      secretFrom: PAYMENTS_WEBHOOK_SECRET
#      event: '{"id":"evt_{id}","type":"payment.succeeded","data":{"invoice_id":7}}'

# Checks that are not run, with the reason. Prefer a waiver: it ends.
#off:
#  - check: audit/source-maps
#    reason: We publish source maps on purpose.

# Findings somebody decided to live with. The id stands in the report. After the date they count again.
#waivers:
#  - finding: audit/source-maps#1a2b3c4d
#    reason: Behind the office VPN until the launch.
#    name: Jane Doe
#    expires: 2027-01-31

# What stops a launch.
#gate:
#  failOn: high
#  unknown: block
#  baseline: launch-ready-baseline.json

# Price of an hour of help, for the cost estimate.
#rates:
#  low: 60
#  high: 150
#  currency: USD
`;
}

const domainsExample = `#domains:
#  apex: example.com
#  hosts:
#    - { name: example.com, role: marketing, redirectsTo: www.example.com }
#    - { name: www.example.com, role: marketing }
#    - { name: app.example.com, role: app, login: /login, callbacks: [/auth/callback] }
#  mail:
#    - { name: example.com, senders: [google] }
#  records: # what is meant to be in the DNS; launch-ready edge plan says what is to be done for it
#    - { name: app.example.com, type: CNAME, content: cname.vercel-dns.com }
`;

/** The map as `init` drafted it, to be read and put right by who knows what is meant. */
export function draftText({ apex, hosts, mail }: GivenDomains): string {
  const inBraces = (one: object): string =>
    `{ ${Object.entries(one)
      .map(([key, value]) => `${key}: ${Array.isArray(value) ? `[${value.join(', ')}]` : value}`)
      .join(', ')} }`;
  return [
    '# Drafted from the DNS, the answers of the hosts and the code: read it, and put right what is not meant so.',
    'domains:',
    `  apex: ${apex}`,
    '  hosts:',
    ...hosts.map((host) => `    - ${inBraces(host)}`),
    ...(mail.length > 0
      ? [
          '  mail: # a domain without senders: nothing showed which service sends for it; [] says that none does',
          ...mail.map((one) => `    - ${inBraces(one)}`),
        ]
      : []),
    '  #records: # what is meant to be in the DNS; launch-ready edge plan says what is to be done for it',
    `  #  - { name: app.${apex}, type: CNAME, content: cname.vercel-dns.com }`,
    '',
  ].join('\n');
}

/** What the project is built with, in one line. */
export function foundText(stack: Stack | undefined): string {
  const names = [...(stack?.builders ?? []), ...(stack?.frameworks ?? []), ...(stack?.backends ?? [])];
  // Names and versions come from the repo's files; a line break in one would end the comment.
  const shown = names.map(({ name, version: found }) =>
    `${labelOf(name)}${found === undefined ? '' : ` ${found}`}`.replace(/[^\w .@/+-]/g, '?').slice(0, 60),
  );
  return shown.length === 0 ? 'no framework or builder that launch-ready knows' : shown.join(', ');
}

/** The GitHub workflow that runs the gate. */
export function workflowTemplate({ branch }: Detected): string {
  return `# Runs launch-ready on every change. It fails on findings that are new:
# launch-ready gate . --write-baseline launch-ready-baseline.json   makes today's findings known.
name: Launch Ready

on:
  pull_request:
  push:
    branches: [${JSON.stringify(branch)}]

permissions:
  contents: read

jobs:
  gate:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0 # the whole history: a secret that was deleted later is still public
          persist-credentials: false
      - uses: actions/setup-node@v5
        with:
          node-version: 22
      - run: npx --yes launch-ready@${version} gate . --format github
`;
}
