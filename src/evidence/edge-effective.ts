import type { EdgeRule, EdgeSetting, EdgeZone, Part } from './cloudflare.ts';
import { loginPathsOf, privatePathsOf } from './edge-baseline.ts';
import { type EdgeRequest, holds } from './edge-expression.ts';
import { pageRuleFor, pageRuleName, pageRulePaths } from './edge-page-rules.ts';

/** What configuration rules call a setting (https://developers.cloudflare.com/rules/configuration-rules/settings/). */
const inConfigRules: Partial<Readonly<Record<EdgeSetting, string>>> = {
  ssl: 'ssl',
  automatic_https_rewrites: 'automatic_https_rewrites',
  security_level: 'security_level',
  browser_check: 'bic',
};

/** What page rules can set beside the zone, by the same name (https://developers.cloudflare.com/rules/page-rules/reference/settings/). */
const inPageRules: readonly EdgeSetting[] = ['ssl', 'always_use_https', 'automatic_https_rewrites', 'security_level', 'browser_check'];

/** A value that may hold for a request, and which rule sets it; none: the setting of the zone. */
export interface Effect {
  readonly value: unknown;
  readonly by?: string;
}

type Zone = Pick<EdgeZone, 'settings' | 'rules' | 'pageRules'>;

/** Rules that could set something else, and could not be read. */
export function unreadRules(id: EdgeSetting, { rules, pageRules }: Pick<EdgeZone, 'rules' | 'pageRules'>): Part<unknown>[] {
  return [...(id in inConfigRules ? [rules.http_config_settings] : []), ...(inPageRules.includes(id) ? [pageRules] : [])].filter(
    ({ value }) => value === undefined,
  );
}

const configRules = (id: EdgeSetting, { rules }: Pick<EdgeZone, 'rules'>): EdgeRule[] => {
  const name = inConfigRules[id];
  return name === undefined
    ? []
    : (rules.http_config_settings.value ?? []).filter(
        ({ enabled = true, action, action_parameters: set }) => enabled && action === 'set_config' && set?.[name] !== undefined,
      );
};

/**
 * What holds for a request: what the last configuration rule that matches says, else the page rule, else the zone
 * (https://developers.cloudflare.com/rules/configuration-rules/#execution-order). More than one where it hangs on something that is not known here; what could
 * not be read is left out, see `unreadRules`.
 */
export function effectsFor(id: EdgeSetting, request: EdgeRequest, zone: Zone): Effect[] {
  const page = inPageRules.includes(id) ? pageRuleFor(request, zone) : undefined;
  const action = page?.actions.find((one) => one.id === id);
  let effects: Effect[] = [
    page && action ? { value: onOff(action.value ?? 'on'), by: pageRuleName(page) } : { value: zone.settings[id].value?.value },
  ];
  for (const rule of configRules(id, zone)) {
    const truth = holds(rule.expression, request);
    if (truth === false) continue;
    const effect = { value: onOff(rule.action_parameters?.[inConfigRules[id] ?? '']), by: configRuleName(rule) };
    effects = truth ? [effect] : [...effects, effect];
  }
  return effects;
}

const onOff = (value: unknown): unknown => (value === true ? 'on' : value === false ? 'off' : value);

const configRuleName = ({ description = '', expression }: EdgeRule): string =>
  `the configuration rule "${description === '' ? expression : description}"`;

/** Paths looked at of a host, at the most. */
const mostPaths = 40;

/** The paths given, and with `named` those that rules for a setting speak of: what is set for them alone is to be seen as well. */
export function pathsFor(id: EdgeSetting, zone: Zone, usual: readonly string[], named = true): string[] {
  if (!named) return [...usual];
  const texts = configRules(id, zone).flatMap(({ expression }) =>
    [...expression.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, one = '']) => one.replace(/\\(.)/g, '$1')),
  );
  const spoken = texts
    .map((one) => one.replace(/^[a-z*]+:\/\/[^/]*/i, '').replaceAll('*', 'x'))
    .flatMap((one) => (one.startsWith('/') ? [one] : one.startsWith('.') ? [`/x${one}`] : []));
  return [...new Set([...usual, ...spoken, ...(inPageRules.includes(id) ? pageRulePaths(zone) : [])])].slice(0, mostPaths);
}

/** SSL modes that may hold for a host, by the zone and by rules; one for each path that matters and each rule that may be for it. */
export const modesOf = (zone: Zone & Pick<EdgeZone, 'hosts' | 'privatePaths'>, host: string): Effect[] =>
  pathsFor('ssl', zone, ['/', ...loginPathsOf(zone), ...privatePathsOf(zone)]).flatMap((path) =>
    effectsFor('ssl', { host, path, method: 'GET', isStranger: true, cookie: '', headers: ['accept'] }, zone),
  );
