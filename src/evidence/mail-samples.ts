import type { DkimFacts, DkimKey } from './dkim.ts';
import type { DmarcFacts, DmarcRecord } from './dmarc.ts';
import type { DmarcReports } from './dmarc-reports.ts';
import type { CodeMail, MailHostFacts } from './mail-hosts.ts';
import type { MailProof, ProvenMail, ProvenSignature, SeedBox } from './mail-proof.ts';
import type { TriedLink } from './mail-link.ts';
import type { SpfFacts } from './spf.ts';

/** A whole SPF record for examples and tests: one that is right. */
export const sampleSpf = (change: Partial<SpfFacts> = {}): SpfFacts => ({
  domain: 'example.com',
  records: ['v=spf1 include:_spf.google.com ~all'],
  tree: {
    domain: 'example.com',
    record: 'v=spf1 include:_spf.google.com ~all',
    terms: [
      { term: 'include:_spf.google.com', lookups: 1, voids: 0 },
      { term: '~all', lookups: 0, voids: 0 },
    ],
  },
  lookups: 1,
  voids: 0,
  broken: [],
  unclear: [],
  end: 'softfail',
  ptr: [],
  includes: ['google'],
  additions: [],
  ...change,
});

/** A whole DMARC record for examples and tests: `v=DMARC1; p=reject; rua=…`. */
export const sampleDmarcRecord = (change: Partial<DmarcRecord> = {}): DmarcRecord => ({
  text: 'v=DMARC1; p=reject; rua=mailto:dmarc@example.com',
  p: 'reject',
  test: false,
  psd: 'u',
  adkim: 'r',
  aspf: 'r',
  rua: ['mailto:dmarc@example.com'],
  ruf: [],
  obsolete: [],
  problems: [],
  ignored: false,
  ...change,
});

/** What receivers find out about a domain whose DMARC is right; `record` replaces what is written. */
export function sampleDmarc(change: Partial<DmarcFacts> = {}, record: Partial<DmarcRecord> = {}): DmarcFacts {
  const whole = sampleDmarcRecord(record);
  return {
    domain: 'example.com',
    steps: [{ domain: 'example.com', texts: [whole.text], record: whole }],
    organisational: 'example.com',
    at: 'example.com',
    record: whole,
    by: 'p',
    policy: whole.p ?? 'none',
    effective: whole.p ?? 'none',
    destinations: whole.rua.map((uri) => ({ uri, host: 'example.com', own: true, agreed: 'yes' as const })),
    ...change,
  };
}

/** A domain without a DMARC record. */
export const sampleNoDmarc = (change: Partial<DmarcFacts> = {}): DmarcFacts => ({
  domain: 'example.com',
  steps: [{ domain: 'example.com', texts: [] }],
  organisational: 'example.com',
  destinations: [],
  ...change,
});

/** A DKIM key that is right. */
export const sampleKey = (change: Partial<DkimKey> = {}): DkimKey => ({
  domain: 'example.com',
  selector: 'resend',
  told: 'config',
  state: 'found',
  type: 'rsa',
  bits: 2048,
  test: false,
  revoked: false,
  ...change,
});

export const sampleDkim = (change: Partial<DkimFacts> = {}): DkimFacts => ({
  domain: 'example.com',
  keys: [sampleKey()],
  missed: [],
  ...change,
});

/** The mail servers of a domain that takes mail by TLS. */
export const sampleMailHosts = (change: Partial<MailHostFacts> = {}): MailHostFacts => ({
  domain: 'example.com',
  mx: 'found',
  hosts: [{ name: 'smtp.google.com', startTls: 'yes' }],
  services: ['google'],
  mtaSts: { state: 'none' },
  tlsRpt: { state: 'none' },
  bimi: { state: 'none' },
  returnPaths: [],
  ...change,
});

export const sampleCodeMail = (change: Partial<CodeMail> = {}): CodeMail => ({
  senders: [{ sender: 'resend', file: 'package.json', what: 'resend' }],
  from: [{ address: 'app@example.com', domain: 'example.com', file: 'src/mail.ts', line: 12 }],
  ...change,
});

/** Four weeks of reports in which everything of the domain passes. */
export const sampleReports = (change: Partial<DmarcReports> = {}): DmarcReports => ({
  reports: 28,
  reporters: ['google.com'],
  from: 1_790_000_000,
  until: 1_792_419_200,
  published: [{ domain: 'example.com', policy: 'none' }],
  sources: [
    {
      domain: 'example.com',
      ip: '192.0.2.1',
      service: 'Resend',
      named: true,
      messages: 400,
      passed: 400,
      bySpf: 400,
      byDkim: 400,
      held: 0,
      signatures: ['example.com/resend pass'],
    },
  ],
  gaps: [],
  ...change,
});

/** A reset link that works, and once. */
export const sampleLink = (change: Partial<TriedLink> = {}): TriedLink => ({
  purpose: 'password reset',
  what: 'link',
  works: { outcome: 'holds', text: 'opens' },
  once: { outcome: 'holds', text: 'works once' },
  looked: { outcome: 'holds', text: 'works after somebody else has opened it' },
  steps: ['opened the link as a program does that looks through mails: it opens', 'set a new password by the form of its page → 303'],
  ...change,
});

/** A test mail that arrived as it should. */
export const sampleMail = (change: Partial<ProvenMail> = {}): ProvenMail => ({
  name: 'password reset',
  by: 'app',
  outcome: 'arrived',
  seconds: 4,
  folder: 'inbox',
  from: 'example.com',
  returnPath: 'send.example.com',
  spf: { result: 'pass', ip: '192.0.2.1', aligned: 'relaxed' },
  dkim: [{ domain: 'example.com', selector: 'resend', result: 'pass', bits: 2048, aligned: 'strict', coversUnsubscribe: false }],
  dmarc: { result: 'pass', policy: 'reject' },
  handedOver: { ip: '54.240.8.1', tls: 'yes', reverse: { state: 'confirmed', name: 'a8-1.smtp-out.amazonses.com' } },
  receiver: { name: 'mx.google.com', results: ['spf=pass', 'dkim=pass', 'dmarc=pass'] },
  links: [{ host: 'app.example.com', secure: true, inMap: true }],
  hasText: true,
  hasHtml: true,
  unsubscribe: 'none',
  ...change,
});

/** A mail that passed by its signature alone when it came to Outlook, which changed its body in the box. */
export const sampleRewritten = (change: Partial<ProvenMail> = {}, signature: Partial<ProvenSignature> = {}): ProvenMail =>
  sampleMail({
    spf: { result: 'pass', ip: '192.0.2.1', aligned: 'no' },
    dkim: [
      {
        domain: 'example.com',
        selector: 'resend',
        result: 'fail',
        why: 'the body is not the one that was signed',
        bodyChanged: true,
        aligned: 'strict',
        coversUnsubscribe: false,
        ...signature,
      },
    ],
    dmarc: { result: 'fail', policy: 'reject' },
    receiver: {
      name: 'The receiving server',
      results: ['spf=pass', 'dkim=pass', 'dmarc=pass'],
      itself: { dmarc: 'pass', signed: ['example.com'] },
    },
    ...change,
  });

export const sampleProof = (...mails: readonly ProvenMail[]): MailProof => ({
  mailbox: true,
  sending: true,
  seeds: [],
  mails: mails.length > 0 ? mails : [sampleMail()],
  notes: [],
  leftovers: [],
});

/** A seed box at Gmail in whose inbox a mail arrived. */
export const sampleSeed = (change: Partial<SeedBox> = {}): SeedBox => ({
  name: 'gmail',
  provider: 'gmail',
  mails: [sampleMail({ name: 'test mail', by: 'us' })],
  ...change,
});

/** A mail that came, signed with this key. */
export function sampleSignedWith(signer: DkimKey): MailProof {
  const { told: _, ...key } = signer;
  return sampleProof(
    sampleMail({
      dkim: [
        {
          domain: key.domain,
          selector: key.selector,
          result: key.revoked ? 'permerror' : 'pass',
          aligned: 'strict',
          coversUnsubscribe: false,
          key,
        },
      ],
    }),
  );
}
