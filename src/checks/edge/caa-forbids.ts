import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { authorities, authorityOf, type CaaFacts, caaFacts } from '../../evidence/caa.ts';

export const caaForbids = defineCheck({
  id: 'edge/caa-forbids',
  severity: 'high',
  covers: ['S3-C1', 'S3-C4'],
  doc: {
    title: 'A CAA record forbids the certificate authority of a host',
    why: 'The certificate in use is good for some weeks yet. When the host renews it, the authority refuses, and every visitor is warned away from the app.',
    fix: 'Add a CAA record that names the authority of the host, or remove the CAA records if nobody knows what they are for.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc8659'],
  },
  needs: { caa: caaFacts },
  examples: {
    fails: [
      { name: 'another authority alone may issue', given: { caa: [sample({ records: [issue('digicert.com')] })] } },
      { name: 'nobody may issue', given: { caa: [sample({ records: [issue(';')], issuer: '' })] } },
      {
        name: 'a wildcard certificate, where only others may be issued',
        given: { caa: [sample({ wildcard: true, records: [issue('letsencrypt.org'), issue(';', 'issuewild')] })] },
      },
      {
        name: 'a rule that no authority understands',
        given: { caa: [sample({ records: [issue('letsencrypt.org'), { critical: true, tag: 'future', value: 'x' }] })] },
      },
    ],
    passes: [
      { name: 'none', given: { caa: [sample({ found: 'none', at: '', records: [] })] } },
      {
        name: 'a wildcard certificate, which the authority may issue and no other',
        given: { caa: [sample({ wildcard: true, records: [issue(';'), issue('letsencrypt.org', 'issuewild')] })] },
      },
      { name: 'the authority may issue', given: { caa: [sample({ records: [issue('letsencrypt.org; validationmethods=dns-01')] })] } },
    ],
    unknowns: [
      { name: 'the servers fail', given: { caa: [sample({ found: 'failed', records: [], why: '192.0.2.53 answered SERVFAIL' })] } },
      { name: 'no certificate was seen', given: { caa: [sample({ issuer: '', records: [issue('digicert.com')] })] } },
    ],
  },
  *evaluate({ caa }) {
    for (const facts of caa) yield judged(facts);
  },
});

/** Tags that every authority understands (RFC 8659 §4, RFC 9495, CA/Browser Forum). */
const understood = new Set(['issue', 'issuewild', 'iodef', 'issuemail', 'issuevmc', 'contactemail', 'contactphone']);

function judged({ host, found, at, records, issuer, wildcard, why }: CaaFacts): Observation {
  const about = {
    subject: host,
    place: { name: host },
    proof: [
      ...(found === 'none'
        ? [step(`no name from ${host} upwards has CAA records`)]
        : records.map(({ critical, tag, value }) => step(`${at} CAA ${critical ? 128 : 0} ${tag} "${value}"`))),
      ...(issuer === '' ? [] : [step(`the certificate that ${host} shows is issued by ${issuer}`)]),
    ],
  };
  if (found === 'failed')
    return {
      ...about,
      outcome: 'unknown',
      message: `The CAA records of ${host} could not be asked for (${why || 'no answer came'}). An authority that meets the same does not issue.`,
      toKnow: 'Mend the name servers first; else try again later.',
    };
  const strange = records.find(({ critical, tag }) => critical && !understood.has(tag));
  if (strange)
    return {
      ...about,
      outcome: 'fail',
      message: `${at} has a critical CAA record "${strange.tag}" that authorities do not know: none may issue for ${host}.`,
    };
  const wild = wildcard ? records.filter(({ tag }) => tag === 'issuewild') : [];
  const rules = wild.length > 0 ? wild : records.filter(({ tag }) => tag === 'issue');
  if (rules.length === 0) return { ...about, outcome: 'pass', message: `No CAA record keeps an authority from issuing for ${host}.` };
  const named = rules.map(({ value }) => (value.split(';', 1)[0] ?? '').trim().toLowerCase()).filter((value) => value !== '');
  if (named.length === 0) return { ...about, outcome: 'fail', message: `The CAA record of ${at} lets no authority issue for ${host}.` };
  const authority = authorityOf(issuer);
  if (!authority) {
    const free = authorities.filter((one) => one.free);
    const isOut = free.every(({ domains }) => !domains.some((domain) => named.includes(domain)));
    return {
      ...about,
      outcome: 'unknown',
      ...(!isOut && { severity: 'low' as const }),
      message: `The CAA records of ${at} let ${andList(named)} alone issue for ${host}, and nobody could tell which authority its host uses${isOut ? '; most use one that is not among them' : ''}.`,
      toKnow: 'Make the host reachable by https, or compare with what its documentation says about CAA.',
    };
  }
  if (authority.domains.some((domain) => named.includes(domain)))
    return { ...about, outcome: 'pass', message: `${authority.name}, which issued the certificate of ${host}, may do so again.` };
  return {
    ...about,
    outcome: 'fail',
    message: `${host} has a certificate of ${authority.name}, but the CAA records of ${at} let ${andList(named)} alone issue: it cannot be renewed.`,
    fix: `Add the record ${at} CAA 0 ${wild.length > 0 ? 'issuewild' : 'issue'} "${authority.domains[0]}", or remove the CAA records.`,
  };
}

const step = (text: string) => ({ kind: 'step' as const, text });

function issue(value: string, tag = 'issue'): CaaFacts['records'][number] {
  return { critical: false, tag, value };
}

function sample(change: Partial<CaaFacts>): CaaFacts {
  return {
    host: 'app.example.com',
    found: 'records',
    at: 'example.com',
    records: [],
    issuer: "Let's Encrypt",
    wildcard: false,
    why: '',
    ...change,
  };
}
