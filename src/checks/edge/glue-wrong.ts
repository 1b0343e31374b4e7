import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { type DelegatedName, type NameServer, type ZoneFacts, zoneFacts } from '../../evidence/zone.ts';
import { lookSample, zoneSample } from '../../evidence/zone-samples.ts';

export const glueWrong = defineCheck({
  id: 'edge/glue-wrong',
  severity: 'high',
  covers: ['S3-C1'],
  doc: {
    title: 'The registrar has no address, or an old one, for a name server of your own',
    why: 'A name server below the domain itself is found only by the address that the registrar keeps of it (a glue record). Without the right one, the domain cannot be found at all, or only at times.',
    fix: 'At the registrar, under "host names", "child name servers" or "glue records", write down the address that the name server has today. Simpler: use the name servers of the DNS host.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc9471'],
  },
  needs: { zone: zoneFacts },
  examples: {
    fails: [
      { name: 'no glue', given: { zone: own([]) } },
      { name: 'an old address', given: { zone: own(['198.51.100.99']) } },
    ],
    passes: [{ name: 'the address it has', given: { zone: own(['192.0.2.53']) } }],
    unknowns: [{ name: 'its addresses could not be asked for', given: { zone: own(['192.0.2.53'], { own: [], found: 'failed' }) } }],
  },
  *evaluate({ zone: { zone, delegation, servers } }) {
    if (delegation.is !== 'delegated') return;
    for (const named of delegation.names)
      if (`.${named.name}`.endsWith(`.${zone}`))
        yield judged(
          zone,
          named,
          servers.find(({ name }) => name === named.name),
        );
  },
});

function judged(zone: string, { name, glue }: DelegatedName, server: NameServer | undefined): Observation {
  const own = server?.own ?? [];
  const about = {
    subject: name,
    place: { name },
    proof: [
      {
        kind: 'step' as const,
        text: `the zone above gives ${glue.join(', ') || 'no address'} for ${name}; ${zone} gives ${own.join(', ') || 'none'}`,
      },
    ],
  };
  if (glue.length === 0)
    return {
      ...about,
      outcome: 'fail',
      message: `The registrar keeps no address of ${name}, which lies below ${zone} itself: nobody can find it.`,
    };
  if (server === undefined || server.found === 'failed')
    return {
      ...about,
      outcome: 'unknown',
      message: `Nobody could tell whether the registrar keeps the right address of ${name}: the one in the zone could not be asked for.`,
      toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
    };
  const old = glue.filter((address) => !own.includes(address));
  if (old.length > 0)
    return {
      ...about,
      outcome: 'fail',
      message: `The registrar keeps ${andList(old)} as address of ${name}, but the zone ${own.length > 0 ? `says ${andList(own)}` : 'has no address of it'}.`,
    };
  return { ...about, outcome: 'pass', message: `The registrar keeps the address that ${name} has.` };
}

function own(glue: readonly string[], change: Partial<NameServer> = {}): ZoneFacts {
  const name = 'ns1.example.com';
  return zoneSample({
    delegation: { is: 'delegated', parent: 'com', by: '203.0.113.1', names: [{ name, glue }] },
    names: [name],
    servers: [{ name, own: ['192.0.2.53'], found: 'found', looks: [lookSample()], ...change }],
  });
}
