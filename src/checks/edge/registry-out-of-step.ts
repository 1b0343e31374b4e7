import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { registration } from '../../evidence/registration.ts';
import { registrationSample, registrationUnseen } from '../../evidence/registration-samples.ts';
import { zoneFacts } from '../../evidence/zone.ts';
import { unseenZone, zoneSample } from '../../evidence/zone-samples.ts';

export const registryOutOfStep = defineCheck({
  id: 'edge/registry-out-of-step',
  severity: 'medium',
  covers: ['S3-C1'],
  doc: {
    title: 'The registration names other name servers than the DNS',
    why: 'A change of name servers is under way, or was lost on its way: the domain may jump to another DNS host, with other records, at any time.',
    fix: 'Look at the registrar which name servers are set. If they were changed in the last two days, wait; else set them again.',
    effort: 'minutes',
  },
  needs: { registered: registration, zone: zoneFacts },
  examples: {
    fails: [
      {
        name: 'other name servers',
        given: { registered: registrationSample({ nameServers: ['ns1.newhost.example'] }), zone: zoneSample() },
      },
    ],
    passes: [{ name: 'the same', given: { registered: registrationSample(), zone: zoneSample() } }],
    unknowns: [
      { name: 'the registry does not answer', given: { registered: registrationUnseen, zone: zoneSample() } },
      { name: 'the zone above does not answer', given: { registered: registrationSample(), zone: unseenZone } },
    ],
  },
  *evaluate({ registered: { domain, is, why, nameServers, source }, zone: { zone, delegation } }) {
    if (is === 'not-ours' || is === 'missing' || zone !== domain || delegation.is === 'missing' || delegation.is === 'no-cut') return;
    const about = { subject: domain, place: { name: domain } };
    const above = delegation.names.map(({ name }) => name).toSorted();
    if (is !== 'told' || delegation.is === 'unknown' || nameServers.length === 0 || above.length === 0) {
      yield {
        ...about,
        outcome: 'unknown',
        severity: 'low',
        message: `Nobody could tell whether the registration of ${domain} names the name servers of the DNS: ${is !== 'told' ? why.replace(/\.$/, '') : (delegation.why ?? 'they are not shown')}.`,
        toKnow: 'Look at the registrar, or name an RDAP service under domains.rdap that can be reached from here.',
      };
      return;
    }
    const proof = [
      { kind: 'step' as const, place: { url: source }, text: `asked ${source}: ${nameServers.join(', ')}` },
      { kind: 'step' as const, text: `${delegation.by}, a server of ${delegation.parent}, names ${above.join(', ')}` },
    ];
    if (nameServers.length === above.length && nameServers.every((name) => above.includes(name)))
      yield { ...about, outcome: 'pass', message: `The registration of ${domain} names the name servers of the DNS.`, proof };
    else
      yield {
        ...about,
        outcome: 'fail',
        message: `${domain} is registered with ${andList(nameServers)}, but the DNS leads to ${andList(above)}.`,
        proof,
      };
  },
});
