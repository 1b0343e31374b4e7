import type { EdgeZone, PageRule } from './cloudflare.ts';
import { type EdgeRequest, matchesWildcard } from './edge-expression.ts';

/** What the address of a page rule is compared with: with and without its scheme, in small letters, because capitals make no difference there. */
const addressesOf = ({ host, path, scheme = 'https' }: EdgeRequest): string[] =>
  [`${host}${path}`, `${scheme}://${host}${path}`].map((one) => one.toLowerCase());

const patternsOf = ({ targets }: PageRule): string[] => targets.map(({ constraint }) => constraint?.value ?? '');

/**
 * The page rule that a request meets: the one with the highest priority of those that match, whatever it sets, and no other
 * (https://developers.cloudflare.com/rules/page-rules/#priority-order-matters). `undefined`: none, or they could not be read.
 */
export function pageRuleFor(request: EdgeRequest, { pageRules }: Pick<EdgeZone, 'pageRules'>): PageRule | undefined {
  const addresses = addressesOf(request);
  return (pageRules.value ?? [])
    .filter(({ status }) => status === 'active')
    .toSorted((a, b) => (b.priority ?? 0) - (a.priority ?? 0))
    .find((rule) => patternsOf(rule).some((pattern) => addresses.some((address) => matchesWildcard(address, pattern.toLowerCase()))));
}

/** `the page rule for *example.com/*`. */
export const pageRuleName = (rule: PageRule): string => `the page rule for ${patternsOf(rule).join(', ')}`;

/** Paths that page rules speak of, so that each is looked at. */
export const pageRulePaths = ({ pageRules }: Pick<EdgeZone, 'pageRules'>): string[] =>
  (pageRules.value ?? []).flatMap(patternsOf).flatMap((pattern) => {
    const path = pattern.replace(/^[a-z*]+:\/\//i, '').replace(/^[^/]*/, '');
    return path === '' ? [] : [path.replaceAll('*', 'x')];
  });
