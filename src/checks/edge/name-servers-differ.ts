import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { zoneFacts } from '../../evidence/zone.ts';
import { deadSample, unseenZone, zoneSample } from '../../evidence/zone-samples.ts';

export const nameServersDiffer = defineCheck({
  id: 'edge/name-servers-differ',
  severity: 'medium',
  covers: ['S3-C1'],
  doc: {
    title: 'The registrar and the zone name other name servers',
    why: 'Some resolvers keep to the one list, some to the other. As soon as a record is changed on one side only, some customers see the old app and some the new one.',
    fix: 'Write the same name servers at the registrar and as NS records of the domain. Where the DNS was moved, remove the old zone at the old host only after two days.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc1034#section-4.2.2'],
  },
  needs: { zone: zoneFacts },
  examples: {
    fails: [
      {
        name: 'the zone names a server that the registrar does not',
        given: { zone: zoneSample({ names: ['ns1.example.net', 'ns2.example.org', 'ns3.example.org'] }) },
      },
      { name: 'they have no server in common', given: { zone: zoneSample({ names: ['ns1.oldhost.example'] }) } },
    ],
    passes: [{ name: 'both name the same', given: { zone: zoneSample() } }],
    unknowns: [
      { name: 'nobody could ask the zone above', given: { zone: unseenZone } },
      {
        name: 'no server answers for the zone',
        given: {
          zone: zoneSample({
            names: [],
            servers: [{ name: 'ns1.example.net', own: ['198.51.100.53'], found: 'found', looks: [deadSample('silent', 'no answer')] }],
          }),
        },
      },
    ],
  },
  *evaluate({ zone: { zone, delegation, names } }) {
    const about = { subject: zone, place: { name: zone } };
    if (delegation.is === 'missing' || delegation.is === 'no-cut') return;
    if (delegation.is === 'unknown' || names.length === 0) {
      yield {
        ...about,
        outcome: 'unknown',
        message: `Nobody could tell whether the registrar and the zone of ${zone} name the same name servers: ${delegation.is === 'unknown' ? (delegation.why ?? 'no answer came') : 'no server of the zone answered'}.`,
        toKnow: 'Run it again from a network that lets questions to name servers through (port 53, UDP and TCP).',
      };
      return;
    }
    const above = delegation.names.map(({ name }) => name).toSorted();
    const proof = [
      { kind: 'step' as const, text: `${delegation.by}, a server of ${delegation.parent}, names ${above.join(', ')}` },
      { kind: 'step' as const, text: `the servers of ${zone} name ${names.join(', ')}` },
    ];
    const missing = above.filter((name) => !names.includes(name));
    const extra = names.filter((name) => !above.includes(name));
    if (missing.length === 0 && extra.length === 0) {
      yield { ...about, outcome: 'pass', message: `The registrar and the zone of ${zone} name the same name servers.`, proof };
      return;
    }
    const isApart = missing.length === above.length;
    yield {
      ...about,
      outcome: 'fail',
      ...(isApart && { severity: 'high' as const }),
      message: isApart
        ? `The registrar names ${andList(above)} for ${zone}, but the zone there names only others: ${andList(names)}.`
        : `The name servers of ${zone} differ: ${[
            missing.length > 0 ? `only the registrar names ${andList(missing)}` : '',
            extra.length > 0 ? `only the zone names ${andList(extra)}` : '',
          ]
            .filter(Boolean)
            .join(', and ')}.`,
      proof,
    };
  },
});
