import type { Finding } from '../../src/core/finding.ts';
import { counted, type KnownFlaw, type LabApp } from './app.ts';

/** How findings on an app compare with what is known of it. */
export interface Score {
  readonly found: readonly KnownFlaw[];
  readonly missed: readonly KnownFlaw[];
  /** Flaws of other kinds that were found as well. */
  readonly also: readonly KnownFlaw[];
  /** Fails on routes that are known to be clean, or that were read and are wrong. */
  readonly wrong: readonly Finding[];
  /** Fails that were read in the code and are right, or that only the owner could judge. */
  readonly read: readonly Finding[];
  /** Fails that nothing known explains and nobody has read. */
  readonly unread: readonly Finding[];
}

/** `GET /api/users/{}`: however parameters are written, and without a slash at the end. */
export const shape = (route: string): string =>
  route
    .replace(/\{[^}]*\}|:[A-Za-z_]\w*|<[^>]*>/g, '{}')
    .replace(/(?<=.)\/$/, '')
    .toLowerCase();

/** The route a finding is about; the address it was seen at where it names none. */
export function routeOf({ place, subject }: Finding): string {
  const named = place?.name ?? /[A-Z]+ \/\S*/.exec(subject ?? '')?.[0] ?? (subject?.startsWith('/') ? `GET ${subject}` : undefined);
  if (named !== undefined) return shape(named.startsWith('/') ? `GET ${named}` : named);
  const path = place?.url === undefined ? undefined : URL.parse(place.url)?.pathname;
  return path === undefined ? '' : shape(`GET ${path}`);
}

const kinds: Readonly<Record<string, RegExp>> = {
  jwt: /^access\/token-forged$/,
  enum: /^access\/account-enumeration$/,
  ratelimit: /limit|throttled/,
  session: /^access\/(?:session|password|reset)/,
};

const kindsOf = (flaw: KnownFlaw): string[] => flaw.class.split('+');

const explains = (flaw: KnownFlaw, finding: Finding): boolean =>
  kindsOf(flaw).some((kind) => kinds[kind]?.test(finding.check)) || routeOf(finding) === shape(`${flaw.method} ${flaw.path}`);

export function score({ flaws, clean, read = [] }: LabApp, findings: readonly Finding[]): Score {
  const fails = findings.filter(({ outcome }) => outcome === 'fail');
  const isCounted = (flaw: KnownFlaw): boolean => kindsOf(flaw).some((kind) => counted.includes(kind)) && flaw.confirmed && !flaw.ambiguous;
  const isFound = (flaw: KnownFlaw): boolean => fails.some((finding) => explains(flaw, finding));
  // What is seen from outside may explain a flaw; whether it is right is the business of another benchmark.
  const unexplained = fails
    .filter(({ check }) => check.startsWith('access/'))
    .filter((finding) => !flaws.some((flaw) => explains(flaw, finding)));
  const verdictOn = ({ check, subject }: Finding) => read.find((one) => one.check === check && one.subject === subject)?.verdict;
  const cleanRoutes = new Set(clean.map(({ route }) => shape(route)));
  // Of a session or a header, no route is clean or not.
  const isWrong = (finding: Finding): boolean =>
    verdictOn(finding) === 'wrong' ||
    (verdictOn(finding) === undefined && /^access\/route-/.test(finding.check) && cleanRoutes.has(routeOf(finding)));
  return {
    found: flaws.filter((flaw) => isCounted(flaw) && isFound(flaw)),
    missed: flaws.filter((flaw) => isCounted(flaw) && !isFound(flaw)),
    also: flaws.filter((flaw) => !isCounted(flaw) && isFound(flaw)),
    wrong: unexplained.filter(isWrong),
    read: unexplained.filter((finding) => verdictOn(finding) === 'right' || verdictOn(finding) === 'depends'),
    unread: unexplained.filter((finding) => verdictOn(finding) === undefined && !isWrong(finding)),
  };
}
