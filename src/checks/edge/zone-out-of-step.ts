import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { type HostAnswer, type ServerLook, type ZoneFacts, zoneFacts } from '../../evidence/zone.ts';
import { deadSample, lookSample, zoneSample } from '../../evidence/zone-samples.ts';

const app = { name: 'app.example.com', type: 'A' } as const;

export const zoneOutOfStep = defineCheck({
  id: 'edge/zone-out-of-step',
  severity: 'high',
  covers: ['S3-C1'],
  doc: {
    title: 'The name servers of the domain do not say the same',
    why: 'Which answer a customer gets depends on the name server he happens to meet: some reach the new app, some the old one or none, and nobody can repeat it.',
    fix: 'If a record was changed just now, wait some minutes and look again. Else one name server has an old copy of the zone: remove it at the registrar, or let the DNS host copy the zone again.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc1034#section-4.3.5', 'https://www.rfc-editor.org/rfc/rfc1982'],
  },
  needs: { zone: zoneFacts },
  examples: {
    fails: [
      {
        name: 'one does not know a host',
        given: { zone: other(lookSample({ soa: { serial: 2026_01_02 }, hosts: [{ ...app, is: 'nxdomain', records: [] }] })) },
      },
      {
        name: 'one has an old address',
        given: { zone: other(lookSample({ hosts: [{ ...app, is: 'records', records: ['A 198.51.100.7'] }] })) },
      },
      { name: 'one has an old copy', given: { zone: other(lookSample({ soa: { serial: 2025_01_01 } })) } },
    ],
    passes: [
      { name: 'both say the same', given: { zone: zoneSample() } },
      {
        name: 'one turns its answers round',
        given: { zone: other(lookSample({ hosts: [{ ...app, is: 'records', records: ['A 198.51.100.7'], rotates: true }] })) },
      },
    ],
    unknowns: [{ name: 'only one of them answers', given: { zone: other(deadSample('silent', 'no answer in 2000 ms')) } }],
  },
  *evaluate({ zone: { zone, servers } }) {
    const looks = servers.flatMap(({ name, looks: all }) => all.map((look) => ({ ...look, server: name })));
    const answering = looks.filter(({ said }) => said === 'answers');
    if (answering.length < 2) {
      // One server alone cannot be out of step; that the others are not there is told elsewhere.
      if (looks.length > 1)
        yield {
          outcome: 'unknown',
          subject: zone,
          place: { name: zone },
          message: `Nobody could tell whether the name servers of ${zone} say the same: ${answering.length === 0 ? 'none' : 'only one'} of them answers.`,
          toKnow: 'Mend the name servers that do not answer first.',
        };
      return;
    }
    const apart = [...differing(answering)];
    yield* apart;
    const copies = serials(zone, answering);
    if (apart.length === 0)
      yield copies ?? { outcome: 'pass', subject: zone, place: { name: zone }, message: `The name servers of ${zone} say the same.` };
  },
});

type Look = ServerLook & { readonly server: string };

function* differing(looks: readonly Look[]): Iterable<Observation> {
  const all = looks.flatMap(({ server, hosts = [] }) => hosts.map((one) => ({ ...one, server })));
  for (const key of new Set(all.map(keyOf))) {
    const same = all.filter((one) => keyOf(one) === key && one.is !== 'failed');
    const said = new Map<string, string[]>();
    for (const { server, ...one } of same) said.set(text(one), [...(said.get(text(one)) ?? []), server]);
    if (said.size < 2 || same.some(({ rotates }) => rotates)) continue;
    const isMissing = same.some(({ is }) => is !== 'records');
    yield {
      outcome: 'fail',
      ...(!isMissing && { severity: 'medium' as const }),
      subject: key,
      place: { name: same[0]?.name ?? key },
      message: `The name servers do not say the same of ${key}: ${andList([...said].map(([what, servers]) => `${what} (${andList([...new Set(servers)])})`))}.`,
      proof: same.map(({ server, ...one }) => ({ kind: 'step', text: `asked ${server} for ${key}: ${text(one)}` })),
    };
  }
}

/** Serial numbers are counted by each DNS host for itself: only copies of one master have to agree. */
function serials(zone: string, looks: readonly Look[]): Observation | undefined {
  for (const master of new Set(looks.map(({ soa }) => soa?.mname))) {
    const copies = looks.filter(({ soa }) => soa !== undefined && soa.mname === master);
    if (new Set(copies.map(({ soa }) => soa?.serial)).size < 2) continue;
    return {
      outcome: 'fail',
      severity: 'low',
      subject: zone,
      place: { name: zone },
      message: `The name servers of ${zone} have copies of different age: ${andList([...new Set(copies.map(({ server, soa }) => `${server} has ${soa?.serial}`))])}. What they say of the hosts is still the same.`,
    };
  }
  return undefined;
}

const keyOf = ({ name, type }: HostAnswer): string => `${name} ${type}`;

const texts = {
  records: '',
  nodata: 'no record',
  nxdomain: 'no such name',
  referred: 'leads on to other servers',
  failed: 'no answer',
} as const;
const text = ({ is, records }: HostAnswer): string => (is === 'records' ? records.join(', ') : (texts[is] ?? is));

function other(look: ServerLook): ZoneFacts {
  return zoneSample({}, { looks: [look] });
}
