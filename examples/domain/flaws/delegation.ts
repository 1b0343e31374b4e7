import { a, addresses, apex } from '../draft.ts';
import type { DomainFlaw } from './flaw.ts';

/** The name servers, what the zone above says of them, and the registration. */
export const delegationFlaws: readonly DomainFlaw[] = [
  {
    id: 'lame-name-server',
    title: 'The second name server was never told of the zone and refuses every question about it.',
    checks: ['edge/name-server-broken'],
    change: (draft) => void (draft.second = 'refuses'),
  },
  {
    id: 'name-servers-in-one-network',
    title: 'Both name servers stand in one /24, and are gone together.',
    checks: ['edge/name-servers-alike'],
    change({ zone, glue }) {
      zone[`ns2.${apex}`] = [a(addresses.beside)];
      glue[`ns2.${apex}`] = addresses.beside;
    },
  },
  {
    id: 'ns-record-missing',
    title: 'The registrar names two name servers, the NS records of the zone only one.',
    checks: ['edge/name-servers-differ'],
    change: ({ names }) => void names.zone.splice(1),
  },
  {
    id: 'old-zone-copy',
    title: 'The second name server still has the address of the app from before the move.',
    checks: ['edge/zone-out-of-step'],
    change: (draft) => void (draft.second = { ...draft.zone, [`app.${apex}`]: [a('198.51.100.20')] }),
  },
  {
    id: 'glue-left-behind',
    title: 'The registrar keeps the address that the first name server had before it moved.',
    checks: ['edge/glue-wrong'],
    change: ({ glue }) => void (glue[`ns1.${apex}`] = addresses.beside),
  },
  {
    id: 'negative-ttl-of-a-week',
    title: 'Who asked for a host before it was added hears for a week that there is none.',
    checks: ['edge/soa-values'],
    change: ({ soa }) => void (soa.minimum = 604_800),
  },
  {
    id: 'registration-ends-soon',
    title: 'The registration runs out in three weeks.',
    checks: ['edge/registration-ending'],
    change: ({ registered }) => void (registered.daysLeft = 21),
  },
  {
    id: 'transfer-lock-off',
    title: 'The domain can be moved to another registrar.',
    checks: ['edge/transfer-unlocked'],
    change: ({ registered }) => void (registered.status = ['active']),
  },
  {
    id: 'registration-names-old-servers',
    title: 'The registration still names the servers of the DNS host of before.',
    checks: ['edge/registry-out-of-step'],
    change: ({ registered }) => void (registered.nameServers = ['ns1.old-dns.example', 'ns2.old-dns.example']),
  },
  {
    id: 'ds-of-old-key',
    title: 'The registrar still has the DS record of the key of the DNS host of before.',
    checks: ['edge/dnssec-broken'],
    change: ({ signing }) => void (signing.ds = 'old'),
  },
  {
    id: 'signature-over-other-record',
    title:
      'The second name server has a signature of the app that was made over another address; resolvers that ask the first are content.',
    checks: ['edge/dnssec-broken'],
    change: ({ signing }) => void (signing.forged = `app.${apex}`),
  },
  {
    id: 'signed-with-unpublished-key',
    title: 'The zone is signed with a new key, which was not published among its keys.',
    checks: ['edge/dnssec-broken'],
    change: ({ signing }) => void (signing.by = 'unpublished'),
  },
  {
    id: 'signatures-not-renewed',
    title: 'The signatures of the zone run out in six hours, and no new ones were made.',
    checks: ['edge/dnssec-expiring'],
    change: ({ signing }) => void Object.assign(signing, { from: -13.75, to: 0.25 }),
  },
  {
    id: 'signed-without-ds',
    title: 'The zone is signed, and the registrar was never told.',
    checks: ['edge/dnssec-unlinked'],
    change: ({ signing }) => void (signing.ds = 'none'),
  },
];
