/** A service that sends mail for its customers' domains, and what it wants in their DNS. */
export interface MailSender {
  /** As `domains.mail.senders` names it. */
  readonly id: string;
  readonly name: string;
  /**
   * Where SPF looks for it. `domain`: its include stands in the record of the From domain. `return-path`: its mails come back to a name below the From domain
   * (`at`, where it is always the same), whose SPF record is looked at instead. `own`: they come back to a domain of the service, so that only DKIM can align.
   */
  readonly spf: 'domain' | 'return-path' | 'own';
  /** What its SPF record is, for an include. */
  readonly include?: string;
  /** Domains that its customers include instead: of other regions, and of earlier years. */
  readonly includedAs?: readonly string[];
  /** Label below the From domain that its mails come back to. */
  readonly at?: string;
  /** What `at` is an alias of; where absent, it has an SPF record with the include, and an MX record of the service. */
  readonly atAlias?: string;
  /** Label of the subdomain that it is often set up on, where From may be the domain above it all the same. */
  readonly oftenAt?: string;
  /** DKIM selectors that it usually takes: a hint where to look, and no verdict where none is there. */
  readonly selectors: readonly string[];
  /** Host names of its incoming mail, as MX records name them: the end of the name. */
  readonly mx?: readonly string[];
  /** What tells it in code: packages, names of environment variables, host names. */
  readonly packages: readonly string[];
  readonly variables: RegExp;
  readonly hosts: readonly string[];
}

const never = /^(?!)/;

/** Written from the services' own set-up pages; a name that a service changes is mended here. */
export const mailSenders: readonly MailSender[] = [
  {
    id: 'resend',
    name: 'Resend',
    spf: 'return-path',
    include: 'amazonses.com',
    at: 'send',
    selectors: ['resend'],
    packages: ['resend'],
    variables: /^RESEND_/,
    hosts: ['smtp.resend.com', 'api.resend.com'],
  },
  {
    id: 'sendgrid',
    name: 'SendGrid',
    spf: 'return-path',
    include: 'sendgrid.net',
    selectors: ['s1', 's2'],
    packages: ['@sendgrid/mail', '@sendgrid/client', 'sendgrid'],
    variables: /^SENDGRID_/,
    hosts: ['smtp.sendgrid.net', 'api.sendgrid.com'],
  },
  {
    id: 'postmark',
    name: 'Postmark',
    spf: 'return-path',
    include: 'spf.mtasv.net',
    at: 'pm-bounces',
    atAlias: 'pm.mtasv.net',
    selectors: ['pm'],
    packages: ['postmark', 'postmarker'],
    variables: /^POSTMARK_/,
    hosts: ['smtp.postmarkapp.com', 'api.postmarkapp.com'],
  },
  {
    id: 'mailgun',
    name: 'Mailgun',
    spf: 'domain',
    include: 'mailgun.org',
    oftenAt: 'mg',
    selectors: ['mailo', 'k1', 'mx', 'smtp', 'pic', 'email', 'krs'],
    packages: ['mailgun.js', 'mailgun-js', 'mailgun'],
    variables: /^MAILGUN_/,
    hosts: ['smtp.mailgun.org', 'smtp.eu.mailgun.org', 'api.mailgun.net', 'api.eu.mailgun.net'],
  },
  {
    id: 'ses',
    name: 'Amazon SES',
    spf: 'return-path',
    include: 'amazonses.com',
    selectors: [],
    packages: ['@aws-sdk/client-ses', '@aws-sdk/client-sesv2', 'node-ses'],
    variables: /^(?:AWS_)?SES_/,
    hosts: ['amazonses.com'],
  },
  {
    id: 'brevo',
    name: 'Brevo',
    spf: 'own',
    include: 'spf.brevo.com',
    includedAs: ['spf.sendinblue.com'],
    selectors: ['brevo1', 'brevo2', 'mail'],
    packages: ['@getbrevo/brevo', 'sib-api-v3-sdk', '@sendinblue/client', 'brevo-python'],
    variables: /^(?:BREVO|SENDINBLUE|SIB)_/,
    hosts: ['smtp-relay.brevo.com', 'smtp-relay.sendinblue.com', 'api.brevo.com', 'api.sendinblue.com'],
  },
  {
    id: 'loops',
    name: 'Loops',
    spf: 'return-path',
    include: 'amazonses.com',
    at: 'envelope',
    selectors: [],
    packages: ['loops'],
    variables: /^LOOPS_/,
    hosts: ['smtp.loops.so', 'app.loops.so'],
  },
  {
    id: 'mandrill',
    name: 'Mailchimp Transactional',
    spf: 'own',
    include: 'spf.mandrillapp.com',
    selectors: ['mte1', 'mte2', 'mandrill'],
    packages: ['@mailchimp/mailchimp_transactional', 'mandrill-api'],
    variables: /^MANDRILL_/,
    hosts: ['smtp.mandrillapp.com', 'mandrillapp.com'],
  },
  {
    id: 'mailchimp',
    name: 'Mailchimp',
    spf: 'own',
    include: 'servers.mcsv.net',
    selectors: ['k1', 'k2', 'k3'],
    packages: ['@mailchimp/mailchimp_marketing'],
    variables: /^MAILCHIMP_/,
    hosts: ['api.mailchimp.com'],
  },
  {
    id: 'mailersend',
    name: 'MailerSend',
    spf: 'return-path',
    include: '_spf.mailersend.net',
    selectors: ['mlsend', 'mlsend2'],
    packages: ['mailersend'],
    variables: /^MAILERSEND_/,
    hosts: ['smtp.mailersend.net', 'api.mailersend.com'],
  },
  {
    id: 'sparkpost',
    name: 'SparkPost',
    spf: 'own',
    include: 'sparkpostmail.com',
    selectors: [],
    packages: ['sparkpost'],
    variables: /^SPARKPOST_/,
    hosts: ['smtp.sparkpostmail.com', 'api.sparkpost.com'],
  },
  {
    id: 'google',
    name: 'Google Workspace',
    spf: 'domain',
    include: '_spf.google.com',
    includedAs: ['_netblocks.google.com', 'aspmx.googlemail.com'],
    selectors: ['google'],
    mx: ['aspmx.l.google.com', 'smtp.google.com', 'googlemail.com'],
    packages: [],
    variables: never,
    hosts: ['smtp.gmail.com', 'smtp-relay.gmail.com'],
  },
  {
    id: 'microsoft',
    name: 'Microsoft 365',
    spf: 'domain',
    include: 'spf.protection.outlook.com',
    includedAs: ['spf.protection.office365.us', 'spf.protection.partner.outlook.cn'],
    selectors: ['selector1', 'selector2'],
    mx: ['mail.protection.outlook.com', 'mx.microsoft'],
    packages: [],
    variables: never,
    hosts: ['smtp.office365.com'],
  },
  {
    id: 'zoho',
    name: 'Zoho Mail',
    spf: 'domain',
    include: 'zohomail.com',
    includedAs: [
      'zoho.com',
      'zoho.eu',
      'zohomail.eu',
      'zoho.in',
      'zohomail.in',
      'zoho.com.au',
      'zoho.jp',
      'zohocloud.ca',
      'zcsend.net',
      'transmail.net',
    ],
    selectors: ['zmail', 'zoho'],
    mx: ['zoho.com', 'zoho.eu', 'zoho.in', 'zoho.com.au', 'zoho.jp', 'zohocloud.ca'],
    packages: [],
    variables: /^ZEPTOMAIL_/,
    hosts: ['smtp.zoho.com', 'smtp.zoho.eu', 'smtp.zeptomail.com'],
  },
  {
    id: 'fastmail',
    name: 'Fastmail',
    spf: 'domain',
    include: 'spf.messagingengine.com',
    selectors: ['fm1', 'fm2', 'fm3'],
    mx: ['messagingengine.com'],
    packages: [],
    variables: never,
    hosts: ['smtp.fastmail.com'],
  },
  {
    id: 'proton',
    name: 'Proton Mail',
    spf: 'domain',
    include: '_spf.protonmail.ch',
    selectors: ['protonmail', 'protonmail2', 'protonmail3'],
    mx: ['protonmail.ch'],
    packages: [],
    variables: never,
    hosts: ['smtp.protonmail.ch'],
  },
  {
    id: 'icloud',
    name: 'iCloud Mail',
    spf: 'domain',
    include: 'icloud.com',
    selectors: ['sig1'],
    mx: ['mail.icloud.com'],
    packages: [],
    variables: never,
    hosts: ['smtp.mail.me.com'],
  },
  {
    id: 'gohighlevel',
    name: 'GoHighLevel (LC Email)',
    spf: 'domain',
    // It sends through Mailgun, for a subdomain of its own.
    include: 'mailgun.org',
    oftenAt: 'mg',
    selectors: [],
    packages: [],
    variables: never,
    hosts: [],
  },
  {
    id: 'hubspot',
    name: 'HubSpot',
    spf: 'own',
    selectors: [],
    packages: [],
    variables: never,
    hosts: ['smtp.hubapi.com'],
  },
];

/** The service of this id; `undefined` for one that is not in the table. */
export const mailSender = (id: string): MailSender | undefined => mailSenders.find((one) => one.id === id);

/** The services behind a domain that an SPF record includes, or a host that an MX record names. Several of them send through Amazon SES. */
export function sendersAt(name: string): MailSender[] {
  const plain = name.toLowerCase().replace(/\.$/, '');
  const isAt = (end: string): boolean => plain === end || plain.endsWith(`.${end}`);
  return mailSenders.filter(
    ({ include, includedAs = [], mx = [] }) => (include !== undefined && isAt(include)) || [...includedAs, ...mx].some(isAt),
  );
}
