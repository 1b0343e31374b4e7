import type { Observation, Place, Proof } from '../core/finding.ts';
import type { Severity } from '../core/stage.ts';
import { plural } from '../core/wording.ts';
import type { Secret, SecretLocation, SecretScan } from '../evidence/secrets.ts';

/**
 * The worst place a secret is exposed in, worst first. A secret is reported once, by the check of this place, with all other places as
 * proof: `local` means it only lies in files that git ignores, where it belongs.
 */
export const exposures = ['client', 'public-prefix', 'env-file', 'source', 'log', 'history', 'local'] as const;
export type Exposure = (typeof exposures)[number];

/** One secret with everything seen of it: entries of the same value, or of values that open the same thing. */
export interface LeakedSecret {
  /** The entry at the worst place. */
  readonly lead: Secret;
  readonly entries: readonly Secret[];
  readonly exposure: Exposure;
}

/**
 * True when git keeps the file out: it is on this computer only. Without git there is nobody to keep it out (an unpacked archive holds what
 * was committed), except that an env file which .gitignore names may well be where it belongs.
 */
const staysLocal = ({ location, tracked, ignored }: Secret): boolean =>
  location === 'ignored-env-file' || (tracked === false && ignored === true);

function exposureOf(secret: Secret): Exposure {
  const { location } = secret;
  if (secret.reachedFromClient || location === 'bundle' || location === 'source-map' || location === 'page') return 'client';
  if (location === 'history') return 'history';
  if (location === 'log' || location === 'chat') return 'log';
  if (secret.publicPrefix === true) return 'public-prefix';
  if (staysLocal(secret)) return 'local';
  return location === 'env-file' ? 'env-file' : 'source';
}

/** The secrets of a scan, each once; what is public by design is left out. */
export function leakedSecrets(scan: SecretScan): LeakedSecret[] {
  const groups = new Map<string, Secret[]>();
  for (const secret of scan.secrets) {
    if (secret.sensitivity === 'public') continue;
    const key = secret.opens === undefined ? secret.hash : `${secret.kind} ${secret.opens}`;
    groups.set(key, [...(groups.get(key) ?? []), secret]);
  }
  return [...groups.values()].flatMap((entries) => {
    const sorted = entries.toSorted((a, b) => exposures.indexOf(exposureOf(a)) - exposures.indexOf(exposureOf(b)) || weight(b) - weight(a));
    const [lead] = sorted;
    return lead ? [{ lead, entries: sorted, exposure: exposureOf(lead) }] : [];
  });
}

const weight = ({ sensitivity, places }: Secret): number => (sensitivity === 'secret' ? 1000 : 0) + places.length;

/** How bad a secret is where somebody with the code can read it: by what it opens and how surely it was told. */
export function severityIn({ lead }: LeakedSecret): Severity {
  if (lead.sensitivity === 'low') return 'low';
  if (lead.kind === 'fallback-signing-secret' || lead.kind === 'password') return 'medium';
  if (lead.power === 'limited') return 'low';
  // A guessable word is as bad as it gets if it is in use, but only a look at the server tells that.
  if (lead.kind === 'guessable-signing-secret' || lead.toldBy === 'scanner') return 'high';
  return lead.power === 'total' ? 'blocker' : 'high';
}

/** How bad it is where every visitor can read it. A name can mislead; the form of a key cannot. */
export function severityInBrowser({ lead }: LeakedSecret): Severity {
  if (lead.sensitivity === 'low') return 'low';
  if (lead.power === 'limited') return 'medium';
  return lead.toldBy === 'form' ? 'blocker' : 'high';
}

const standing: ReadonlyMap<string, string> = new Map(
  Object.entries({
    source: 'In a file of the repo',
    'env-file': 'In an environment file that is part of the repo',
    'ignored-env-file': 'In an environment file that git ignores (on this computer only)',
    history: 'In an old version in the git history',
    bundle: 'In a built file that is delivered to users',
    'source-map': 'In a source map that is delivered to users',
    log: 'In a log',
    chat: 'In a chat or prompt file',
    page: 'In the running app',
  } satisfies Record<SecretLocation, string>),
);

/** `Stripe live secret key`, with its decoded meaning when there is one; `Key or token WHAPI_TOKEN` when only its name told. */
export function nameOf({ lead: { label, meaning, toldBy, variable } }: LeakedSecret): string {
  // A variable called `password` adds nothing to "Password".
  const name = toldBy === 'name' && variable !== undefined && /[A-Z_-]/.test(variable) && meaning === undefined ? ` ${variable}` : '';
  return `${label.charAt(0).toUpperCase()}${label.slice(1)}${name}${meaning === undefined ? '' : ` (${meaning})`}`;
}

/** `src/a.ts` or `src/a.ts and 3 more places`. */
export function placesText({ entries }: LeakedSecret): string {
  const places = distinct(entries.filter((entry) => exposureOf(entry) !== 'local' && entry.location !== 'history'));
  const more = places.length - 1 + entries.reduce((sum, entry) => sum + (entry.morePlaces ?? 0), 0);
  const first = (places[0] ?? entries[0]?.places[0])?.file ?? '';
  return more > 0 ? `${first} and ${plural(more, 'more place')}` : first;
}

const distinct = (entries: readonly Secret[]): Place[] => [
  ...new Map(entries.flatMap(({ places }) => places).map((place) => [`${place.file}:${place.line}`, place])).values(),
];

const shownPlaces = 14;

/** What it opens, every place it was seen in, and who else saw it. */
export function proofOf({ lead, entries }: LeakedSecret): Proof[] {
  const seen = entries.flatMap((entry) => entry.places.map((place, index) => ({ entry, place, index })));
  // A few of each standing come first: that a key is also in the history must not be lost behind thirty scripts.
  const shown = seen.toSorted((a, b) => Math.floor(a.index / 4) - Math.floor(b.index / 4)).slice(0, shownPlaces);
  const more = seen.length - shown.length + entries.reduce((sum, entry) => sum + (entry.morePlaces ?? 0), 0);
  const scanners = [...new Set(entries.flatMap((entry) => entry.alsoSeenBy ?? []))];
  const chain = lead.reachedFromClient ?? [];
  const say = (text: string): Proof => ({ kind: 'step', text });
  return [
    say(lead.harm),
    ...(chain.length > 1 ? [say(`The browser loads it through ${chain.join(' → ')}`)] : []),
    ...shown.map(({ entry, place }): Proof => ({ kind: 'step', place, text: standingOf(entry) })),
    ...(more > 0 ? [say(`and in ${plural(more, 'more place')}`)] : []),
    ...(scanners.length > 0 ? [say(`Also reported by ${scanners.join(' and ')}`)] : []),
  ];
}

function standingOf({ location, variable, places, commit }: Secret): string {
  const name = variable !== undefined && places.length === 1 ? `, as ${variable}` : '';
  return `${standing.get(location) ?? 'In a file'}${name}${commit === undefined ? '' : ` (since commit ${commit})`}`;
}

/** What all findings about a leaked secret share. `after` says what to do once the secret is replaced. */
export function findingOf(
  secret: LeakedSecret,
  details: { message: string; severity: Severity; after: string; cause?: string },
): Observation {
  const { lead } = secret;
  const place = lead.places[0];
  const history = secret.exposure !== 'history' && secret.entries.some((entry) => entry.location === 'history');
  return {
    outcome: 'fail',
    subject: `${lead.kind} ${lead.opens ?? lead.hash}`,
    severity: details.severity,
    message: details.message,
    ...(place && { place }),
    fix: `${lead.rotate} ${details.after}${history ? ' The git history keeps the old value; once it is replaced, that does no harm.' : ''}`,
    proof: proofOf(secret),
    ...(details.cause !== undefined && { cause: details.cause }),
  };
}

/** How many files of the folder were searched, or only those that belong to some of the locations. */
export const filesSearched = ({ scanned }: SecretScan, ...locations: SecretLocation[]): number =>
  scanned.where
    .filter(({ location }) => (locations.length === 0 ? location !== 'history' : locations.includes(location)))
    .reduce((sum, { files }) => sum + files, 0);

/** `12,345 files`: how much was searched, for the sentence of a pass. */
export const searched = (scan: SecretScan): string => plural(filesSearched(scan), 'file');
