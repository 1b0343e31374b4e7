import { type Looked, type Opinion, opinions, type Sight } from '../collect/dns/watch.ts';
import { printable } from './progress.ts';

/** Each mark stands with its word: a screen reader may leave the mark out, or read it as something else. */
const ofAll: Readonly<Record<Looked['is'], string>> = {
  there: '✓ there',
  'not-there': '✗ not there yet',
  'not-needed': '- not there, and it need not be',
  differs: '✗ not the same everywhere',
  unknown: '? not known',
};
const ofOne: Readonly<Record<Sight['is'], string>> = {
  there: '✓ there',
  wrong: '✗ not as wanted',
  absent: '✗ not there',
  unknown: '? no answer',
};

/** What is wanted, and what each server says now. What servers say is not ours: nothing of it can act on a terminal. */
export const lookedText = ({ wanted: { label, wanted }, is, sights }: Looked): string =>
  [
    `${ofAll[is]}: ${label}`,
    `    wanted: ${wanted}`,
    ...opinions(sights).flatMap((one) => [
      `    ${is === 'not-needed' && one.is === 'absent' ? '- not there' : ofOne[one.is]}: ${cut(one.said)}`,
      `        at ${one.by.map((sight) => byText(sight, one, is)).join(', ')}`,
    ]),
  ]
    .map(printable)
    .join('\n')
    .concat('\n');

/** Servers may say much more than a screen holds. */
const cut = (said: string): string => (said.length > longest ? `${said.slice(0, longest)}…` : said);
const longest = 300;

/** While not all is well: for how long a resolver goes on with what it knows. */
function byText({ by, asked, ttl }: Sight, { is }: Opinion, all: Looked['is']): string {
  if (asked === 'server') return by;
  return `resolver ${by}${ttl > 0 && all !== 'there' && is !== 'unknown' ? ` for up to ${ttl} s` : ''}`;
}

/** What is still open, in a few lines; empty where nothing is. */
export function openText(all: readonly Looked[]): string {
  const named = (is: Looked['is']): string =>
    all
      .filter((one) => one.is === is)
      .map(({ wanted }) => wanted.label)
      .join(', ');
  return (
    [
      ['Not there yet', named('not-there')],
      ['Not the same everywhere yet', named('differs')],
      ['Not known, because not all answered', named('unknown')],
    ] as const
  )
    .flatMap(([what, names]) => (names === '' ? [] : [`${what}: ${names}.\n`]))
    .concat(absentText(all))
    .join('');
}

/** Why a record may stay away for a while after it was made (RFC 2308). */
function absentText(all: readonly Looked[]): string[] {
  const ttls = all.flatMap(({ sights }) => sights.flatMap(({ is, asked, ttl }) => (is === 'absent' && asked === 'server' ? [ttl] : [])));
  const seconds = Math.max(0, ...ttls);
  return seconds === 0
    ? []
    : [
        `Who asks too early remembers that there is nothing: resolvers for up to ${seconds} s here (the SOA record of the zone says so), even after you add the record.\n`,
      ];
}
