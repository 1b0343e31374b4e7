import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { type MailRecords, type MailRoute, mailRecords } from '../../evidence/mail-routes.ts';
import { providerOf } from '../../evidence/providers.ts';

export const mailRecordBroken = defineCheck({
  id: 'edge/mail-record-broken',
  severity: 'high',
  covers: ['S3-C1', 'S5-C1'],
  doc: {
    title: 'Records for the web site have damaged those for mail',
    why: 'Mail to the domain bounces, and mail from it goes to spam, while the web site works: nobody notices until customers complain that nobody answers.',
    fix: 'Set the MX and SPF records that the mail service asks for again. Let a template or "connect domain" button of a builder change A and CNAME records only.',
    effort: 'minutes',
    references: [
      'https://www.rfc-editor.org/rfc/rfc5321#section-5.1',
      'https://www.rfc-editor.org/rfc/rfc7505',
      'https://www.rfc-editor.org/rfc/rfc1034#section-3.6.2',
    ],
  },
  needs: { mail: mailRecords },
  examples: {
    fails: [
      { name: 'an alias at the domain hides its mail', given: { mail: [sample({ alias: 'acme.netlify.app', routes: [] })] } },
      {
        name: 'mail goes to the web host',
        given: { mail: [sample({ routes: [route({ addresses: ['185.158.133.1'], provider: 'lovable' })] })] },
      },
      { name: 'mail goes to an alias', given: { mail: [sample({ routes: [route({ is: 'alias' })] })] } },
      { name: 'mail goes to an IP address', given: { mail: [sample({ routes: [route({ is: 'address', exchange: '192.0.2.25' })] })] } },
      {
        name: 'no mail is taken, and yet it is',
        given: { mail: [sample({ routes: [route({}), route({ is: 'null', exchange: '.', preference: 0 })] })] },
      },
      { name: 'two SPF records', given: { mail: [sample({ spf: ['v=spf1 include:_spf.example.net ~all', 'v=spf1 -all'] })] } },
    ],
    passes: [{ name: 'mail goes to a mail service', given: { mail: [sample({})] } }],
    unknowns: [
      {
        name: 'nobody could ask',
        given: { mail: [sample({ routes: [], spf: [], asked: 'failed', why: '192.0.2.53 answered SERVFAIL' })] },
      },
      { name: 'the mail server could not be asked for', given: { mail: [sample({ routes: [route({ is: 'failed' })] })] } },
    ],
  },
  *evaluate({ mail }) {
    for (const records of mail) yield* judged(records);
  },
});

function* judged(records: MailRecords): Iterable<Observation> {
  const { domain, alias, routes, spf, asked, why } = records;
  const proof = [
    ...(alias === '' ? [] : [`${domain} CNAME ${alias}`]),
    ...routes.map(
      ({ preference, exchange, addresses }) =>
        `${domain} MX ${preference} ${exchange}${addresses.length > 0 ? ` (${addresses.join(', ')})` : ''}`,
    ),
    ...spf.map((text) => `${domain} TXT "${text}"`),
  ].map((text) => ({ kind: 'step' as const, text }));
  const about = { place: { name: domain }, proof };
  const faults = [...faultsOf(records)];
  for (const [kind, fault] of faults) yield { ...about, ...fault, outcome: 'fail', subject: `${domain} ${kind}` };
  if (faults.length > 0) return;
  if (asked === 'failed' || routes.some(({ is }) => is === 'failed'))
    yield {
      ...about,
      outcome: 'unknown',
      subject: domain,
      message: `Nobody could tell whether the mail records of ${domain} are whole: ${why || 'a mail server could not be asked for'}.`,
      toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
    };
  else if (routes.length > 0 || spf.length > 0)
    yield { ...about, outcome: 'pass', subject: domain, message: `The mail records of ${domain} do not get in the way of each other.` };
}

type Told = Pick<Observation, 'message' | 'severity' | 'fix' | 'toldBy'>;

function* faultsOf({ domain, alias, routes, spf }: MailRecords): Iterable<readonly [string, Told]> {
  if (alias !== '')
    yield [
      'CNAME',
      {
        severity: 'blocker',
        message: `${domain} is an alias of ${alias}: its own mail records are not seen any more, and mail to it goes where ${alias} says.`,
        fix: `Replace the CNAME record of ${domain} by the A records that the host asks for, or by an ALIAS record where the DNS host has that.`,
      },
    ];
  const named = (kind: MailRoute['is']): string[] => routes.filter(({ is }) => is === kind).map(({ exchange }) => exchange);
  const numbers = named('address');
  if (numbers.length > 0)
    yield [
      'address',
      { message: `Mail to ${domain} is to go to ${andList(numbers)}; an MX record takes the name of a server, no address.` },
    ];
  const aliases = named('alias');
  if (aliases.length > 0)
    yield [
      'alias',
      { severity: 'medium', message: `Mail to ${domain} is to go to ${andList(aliases)}, an alias; some senders refuse that.` },
    ];
  if (named('null').length > 0 && routes.length > 1)
    yield ['null', { message: `${domain} says that it takes no mail, and names mail servers all the same: senders may do either.` }];
  const misled = routes.filter((one) => one.provider !== '');
  if (misled.length > 0)
    yield [
      'web',
      {
        severity: 'blocker',
        message: `Mail to ${domain} is to go to ${andList(misled.map(({ exchange, provider }) => `${exchange} at ${providerOf(provider)?.name ?? provider}`))}, which hosts web sites and takes no mail.`,
      },
    ];
  if (spf.length > 1)
    yield [
      'SPF',
      { toldBy: 'email/spf-invalid', message: `${domain} has ${spf.length} SPF records, and may have one: receivers heed none of them.` },
    ];
}

function route(change: Partial<MailRoute>): MailRoute {
  return { preference: 10, exchange: 'mx.example.net', is: 'host', addresses: ['192.0.2.25'], provider: '', ...change };
}

function sample(change: Partial<MailRecords>): MailRecords {
  return {
    domain: 'example.com',
    alias: '',
    routes: [route({})],
    spf: ['v=spf1 include:_spf.example.net ~all'],
    asked: 'told',
    why: '',
    ...change,
  };
}
