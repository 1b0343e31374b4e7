import { apex, type Draft } from '../draft.ts';
import { txt } from '../mail.ts';
import type { Records } from '../zone.ts';
import type { DomainFlaw } from './flaw.ts';

/** Writes another SPF record in the place of the one that is there. */
function rewrite(zone: Records, name: string, ...records: readonly string[]): void {
  const isSpf = ({ type, data }: { readonly type: string; readonly data: unknown }): boolean =>
    type === 'TXT' && [data].flat().join('').startsWith('v=spf1');
  zone[name] = [...(zone[name] ?? []).filter((one) => !isSpf(one)), ...records.map(txt)];
}

const spf =
  (...records: readonly string[]) =>
  ({ zone }: Draft): void =>
    rewrite(zone, apex, ...records);

const google = 'include:_spf.google.com';

/** SPF records of the domain that people write from. */
export const spfFlaws: readonly DomainFlaw[] = [
  {
    id: 'spf-missing',
    title: 'The domain has no SPF record.',
    checks: ['email/spf-missing'],
    change: spf(),
  },
  {
    id: 'spf-two-records',
    title: 'A second SPF record was written beside the first, so that none counts.',
    checks: ['email/spf-invalid'],
    change: spf(`v=spf1 ${google} -all`, 'v=spf1 include:amazonses.com -all'),
  },
  {
    id: 'spf-mechanism-mistyped',
    title: 'The SPF record has a term in it that there is not.',
    checks: ['email/spf-invalid'],
    change: spf(`v=spf1 ${google} ipv4:192.0.2.7 -all`),
  },
  {
    id: 'spf-eleven-lookups',
    title: 'The SPF record asks the DNS eleven times, and receivers stop at ten.',
    checks: ['email/spf-lookups'],
    change({ zone, elsewhere }) {
      const senders = Array.from({ length: 10 }, (_, nth) => `spf${nth}.senders.test`);
      for (const name of senders) elsewhere[name] = [txt('v=spf1 ip4:192.0.2.1 -all')];
      rewrite(zone, apex, `v=spf1 ${google} ${senders.map((name) => `include:${name}`).join(' ')} -all`);
    },
  },
  {
    id: 'spf-include-without-record',
    title: 'The SPF record includes a service that is gone, and receivers stop there.',
    checks: ['email/spf-lookups'],
    change: spf(`v=spf1 ${google} include:spf.gone.test -all`),
  },
  {
    id: 'spf-three-void-lookups',
    title: 'Three servers in the SPF record have no address any more, and receivers stop after two.',
    checks: ['email/spf-lookups'],
    change: spf(`v=spf1 ${google} a:old1.${apex} a:old2.${apex} a:old3.${apex} -all`),
  },
  {
    id: 'spf-plus-all',
    title: 'The SPF record ends in +all: everybody may send.',
    checks: ['email/spf-open'],
    change: spf(`v=spf1 ${google} +all`),
  },
  {
    id: 'spf-every-address',
    title: 'The SPF record names all addresses there are, before it says that nobody else may send.',
    checks: ['email/spf-open'],
    change: spf(`v=spf1 ${google} ip4:0.0.0.0/0 ~all`),
  },
  {
    id: 'spf-neutral-all',
    title: 'The SPF record ends in ?all and keeps nobody out.',
    checks: ['email/spf-open'],
    change: spf(`v=spf1 ${google} ?all`),
  },
  {
    id: 'spf-without-all',
    title: 'The SPF record has no end, and keeps nobody out.',
    checks: ['email/spf-open'],
    change: spf(`v=spf1 ${google}`),
  },
  {
    id: 'spf-ptr',
    title: 'The SPF record asks for the name of the sending server.',
    checks: ['email/spf-ptr'],
    change: spf(`v=spf1 ${google} ptr -all`),
  },
  {
    id: 'spf-sender-left-out',
    title: 'Google Workspace sends for the domain and does not stand in its SPF record.',
    checks: ['email/spf-sender-missing'],
    change: spf('v=spf1 include:amazonses.com -all'),
  },
];
